package import FoundationEssentials

/// What is written on a request after the merge: what became of it in each tenant, and why.
package struct OutcomeComment: Sendable {
    package struct Row: Sendable {
        package var tenant: String
        /// Such as `applied`, `held`, `blocked`, `rolled back`.
        package var word: String
        /// Why, with the figures; it may hold strangers' strings.
        package var text: String
        package var run: String?
        package var at: Date
        /// The graver ones come first.
        package var gravity: Int

        package init(tenant: String, word: String, text: String, run: String?, at: Date, gravity: Int) {
            self.tenant = tenant
            self.word = word
            self.text = text
            self.run = run
            self.at = at
            self.gravity = gravity
        }
    }

    package var instance: String
    package var rows: [Row]
    package var visibility: PlanComment.Visibility
    package var limit: Int

    package init(
        instance: String,
        rows: [Row],
        visibility: PlanComment.Visibility = .full,
        limit: Int = 65_536
    ) {
        self.instance = instance
        self.rows = rows
        self.visibility = visibility
        self.limit = limit
    }

    package static func key(instance: String) -> String {
        "<!-- mitregate-outcome-key:\(MarkdownText.key(instance)) -->"
    }

    package func text() -> String {
        OutcomeLayout(
            key: Self.key(instance: instance),
            heading: "mitregate · merged",
            rows: rows,
            visibility: visibility,
            limit: limit
        ).text()
    }
}
