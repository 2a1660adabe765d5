import Connectors

/// What Exchange's own validation said, as a person reads it.
package enum ConnectorValidationReport {
    package static func text(_ document: ConnectorValidationDocument, style: TextStyle = TextStyle()) -> String {
        var page = Page(style)
        let run = document.run.map { " Run \($0)." } ?? ""
        if let error = document.error {
            page.add("Tenant \(document.tenant): \(error.message)\(run)", mark: "✗", markInk: .removed)
        } else if let validation = document.validation {
            page.add(
                "Tenant \(document.tenant): \(validation.sentence)\(run)",
                mark: "✓",
                markInk: .added
            )
        }
        for task in document.validation?.tasks ?? [] {
            page.add(
                task.name,
                indent: 2,
                mark: task.isSuccessful ? "✓" : "✗",
                markInk: task.isSuccessful ? .added : .removed
            )
        }
        for warning in document.validation?.warnings ?? [] {
            page.add(warning, indent: 2, mark: "!", markInk: .changed)
        }
        if let remedy = document.error?.remedy, !remedy.isEmpty { page.add(remedy, indent: 2) }
        return page.text
    }

    /// What a person is asked before anything is sent.
    ///
    /// - Parameter displayName: The connector's name in Exchange.
    package static func question(tenant: String, displayName: String, recipients: [String]) -> String {
        let shown = recipients.prefix(10).joined(separator: ", ")
        let rest = recipients.count > 10 ? " and \((recipients.count - 10).counted("other"))" : ""
        let text =
            "Send a real test message through \"\(displayName)\" of \(tenant) to \(shown)\(rest), and have \(tenant) record "
            + "the connector as validated where all of it passes?"
        return text.escapingControls
    }
}

extension ConnectorValidation {
    /// That it passed, for the report and the history.
    package var sentence: String {
        let told = "Exchange's own validation of \"\(displayName.escapingControls)\" passed"
        guard let recordedAt else { return "\(told)." }
        return "\(told), and the tenant records it as validated at \(Timestamp.text(recordedAt))."
    }
}
