package import Connectors

/// One connector's create, update or delete: the fields, the cause, the risk, and what it does to mail.
package struct Change: Hashable, Sendable, Codable {
    package enum Action: String, Hashable, Sendable, Codable, CaseIterable {
        case create
        case update
        case delete
    }

    package enum Cause: String, Hashable, Sendable, Codable, CaseIterable {
        /// The definition changed, or is new.
        case git
        /// Someone changed the tenant.
        case drift
        case both
    }

    package var action: Action
    package var kind: ConnectorKind
    /// The slug.
    package var name: String
    /// The `Name` in Exchange after the change.
    package var displayName: String
    /// The tenant's identity for the object; `nil` for a create.
    package var guid: String?
    package var cause: Cause
    package var risk: RiskLevel
    package var risks: [Risk]
    /// Sentences on what happens to which mail.
    package var effect: [String]
    /// Where the definition stands; where it stood, for a delete, is not known.
    package var source: SourcePosition?
    /// What changes, in the order of the field table; a rename is the path `name`.
    package var fields: [FieldChange]
    /// Unchanged fields that are sent along, because Exchange validates them together with changed ones.
    package var companions: Settings
    /// The reason in the definition's `mitregate.dev/accept-risk`, or `nil`.
    package var acceptedRisk: String?
    /// All that the definition declares, references resolved: what is remembered once the change is confirmed.
    ///
    /// Empty for a delete.
    package var declared: Settings
    /// Whether the definition keeps the object from being pruned (`mitregate.dev/prune: disabled`).
    package var isKept: Bool
    /// The slug under which the object was remembered, where the definition has a new one.
    package var formerName: String?

    package var key: ConnectorKey { ConnectorKey(kind: kind, name: name) }

    package init(
        action: Action,
        kind: ConnectorKind,
        name: String,
        displayName: String,
        guid: String? = nil,
        cause: Cause = .git,
        risk: RiskLevel = .low,
        risks: [Risk] = [],
        effect: [String] = [],
        source: SourcePosition? = nil,
        fields: [FieldChange],
        companions: Settings = [:],
        acceptedRisk: String? = nil,
        declared: Settings = [:],
        isKept: Bool = false,
        formerName: String? = nil
    ) {
        self.action = action
        self.kind = kind
        self.name = name
        self.displayName = displayName
        self.guid = guid
        self.cause = cause
        self.risk = risk
        self.risks = risks
        self.effect = effect
        self.source = source
        self.fields = fields
        self.companions = companions
        self.acceptedRisk = acceptedRisk
        self.declared = declared
        self.isKept = isKept
        self.formerName = formerName
    }
}
