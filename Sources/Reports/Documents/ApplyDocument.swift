import Connectors
package import Planning

/// What `apply` or `rollback` did, tenant by tenant.
package struct ApplyDocument: ReportDocument, Hashable {
    package static let kind = "Apply"
    /// 2.0: `errors` of a tenant, a list as everywhere, stands for `error`.
    package static let formatVersion = "2.0"

    package var tenants: [TenantApply]

    package init(tenants: [TenantApply]) { self.tenants = tenants }

    package var exitStatus: ExitStatus { .combined(tenants.map(\.exitStatus)) }
}

/// How one tenant's run ended.
package struct TenantApply: Hashable, Sendable {
    package var tenant: String
    package var revision: String?
    /// The run's id in the history; `nil` where nothing was recorded.
    package var run: String?
    /// `nil` when the run was refused before it began.
    package var result: RunRecord.Result?
    /// How many writes were confirmed.
    package var written: Int
    package var message: String
    package var error: ErrorEntry?
    package var exitStatus: ExitStatus
    /// The steps, to be told where not all of them were confirmed.
    package var journal: Journal?
    /// How many connectors deviate from what was last written, without being accepted.
    package var drifted: Int

    /// "1 connector has drifted".
    package static func drifted(_ count: Int) -> String {
        "\(count.counted("connector")) \(count == 1 ? "has" : "have") drifted"
    }

    package init(
        tenant: String,
        revision: String?,
        run: String?,
        result: RunRecord.Result?,
        written: Int,
        message: String,
        error: ErrorEntry?,
        exitStatus: ExitStatus,
        journal: Journal? = nil,
        drifted: Int = 0
    ) {
        self.tenant = tenant
        self.revision = revision
        self.run = run
        self.result = result
        self.written = written
        self.message = message
        self.error = error
        self.exitStatus = exitStatus
        self.journal = journal
        self.drifted = drifted
    }
}

extension TenantApply: Encodable {
    private enum Key: String, CodingKey {
        case tenant, revision, run, result, written, drifted, message, steps, errors, exitCode
    }

    private struct StepSummary: Encodable {
        var action: Change.Action
        var kind: ConnectorKind
        var name: String
        var displayName: String
        var state: Journal.Step.State
        var problem: String?

        init(_ step: Journal.Step) {
            action = step.write.action
            kind = step.write.kind
            name = step.write.name
            displayName = step.write.displayName
            state = step.state
            problem = step.problem
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(tenant, forKey: .tenant)
        try container.encode(revision, forKey: .revision)
        try container.encode(run, forKey: .run)
        try container.encode(result, forKey: .result)
        try container.encode(written, forKey: .written)
        try container.encode(drifted, forKey: .drifted)
        try container.encode(message, forKey: .message)
        try container.encode((journal?.steps ?? []).map(StepSummary.init), forKey: .steps)
        try container.encodeIfPresent(error.map { [$0] }, forKey: .errors)
        try container.encode(exitStatus.rawValue, forKey: .exitCode)
    }
}
