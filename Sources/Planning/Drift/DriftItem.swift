package import Connectors

/// One connector whose observed fields are not what was last written.
package struct DriftItem: Hashable, Sendable, Codable {
    package enum Form: String, Hashable, Sendable, Codable {
        case changed
        /// The object is gone from the tenant.
        case missing
        /// The object was deleted and recreated by someone else: same name, other GUID.
        case recreated
    }

    package var form: Form
    package var kind: ConnectorKind
    package var name: String
    package var displayName: String
    package var fields: [Field]
    /// True when every deviating field is accepted; a missing or re-created object never is.
    package var accepted: Bool
    /// What the deviation does to which mail, in sentences.
    package var effect: [String]
    /// What the deviation puts at risk.
    package var risks: [Risk]

    package init(
        form: Form,
        kind: ConnectorKind,
        name: String,
        displayName: String,
        fields: [Field],
        accepted: Bool,
        effect: [String] = [],
        risks: [Risk] = []
    ) {
        self.form = form
        self.kind = kind
        self.name = name
        self.displayName = displayName
        self.fields = fields
        self.accepted = accepted
        self.effect = effect
        self.risks = risks
    }

    package var key: ConnectorKey { ConnectorKey(kind: kind, name: name) }

    /// The highest of its risks.
    package var risk: RiskLevel { risks.level }
}

/// A plan that was saved before effect and risk were told has neither.
extension DriftItem {
    private enum Key: String, CodingKey {
        case form, kind, name, displayName, fields, accepted, effect, risk, risks
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        self.init(
            form: try container.decode(Form.self, forKey: .form),
            kind: try container.decode(ConnectorKind.self, forKey: .kind),
            name: try container.decode(String.self, forKey: .name),
            displayName: try container.decode(String.self, forKey: .displayName),
            fields: try container.decode([Field].self, forKey: .fields),
            accepted: try container.decode(Bool.self, forKey: .accepted),
            effect: try container.decodeIfPresent([String].self, forKey: .effect) ?? [],
            risks: try container.decodeIfPresent([Risk].self, forKey: .risks) ?? []
        )
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(form, forKey: .form)
        try container.encode(kind, forKey: .kind)
        try container.encode(name, forKey: .name)
        try container.encode(displayName, forKey: .displayName)
        try container.encode(fields, forKey: .fields)
        try container.encode(accepted, forKey: .accepted)
        try container.encode(effect, forKey: .effect)
        try container.encode(risk, forKey: .risk)
        try container.encode(risks, forKey: .risks)
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
