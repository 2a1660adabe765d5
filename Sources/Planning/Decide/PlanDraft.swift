import Connectors

/// A plan in the making: each definition, and each object without one, is decided on its own; what they mean together
/// (order, limits, approvals) comes after.
struct PlanDraft {
    let input: PlanInput
    let accepted: AcceptedValues
    let seen: [Seen]
    let matching: Matching
    var changes: [PlannedChange] = []
    var drift: [DriftItem] = []
    var records: [Plan.Record] = []
    var guards: [Guard] = []
    var notes: [String] = []
    /// Objects that a definition names, or that were ours, and that are left alone.
    var leftAlone: [Seen] = []
    var unchanged = 0
    /// Whether the plan corrects drift that the policy only lets it propose.
    var proposesDrift = false

    init(_ input: PlanInput) {
        self.input = input
        accepted = AcceptedValues(input.desired.acceptedDrifts, now: input.now)
        seen = input.observed.connectors.map(Seen.init)
        let references = OutboundReferences(input.desired.connectors)
        matching = Matching(
            desired: input.desired.connectors.map(references.resolved),
            applied: input.applied.connectors,
            seen: seen
        )
        for pair in matching.pairs { decide(pair) }
        for orphan in matching.orphans { decide(orphan.applied, without: orphan.object) }
    }

    mutating func hold(_ id: Guard.ID, _ message: String) { guards.append(Guard(id, message)) }

    mutating func remember(_ pair: Matching.Pair, _ object: Seen) {
        let desired = pair.desired
        let remembered = Plan.Remembered(
            guid: object.connector.guid,
            displayName: desired.displayName,
            settings: desired.settings,
            isKept: desired.isKept,
            acceptedRisk: desired.acceptedRisk
        )
        if let applied = pair.applied {
            if applied.says(the: remembered, for: desired.key) { return }
            if applied.key != desired.key { records.append(Plan.Record(key: applied.key, remembered: nil)) }
        }
        records.append(Plan.Record(key: desired.key, remembered: remembered))
    }
}

extension DesiredConnector {
    var isKept: Bool { annotations[Annotation.prune] == "disabled" }
    var isAdopting: Bool { annotations[Annotation.adopt] == "enabled" }

    var acceptedRisk: String? {
        guard let reason = annotations[Annotation.acceptRisk]?.trimmingSpaces(), !reason.isEmpty else { return nil }
        return reason
    }
}

extension AppliedConnector {
    /// Whether the memory needs no change to say this.
    func says(the other: Plan.Remembered, for key: ConnectorKey) -> Bool {
        guard self.key == key, guid == other.guid, displayName == other.displayName, isKept == other.isKept,
            acceptedRisk == other.acceptedRisk
        else { return false }
        return declares(other.settings)
    }

    /// Whether these fields with these values were declared when the connector was last written.
    func declares(_ other: Settings) -> Bool {
        if settings == other { return true }
        guard settings.count == other.count else { return false }
        return other.allSatisfy { name, value in
            guard let own = settings[name], let field = key.kind.field(name) else { return false }
            return field.isSame(own, value)
        }
    }
}
