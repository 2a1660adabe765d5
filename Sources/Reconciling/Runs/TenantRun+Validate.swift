import Configuration
import Definitions
import StateStore
import Connectors
import ExchangeOnline
import Planning
import Reports

extension TenantRun {
    /// Has Exchange send a test message through each changed connector, where the operator asked for it; a test that
    /// failed rolls the run back, and one without a result does not.
    static let validate: Step = { run throws(RunStop) in
        guard run.tenant.validate == .afterApply, let journal = run.journal, journal.result == .applied else { return }
        let connection = try run.shared.connections.connection(to: run.tenant, run.environment)
        let writer = TenantWriter(connection)
        for (step, recipients) in run.validations(of: journal) {
            run.environment.tell(run.tenant.name, "validating \(step.write.displayName.escapingControls)")
            let name = step.write.displayName.escapingControls
            switch await writer.validate(guid: step.guid ?? "", recipients: recipients) {
            case .known(let report):
                try await run.keep(report, of: step)
                if report.isSuccessful { continue }
                let failed = report.tasks.filter { !$0.isSuccessful }.map(\.name.escapingControls)
                let problem = failed.isEmpty ? "no task was reported" : "failed: \(failed.joined(separator: ", "))"
                try await run.rollBack(
                    because: "Exchange's own validation of \"\(name)\" did not succeed (\(problem)).",
                    cause: .validationFailed
                )
                return
            case .unknown(let error):
                throw RunStop(
                    .unknown,
                    id: "validation-unknown",
                    "What was written stands, but Exchange's own validation of \"\(name)\" had no result: \(error.message)",
                    remedy: "Run apply again: it reads the tenant, and remembers the commit if all of it stands.",
                    cause: .passing
                )
            }
        }
    }

    /// The written outbound connectors that are in use and have test recipients.
    private func validations(of journal: Journal) -> [(Journal.Step, [String])] {
        let desired = definitions?.desired.connectors ?? []
        var seen: Set<String> = []
        return journal.steps.compactMap { step in
            guard step.write.kind == .outboundConnector, step.write.action != .delete,
                let guid = step.guid, seen.insert(guid).inserted,
                let connector = desired.first(where: { $0.key.name == step.write.name && $0.kind == .outboundConnector }
                ),
                connector.settings["enabled"] != .boolean(false),
                case .list(let recipients)? = connector.settings["validationRecipients"], !recipients.isEmpty
            else { return nil }
            return (step, recipients)
        }
    }

    private func keep(_ report: ValidationReport, of step: Journal.Step) async throws(RunStop) {
        guard let id = record?.id else { return }
        let rows = report.tasks.map(\.row).joined(separator: ",")
        let evidence = Evidence(
            run: id,
            tenant: tenant.name,
            json: #"{"kind":"Validation","guid":"\#(step.guid ?? "")","rows":[\#(rows)]}"#,
            at: environment.timing.now()
        )
        try await commit(StateChange(evidence: [evidence]))
    }
}
