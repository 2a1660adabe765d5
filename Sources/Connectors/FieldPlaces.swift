/// Where each field of one document stands; small, as thousands of documents are held at once.
package struct FieldPlaces: Hashable, Sendable {
    private struct Place: Hashable, Sendable {
        let name: String
        let line: Int32
        let column: Int32
    }

    /// The file that all of them stand in.
    package let file: String
    private var places: [Place] = []

    /// - Parameter capacity: How many fields there will be.
    package init(file: String, capacity: Int = 0) {
        self.file = file
        places.reserveCapacity(capacity)
    }

    /// The place of a field by its name in the definition; a later place replaces an earlier one.
    package subscript(name: String) -> SourcePosition? {
        get {
            guard let place = places.first(where: { $0.name == name }) else { return nil }
            return SourcePosition(file: file, line: Int(place.line), column: Int(place.column))
        }
        set {
            places.removeAll { $0.name == name }
            guard let newValue else { return }
            let (line, column) = (Int32(clamping: newValue.line), Int32(clamping: newValue.column))
            places.append(Place(name: name, line: line, column: column))
        }
    }
}

extension FieldPlaces: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral elements: (String, SourcePosition)...) {
        self.init(file: elements.first?.1.file ?? "", capacity: elements.count)
        for (name, position) in elements { self[name] = position }
    }
}
