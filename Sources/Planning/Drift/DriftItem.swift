package import Connectors

/// One connector whose observed fields are not what was last written.
package struct DriftItem: Hashable, Sendable, Codable {
    package enum Form: String, Hashable, Sendable, Codable {
        case changed
        /// The object is gone from the tenant.
        case missing
        /// The object was deleted and made anew by somebody else: same name, other GUID.
        case recreated
    }

    package var form: Form
    package var kind: ConnectorKind
    package var name: String
    package var displayName: String
    package var fields: [Field]
    /// True when every deviating field is accepted; a missing or re-created object never is.
    package var accepted: Bool

    package init(
        form: Form,
        kind: ConnectorKind,
        name: String,
        displayName: String,
        fields: [Field],
        accepted: Bool
    ) {
        self.form = form
        self.kind = kind
        self.name = name
        self.displayName = displayName
        self.fields = fields
        self.accepted = accepted
    }
}

extension DriftItem {
    package struct Field: Hashable, Sendable {
        /// A field of the kind, `name`, or `otherParts` for conditions of a rule that no definition can say.
        package var path: String
        package let applied: FieldValue?
        package let observed: FieldValue?
        /// Whether an `AcceptedDrift` covers this value today.
        package var accepted: Bool

        /// "Explicitly nothing" and "no value" are one here, as in `FieldChange`.
        package init(path: String, applied: FieldValue?, observed: FieldValue?, accepted: Bool = false) {
            self.path = path
            self.applied = applied == FieldValue.none ? nil : applied
            self.observed = observed == FieldValue.none ? nil : observed
            self.accepted = accepted
        }
    }
}

/// Both values are always written, as `null` where there is none.
extension DriftItem.Field: Codable {
    private enum Key: String, CodingKey { case path, applied, observed, accepted }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        self.init(
            path: try container.decode(String.self, forKey: .path),
            applied: try container.decodeIfPresent(FieldValue.self, forKey: .applied),
            observed: try container.decodeIfPresent(FieldValue.self, forKey: .observed),
            accepted: try container.decode(Bool.self, forKey: .accepted)
        )
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(path, forKey: .path)
        try container.encode(applied ?? .none, forKey: .applied)
        try container.encode(observed ?? .none, forKey: .observed)
        try container.encode(accepted, forKey: .accepted)
    }
}
