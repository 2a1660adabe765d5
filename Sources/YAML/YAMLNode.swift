/// A value of a YAML document with its place.
package struct YAMLNode: Sendable {
    package enum Value: Sendable {
        case scalar(YAMLScalar)
        case sequence([YAMLNode])
        case mapping(YAMLMapping)
    }

    package let place: YAMLPlace
    package let value: Value

    package init(place: YAMLPlace, value: Value) {
        self.place = place
        self.value = value
    }

    package var scalar: YAMLScalar? {
        guard case .scalar(let scalar) = value else { return nil }
        return scalar
    }

    /// Whether someone wrote `null`, or nothing at all.
    package var isNull: Bool { scalar?.kind == .null }

    /// Whether nothing stands where a value could: `tlsDomain:` and no more.
    package var isMissing: Bool { scalar.map { $0.kind == .null && $0.text.isEmpty } ?? false }

    /// What it is, for a message.
    package var kindName: String {
        switch value {
        case .scalar(let scalar): scalar.kind.name
        case .sequence: "a list"
        case .mapping: "a mapping"
        }
    }
}

/// The pairs of a mapping in the order of the file; each key once.
package struct YAMLMapping: Sendable {
    package struct Entry: Sendable {
        package let key: String
        package let keyPlace: YAMLPlace
        package let value: YAMLNode

        package init(key: String, keyPlace: YAMLPlace, value: YAMLNode) {
            self.key = key
            self.keyPlace = keyPlace
            self.value = value
        }
    }

    package let entries: [Entry]

    package init(entries: [Entry]) { self.entries = entries }

    package subscript(key: String) -> Entry? { entries.first { $0.key == key } }
}

/// One document of a file.
package struct YAMLDocument: Sendable {
    package let root: YAMLNode
    package let source: SourceText

    package init(root: YAMLNode, source: SourceText) {
        self.root = root
        self.source = source
    }
}
