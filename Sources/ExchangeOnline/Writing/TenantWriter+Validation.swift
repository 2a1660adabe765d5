import Connectors
package import FoundationEssentials
import JSON

extension TenantWriter {
    /// Lets Exchange test a connector, which sends real mail to the recipients and may take minutes; never repeated.
    ///
    /// A test that failed comes as a task in the report; `unknown` is for a test that did not take place, or whose result
    /// did not arrive.
    package func validate(guid: String, recipients: [String]) async -> Reading<ValidationReport> {
        let command = Command(
            cmdlet: "Validate-OutboundConnector",
            parameters: [
                JSONValue.Member(key: "Identity", value: .string(guid)),
                JSONValue.Member(key: "Recipients", value: .array(recipients.map(JSONValue.string))),
                JSONValue.Member(key: "Confirm", value: false),
            ],
            effect: .validation
        )
        switch await connection.invoke(command) {
        case .failure(let error): return .unknown(error)
        case .success(let answer):
            let tasks = answer.rows.enumerated().map { index, row in
                ValidationReport.Task(
                    name: Redaction.text(row["TaskName"]?.text ?? "task \(index + 1)"),
                    isSuccessful: row["IsTaskSuccessful"]?.flag == true,
                    row: row.json
                )
            }
            return .known(ValidationReport(tasks: tasks, warnings: answer.warnings))
        }
    }

    /// Writes to a connector that it was validated, as Validate-OutboundConnector itself leaves both members as they were.
    ///
    /// - Parameter instant: When it was validated, to whole seconds; the service keeps it without a zone, in UTC.
    package func recordValidation(guid: String, at instant: Date) async -> WriteOutcome {
        let form = ParameterForm(kind: .outboundConnector, clearedList: .array)
        return await run(
            form.change(
                "Set-OutboundConnector",
                identity: guid,
                [
                    JSONValue.Member(key: "IsValidated", value: true),
                    JSONValue.Member(key: "LastValidationTimestamp", value: .string(Timestamp.text(instant))),
                ]
            )
        )
    }
}
