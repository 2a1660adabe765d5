/// Field values by field name (`recipientDomains`); a name that is absent has no value, which is not the same as `none`.
///
/// Thousands of connectors are held at once, each several times, so a value is kept by its field's number, without gaps: a
/// dictionary of the same fields takes three times the memory.
package struct Settings: Hashable, Sendable {
    /// A bit for each field that has a value, by its number in `FieldNames`.
    private var present: UInt64 = 0
    /// The values of those fields, in the order of their numbers.
    private var values: [FieldValue] = []
    /// Values under names that no kind has as a field, as another version of Mitregate may have written them.
    private var others: [String: FieldValue] = [:]

    package init() {}

    package var count: Int { values.count + others.count }
    package var isEmpty: Bool { values.isEmpty && others.isEmpty }

    /// The names in the order of their bytes, so that two runs list them alike.
    package var keys: [String] { map(\.key) }

    package subscript(name: String) -> FieldValue? {
        get {
            guard let number = FieldNames.number(of: name) else { return others[name] }
            return has(number) ? values[place(of: number)] : nil
        }
        set {
            guard let number = FieldNames.number(of: name) else {
                others[name] = newValue
                return
            }
            let place = place(of: number)
            switch (has(number), newValue) {
            case (true, let value?): values[place] = value
            case (false, let value?):
                values.insert(value, at: place)
                present |= 1 << number
            case (true, nil):
                values.remove(at: place)
                present &= ~(1 << number)
            case (false, nil): break
            }
        }
    }

    /// Makes room for so many values, where that is known beforehand.
    package mutating func reserveCapacity(_ capacity: Int) { values.reserveCapacity(capacity) }

    /// - Returns: The value that was there.
    @discardableResult
    package mutating func removeValue(forKey name: String) -> FieldValue? {
        defer { self[name] = nil }
        return self[name]
    }

    private func has(_ number: Int) -> Bool { present & 1 << number != 0 }

    /// Where the value of a field stands, or would stand.
    private func place(of number: Int) -> Int { (present & (1 << number - 1)).nonzeroBitCount }
}

extension Settings: Sequence {
    package typealias Element = (key: String, value: FieldValue)

    /// In the order of the names' bytes.
    package func makeIterator() -> Iterator { Iterator(self) }

    package struct Iterator: IteratorProtocol {
        private var present: UInt64
        private var values: ArraySlice<FieldValue>
        private var others: ArraySlice<Element>

        fileprivate init(_ settings: Settings) {
            present = settings.present
            values = settings.values[...]
            others = []
            guard !settings.others.isEmpty else { return }
            others =
                settings.others.map { (key: $0.key, value: $0.value) }
                .sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }[...]
        }

        package mutating func next() -> Element? {
            guard let value = values.first else { return others.popFirst() }
            let number = present.trailingZeroBitCount
            let name = FieldNames.all[number]
            if let other = others.first, other.key.utf8.lexicographicallyPrecedes(name.utf8) {
                return others.popFirst()
            }
            values.removeFirst()
            present &= present - 1
            return (name, value)
        }
    }
}

extension Settings: ExpressibleByDictionaryLiteral {
    /// Where a name is given twice, the later value holds.
    package init(dictionaryLiteral elements: (String, FieldValue)...) {
        reserveCapacity(elements.count)
        for (name, value) in elements { self[name] = value }
    }
}

extension Settings {
    /// Exchange's defaults for a kind, with these values laid over them.
    package func overDefaults(of kind: ConnectorKind) -> Settings {
        (Self.defaults[kind] ?? [:]).merging(self) { _, own in own }
    }

    private static let defaults: [ConnectorKind: Settings] = {
        var all: [ConnectorKind: Settings] = [:]
        for kind in ConnectorKind.allCases {
            var settings: Settings = [:]
            for field in kind.fields { settings[field.name] = field.defaultValue }
            all[kind] = settings
        }
        return all
    }()

    /// The values of both; `combine` chooses where both have one.
    package func merging(_ other: Settings, _ combine: (FieldValue, FieldValue) -> FieldValue) -> Settings {
        var result = self
        result.merge(other, combine)
        return result
    }

    package mutating func merge(_ other: Settings, _ combine: (FieldValue, FieldValue) -> FieldValue) {
        for (name, value) in other { self[name] = self[name].map { combine($0, value) } ?? value }
    }

    /// Those of the values that are wanted.
    package func filter(_ isWanted: (Element) -> Bool) -> Settings {
        var result: Settings = [:]
        for element in self where isWanted(element) { result[element.key] = element.value }
        return result
    }

    func flag(_ name: String) -> Bool { self[name] == .boolean(true) }
    func words(_ name: String) -> [String] { self[name]?.strings ?? [] }

    func word(_ name: String) -> String? {
        guard case .text(let text)? = self[name], !text.isEmpty else { return nil }
        return text
    }
}

/// In JSON it is an object whose members are the fields.
extension Settings: Codable {
    private struct Name: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Name.self)
        reserveCapacity(container.allKeys.count)
        for name in container.allKeys { self[name.stringValue] = try container.decode(FieldValue.self, forKey: name) }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Name.self)
        for (name, value) in self { try container.encode(value, forKey: Name(stringValue: name)) }
    }
}

extension Settings: CustomStringConvertible {
    package var description: String { "[\(map { "\($0.key): \($0.value)" }.joined(separator: ", "))]" }
}
