import Configuration
import Connectors
import ExchangeOnline
import Planning
import Reports
import StateStore

extension TenantRun {
    /// Has Exchange send a test message through each changed connector, where the operator asked for it; a test that
    /// failed rolls the run back, and one without a result does not.
    static let validate: Step = { run throws(RunStop) in
        guard let journal = run.journal, journal.owes(.validation) else { return }
        let validations = run.tenant.validate == .afterApply ? journal.validations : []
        let writer = TenantWriter(try run.shared.connections.connection(to: run.tenant, run.environment))
        for validation in validations {
            let name = validation.displayName.escapingControls
            run.environment.tell(run.tenant.name, "validating \(name)")
            switch await writer.validate(guid: validation.guid, recipients: validation.recipients) {
            case .known(let report):
                try await run.keep(report, of: validation)
                if report.isSuccessful { continue }
                let failed = report.tasks.filter { !$0.isSuccessful }.map(\.name.escapingControls)
                let problem = failed.isEmpty ? "no task was reported" : "failed: \(failed.joined(separator: ", "))"
                try await run.rollBack(
                    because: "Exchange's own validation of \"\(name)\" did not succeed (\(problem)).",
                    cause: .validationFailed
                )
                return
            case .unknown(let error):
                throw try await run.keep(
                    RunStop(
                        .unknown,
                        id: "validation-unknown",
                        "What was written stands, but Exchange's own validation of \"\(name)\" had no result: \(error.message)",
                        remedy:
                            "Run apply again: it asks for the validation first. Without `validate: after-apply` it does not.",
                        cause: error.errorClass == .refused ? .passing : StopCause(error),
                        until: error.until(from: run.environment.timing.now())
                    )
                )
            }
        }
        try await run.settle(.validation)
    }

    private func keep(_ report: ValidationReport, of validation: Journal.Validation) async throws(RunStop) {
        guard let id = record?.id else { return }
        let rows = report.tasks.map(\.row).joined(separator: ",")
        let evidence = Evidence(
            run: id,
            tenant: tenant.name,
            json: #"{"kind":"Validation","guid":"\#(validation.guid)","rows":[\#(rows)]}"#,
            at: environment.timing.now()
        )
        try await commit(StateChange(evidence: [evidence]))
    }
}
