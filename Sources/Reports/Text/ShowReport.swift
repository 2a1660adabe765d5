import Connectors
import FoundationEssentials
import Planning

/// One run as a person reads it.
package enum ShowReport {
    package static func text(_ document: ShowDocument, style: TextStyle = TextStyle()) -> String {
        var page = Page(style)
        let record = document.record
        page.add("Run \(record.id)", ink: .strong)
        page.add(label: "tenant", record.tenant, indent: 2)
        page.add(label: "command", record.command.rawValue, indent: 2)
        page.add(label: "commit", record.revision, indent: 2)
        if let subject = record.subject { page.add(label: "subject", subject, indent: 2) }
        if let author = record.author { page.add(label: "author", author, indent: 2) }
        if let reason = record.reason { page.add(label: "reason", reason, indent: 2) }
        let starter = record.operatorText.map { " by \($0)" } ?? ""
        page.add(label: "started", Timestamp.text(record.startedAt) + starter, indent: 2)
        page.add(label: "ended", record.ending, indent: 2)
        let code = record.exitCode.map { " (exit code \($0))" } ?? ""
        page.add(label: "result", record.resultText + code, indent: 2, ink: record.result.ink)
        if !record.message.isEmpty { page.add(label: "message", record.message, indent: 2) }
        if !record.connectors.isEmpty { page.add(label: "changes", record.connectorsText(atMost: 10), indent: 2) }
        if let digest = record.planDigest { page.add(label: "plan", digest, indent: 2) }
        if let journal = document.journal {
            page.space()
            JournalReport.add(journal, showsBefore: true, to: &page)
        }
        if let plan = document.plan?.plan, let tenant = document.plan {
            page.space()
            page.add("What was planned", ink: .strong)
            for change in plan.changes {
                page.space()
                PlanReport.add(change, tenant, to: &page)
            }
            if plan.changes.isEmpty { page.add("nothing", indent: 2) }
        }
        if let problem = document.planProblem {
            page.space()
            page.add(problem, mark: "!", markInk: .changed)
            page.add("The version that made the run shows it.", indent: 2)
        }
        if document.canBeRolledBack {
            page.space()
            page.add("To roll this run back: mitregate rollback \(record.id)")
        }
        return page.text
    }
}

extension ShowDocument {
    fileprivate var canBeRolledBack: Bool {
        guard let journal, journal.isFinished else { return false }
        return journal.steps.contains { $0.state == .confirmed && $0.write.changesSettings }
    }
}

extension RunRecord {
    fileprivate var ending: String {
        guard let endedAt else { return "not yet, or its process was ended" }
        let seconds = Int(endedAt.timeIntervalSince(startedAt).rounded())
        return "\(Timestamp.text(endedAt)), after \(seconds.counted("second"))"
    }
}
