/// Where each field of one document stands; small, as thousands of documents are held at once.
package struct FieldPlaces: Hashable, Sendable {
    private struct Place: Hashable, Sendable {
        /// The field's number in `FieldNames`, or `nameNumber`.
        let number: UInt8
        let line: Int32
        let column: Int32
    }

    /// The file that all of them stand in.
    package let file: String
    /// For a file that is a template: the instance that is meant.
    package let instance: SourcePosition.Instance?
    private var places: [Place] = []

    /// - Parameter capacity: How many fields there will be.
    package init(file: String, instance: SourcePosition.Instance? = nil, capacity: Int = 0) {
        self.file = file
        self.instance = instance
        places.reserveCapacity(capacity)
    }

    /// The place of a field by its name in the definition, or of the `name`; a later place replaces an earlier one.
    ///
    /// What is neither has no place.
    package subscript(name: String) -> SourcePosition? {
        get {
            let number = Self.number(of: name)
            guard let place = places.first(where: { $0.number == number }) else { return nil }
            return SourcePosition(file: file, line: Int(place.line), column: Int(place.column), instance: instance)
        }
        set {
            guard let number = Self.number(of: name) else { return }
            places.removeAll { $0.number == number }
            guard let newValue else { return }
            let (line, column) = (Int32(clamping: newValue.line), Int32(clamping: newValue.column))
            places.append(Place(number: number, line: line, column: column))
        }
    }

    /// The name of the object itself, which is not a field, has a place too.
    private static let nameNumber = UInt8.max

    private static func number(of name: String) -> UInt8? {
        name == "name" ? nameNumber : FieldNames.number(of: name).map { UInt8($0) }
    }
}

extension FieldPlaces: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral elements: (String, SourcePosition)...) {
        self.init(file: elements.first?.1.file ?? "", capacity: elements.count)
        for (name, position) in elements { self[name] = position }
    }
}
