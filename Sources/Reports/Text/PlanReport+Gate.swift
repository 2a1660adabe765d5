import TLSGate

extension PlanReport {
    /// What the gate says of connectors that stay as they are; silent where all is well.
    static func add(judgements: [Judgement], to page: inout Page) {
        let told = judgements.filter { $0.verdict != .pass }
        guard !told.isEmpty else { return }
        page.space()
        page.add("TLS gate, on connectors that stay as they are")
        for judgement in told {
            page.add("\(judgement.connector)", indent: 2)
            FindingReport.add(judgement, to: &page, indent: 4, notes: .named)
        }
    }
}
