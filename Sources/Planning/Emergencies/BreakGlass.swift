package import Connectors
package import FoundationEssentials

/// A person's word that a connector or rule stays disabled although git has it enabled, until git says so or the time ends.
package struct BreakGlass: Hashable, Sendable, Codable {
    package var tenant: String
    package var connector: ConnectorKey
    /// The `Name` in Exchange.
    package var displayName: String
    /// Who did it, and from where.
    package var owner: String
    package var reason: String
    package var since: Date
    package var until: Date
    /// The run that disabled it.
    package var run: String

    package init(
        tenant: String,
        connector: ConnectorKey,
        displayName: String,
        owner: String,
        reason: String,
        since: Date,
        until: Date,
        run: String
    ) {
        self.tenant = tenant
        self.connector = connector
        self.displayName = displayName
        self.owner = owner
        self.reason = reason
        self.since = since
        self.until = until
        self.run = run
    }

    /// The one field that an emergency may change, in every kind.
    package static let field = "enabled"

    /// What keeps the deviation from being put back.
    package var acceptance: AcceptedDrift {
        AcceptedDrift(
            name: "break-glass",
            connector: connector,
            field: Self.field,
            value: .boolean(false),
            owner: owner,
            reason: reason,
            until: until,
            source: SourcePosition(file: "mitregate break-glass")
        )
    }

    /// Whether git has come to speak of it: it accepts a deviation of the field, or wants the connector disabled.
    ///
    /// From then on git alone decides, also when it no longer accepts the deviation.
    package func isSettled(by desired: DesiredTenant) -> Bool {
        if desired.acceptedDrifts.contains(where: { $0.connector == connector && $0.field == Self.field }) {
            return true
        }
        guard let definition = desired.connectors.first(where: { $0.key == connector }) else { return false }
        return definition.settings[Self.field] == .boolean(false)
    }
}

extension BreakGlass {
    /// Whether nothing is left for the word to say: git speaks of it, or its time has ended and the connector is on, or gone.
    ///
    /// Until then `enable` can undo it, even where nothing puts it back.
    package func isOver(
        _ desired: DesiredTenant,
        _ observed: ObservedTenant,
        _ applied: [AppliedConnector],
        at now: Date
    ) -> Bool {
        if isSettled(by: desired) { return true }
        guard until <= now else { return false }
        let guid = applied.first { $0.key == connector }?.guid
        guard let object = observed.connectors.first(where: { $0.guid == guid }) else { return true }
        return Seen(object).normal.isOn(Self.field)
    }
}

extension [BreakGlass] {
    /// What git says, with `enabled` where a definition left out what is the default: a connector that was switched off was on
    /// by git's word, and has to deviate from something.
    ///
    /// They are those that git does not speak of (`isSettled`).
    package func completing(_ desired: DesiredTenant) -> DesiredTenant {
        var desired = desired
        let keys = Set(map(\.connector))
        for index in desired.connectors.indices where keys.contains(desired.connectors[index].key) {
            guard desired.connectors[index].settings[BreakGlass.field] == nil else { continue }
            desired.connectors[index].settings[BreakGlass.field] = .boolean(true)
        }
        return desired
    }

    /// The same of what was written last.
    package func completing(_ applied: AppliedTenant) -> AppliedTenant {
        var applied = applied
        let keys = Set(map(\.connector))
        for index in applied.connectors.indices where keys.contains(applied.connectors[index].key) {
            guard applied.connectors[index].settings[BreakGlass.field] == nil else { continue }
            applied.connectors[index].settings[BreakGlass.field] = .boolean(true)
        }
        return applied
    }
}
