package import Connectors

/// One field's value before and after; `nil` where there was, or will be, no object or no value.
package struct FieldChange: Hashable, Sendable {
    package var path: String
    /// In normal form.
    package let before: FieldValue?
    /// As the operator wrote it.
    package let after: FieldValue?

    /// "Explicitly nothing" and "no value" are one here, so that a plan read back from JSON equals the one written.
    package init(path: String, before: FieldValue?, after: FieldValue?) {
        self.path = path
        self.before = before == FieldValue.none ? nil : before
        self.after = after == FieldValue.none ? nil : after
    }
}

/// Both values are always written, as `null` where there is none.
extension FieldChange: Codable {
    private enum Key: String, CodingKey { case path, before, after }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        self.init(
            path: try container.decode(String.self, forKey: .path),
            before: try container.decodeIfPresent(FieldValue.self, forKey: .before),
            after: try container.decodeIfPresent(FieldValue.self, forKey: .after)
        )
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(path, forKey: .path)
        try container.encode(before ?? .none, forKey: .before)
        try container.encode(after ?? .none, forKey: .after)
    }
}
