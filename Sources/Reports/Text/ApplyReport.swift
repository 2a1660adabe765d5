import Connectors
import Planning

/// What an apply did, as a person reads it; a refusal has no word of success in it.
package enum ApplyReport {
    package static func text(_ document: ApplyDocument, style: TextStyle = TextStyle()) -> String {
        var page = Page(style)
        for tenant in document.tenants { add(tenant, to: &page) }
        return page.text
    }

    private static func add(_ tenant: TenantApply, to page: inout Page) {
        let (mark, ink) = tenant.mark
        let run = tenant.run.map { " Run \($0)." } ?? ""
        page.add("Tenant \(tenant.tenant): \(tenant.headline)\(run)", mark: mark, markInk: ink)
        if let journal = tenant.journal, !journal.steps.allSatisfy({ $0.state == .confirmed }) {
            let isTold = journal.reason.map { (tenant.error?.message ?? "").contains($0) } ?? false
            JournalReport.add(journal, showsBefore: false, showsReason: !isTold, to: &page)
        }
        if tenant.result == .partlyApplied, tenant.journal?.cause != .stale {
            page.add(
                "Check each step that was not rolled back in the Exchange admin center, then run: mitregate plan",
                indent: 2,
                mark: "!",
                markInk: .alarm
            )
        }
        if let remedy = tenant.error?.remedy, !remedy.isEmpty { page.add(remedy, indent: 2) }
    }
}

extension TenantApply {
    fileprivate var mark: (text: String, ink: Ink) {
        if error != nil { return ("✗", .removed) }
        return switch result {
        case .unchanged? where drifted > 0: ("~", .changed)
        case .applied?, .unchanged?: ("✓", .added)
        case .rolledBack? where exitStatus == .done: ("✓", .added)
        case .rolledBack?, .partlyApplied?, .held?, .blocked?, .failed?, .interrupted?, nil: ("!", .alarm)
        }
    }

    fileprivate var headline: String {
        if let error { return error.message }
        let own = message.isEmpty ? "" : " \(message)"
        return switch result {
        case .applied?: "applied, \(written.counted("write")) confirmed by reading back."
        case .unchanged? where drifted > 0:
            "nothing to write; \(Self.drifted(drifted)): mitregate drift --tenant \(tenant)"
        case .unchanged?: "in sync, nothing to write."
        case .rolledBack?: "rolled back.\(own)"
        case .partlyApplied?: "partly applied: not all of it could be rolled back.\(own)"
        case .held?: "held, nothing was written.\(own)"
        case .blocked?: "blocked by the TLS gate, nothing was written.\(own)"
        case .failed?: "failed.\(own)"
        case .interrupted?: "interrupted.\(own)"
        case nil: "not finished; the next apply finishes it or rolls it back.\(own)"
        }
    }
}
