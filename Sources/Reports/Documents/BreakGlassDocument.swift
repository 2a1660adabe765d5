package import Planning

/// What was done in an emergency, and what the repository needs so that it stays so.
package struct BreakGlassDocument: ReportDocument, Hashable {
    package static let kind = "BreakGlass"

    package var action: EmergencyPlanner.Action
    package var outcome: TenantApply
    /// What holds now, where something was disabled.
    package var emergencies: [BreakGlass]
    /// The tenant's folder in the repository.
    package var folder: String

    package init(action: EmergencyPlanner.Action, outcome: TenantApply, emergencies: [BreakGlass], folder: String) {
        self.action = action
        self.outcome = outcome
        self.emergencies = emergencies
        self.folder = folder
    }

    package var exitStatus: ExitStatus { outcome.exitStatus }

    package var refusals: [Refusal] { ApplyDocument(tenants: [outcome]).refusals }

    /// A patch for the repository, which `git apply` takes; empty where there is nothing to commit.
    package var patch: String { emergencies.map { AcceptancePatch.text($0, in: folder) }.joined() }

    private enum Key: String, CodingKey { case action, emergencies, patch, tenants }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(action, forKey: .action)
        try container.encode([outcome], forKey: .tenants)
        try container.encode(emergencies, forKey: .emergencies)
        try container.encode(patch, forKey: .patch)
    }
}
