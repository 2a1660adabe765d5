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
        for validation in validations {
            let name = validation.displayName.escapingControls
            switch try await run.askExchange(validation) {
            case .known(let report):
                guard let problem = report.problem else { continue }
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

    /// Has Exchange send test messages through a connector, once, and keeps its answer as evidence of the run.
    func askExchange(_ validation: Journal.Validation) async throws(RunStop) -> Reading<ValidationReport> {
        environment.tell(tenant.name, "validating \(validation.displayName.escapingControls)")
        let writer = TenantWriter(try shared.connections.connection(to: tenant, environment))
        let answer = await writer.validate(guid: validation.guid, recipients: validation.recipients)
        if case .known(let report) = answer { try await keep(report, of: validation) }
        return answer
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

extension ValidationReport {
    /// What did not succeed, in words for people; `nil` where all of it did.
    var problem: String? {
        guard !isSuccessful else { return nil }
        let failed = tasks.filter { !$0.isSuccessful }.map(\.name.escapingControls)
        return failed.isEmpty ? "no task was reported" : "failed: \(failed.joined(separator: ", "))"
    }
}
