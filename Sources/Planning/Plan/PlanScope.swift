package import Connectors

/// Which part of what could be planned is wanted.
package struct PlanScope: Hashable, Sendable {
    /// Whether it is what git changed.
    package var includesCommit: Bool
    /// Which drift is put back, by connector; `nil`: as the policy says.
    package var corrections: [ConnectorKey: Correction]?

    package init(includesCommit: Bool = true, corrections: [ConnectorKey: Correction]? = nil) {
        self.includesCommit = includesCommit
        self.corrections = corrections
    }

    /// What may be put back in one connector.
    package struct Correction: Hashable, Sendable {
        /// The paths of the fields, as drift names them.
        package var fields: Set<String>
        /// Whether the connector is gone and is created again.
        package var recreates: Bool

        package init(fields: Set<String>, recreates: Bool = false) {
            self.fields = fields
            self.recreates = recreates
        }
    }
}

extension PlanInput {
    /// Whether drift of a field is put back.
    func corrects(_ path: String, of key: ConnectorKey) -> Bool {
        guard let corrections = scope.corrections else { return policy.drift != .report }
        return corrections[key]?.fields.contains(path) == true
    }

    /// Whether a connector that is gone from the tenant is created again.
    func recreates(_ key: ConnectorKey) -> Bool {
        guard let corrections = scope.corrections else { return policy.drift != .report }
        return corrections[key]?.recreates == true
    }

    /// Whether an object that was deleted and made again elsewhere is taken over as drift.
    var takesOverRecreated: Bool { scope.corrections == nil && policy.drift != .report }
}
