import Connectors
package import Planning

/// What was done in an emergency, and what is left to do.
package enum BreakGlassReport {
    package static func text(_ document: BreakGlassDocument, style: TextStyle = TextStyle()) -> String {
        var text = ApplyReport.text(ApplyDocument(tenants: [document.outcome]), style: style)
        guard !document.emergencies.isEmpty else { return text }
        var page = Page(style)
        page.space()
        for word in document.emergencies { add(word, to: &page) }
        page.space()
        page.add("So that git says the same, commit this patch: save it, and run git apply FILE in the repository.")
        page.add(
            "To undo it: mitregate break-glass enable \(document.emergencies[0].connector.name) "
                + "--tenant \(document.outcome.tenant) --reason TEXT"
        )
        text += "\n" + page.text
        return text + "\n" + document.patch
    }

    /// Until when a connector stays disabled, by whose word.
    static func add(_ word: BreakGlass, to page: inout Page, indent: Int = 0) {
        page.add(
            "\(word.connector) is disabled by break-glass until \(Timestamp.text(word.until)), or until a commit speaks of it: "
                + "\(word.reason) (\(word.owner), \(Timestamp.text(word.since)), run \(word.run))",
            indent: indent,
            mark: "!",
            markInk: .alarm
        )
    }

    /// What a person is asked before it is done.
    package static func question(_ action: EmergencyPlanner.Action, _ plan: Plan) -> String {
        let names = plan.changes.map { "\($0.key)" }.joined(separator: " and ")
        let verb = action == .disable ? "Disable" : "Enable"
        return "\(verb) \(names) in \(plan.tenant)?".escapingControls
    }
}
