import Connectors
import FoundationEssentials
import Planning

/// Where each tenant stands, as a table; below a row what a person should know about it.
package enum StatusReport {
    package static func text(_ document: StatusDocument, style: TextStyle = TextStyle()) -> String {
        var page = Page(style)
        if document.tenants.count > 1 {
            let states = TenantStatus.State.allCases.reversed().compactMap { state -> String? in
                let count = document.tenants.count { $0.state == state }
                return count > 0 ? "\(count) \(state.words)" : nil
            }
            page.add("\(document.tenants.count) tenants: \(states.joined(separator: ", ")).", ink: .strong)
            page.space()
        }
        guard !document.tenants.isEmpty else { return page.text }
        let rows = document.tenants.map { tenant in
            Table.Row(
                cells: [
                    tenant.tenant, tenant.state.words, String((tenant.appliedRevision ?? "-").prefix(8)),
                    tenant.lastRun.map { "\(Timestamp.text($0.startedAt))  \($0.resultText)" } ?? "-",
                ],
                ink: tenant.state.ink
            )
        }
        let table = Table(["TENANT", "STATE", "APPLIED", "LAST RUN"], rows: rows, flexible: 0, within: style.width)
        table.addHeadings(to: &page)
        for (tenant, row) in zip(document.tenants, rows) {
            table.add(row, to: &page)
            addDetails(tenant, to: &page)
        }
        return page.text
    }

    private static func addDetails(_ tenant: TenantStatus, to page: inout Page) {
        ErrorReport.add(tenant.headErrors, to: &page, indent: 2)
        if let head = tenant.head, head != tenant.appliedRevision {
            page.add("The branch is at commit \(head.shortRevision).", indent: 2, mark: "·")
        }
        switch tenant.drift {
        case .unknown(let errors): ErrorReport.add(errors, to: &page, indent: 2)
        case .known(let open, _) where open > 0:
            page.add("\(open.counted("connector")) drifted: mitregate drift", indent: 2, mark: "~", markInk: .changed)
        case .notAsked where tenant.lastRun?.result == .unchanged:
            // Such as drift that the policy only reports: the tenant itself was not read now.
            page.add("The last run: \(tenant.lastRun?.message ?? "")", indent: 2, mark: "·")
        case .known, .notAsked: break
        }
        if tenant.state == .neverApplied {
            page.add(
                "Until the first apply, drift cannot be seen. An apply writes nothing when the plan has no changes.",
                indent: 2,
                mark: "·"
            )
        }
        if let running = tenant.running {
            page.add(
                "\(tenant.unfinished?.phase == .rollingBack ? "Rolling back" : "Applying") since "
                    + "\(Timestamp.text(running.since)) (\(running.by.escapingControls)).",
                indent: 2,
                mark: "·"
            )
        } else if let journal = tenant.unfinished {
            page.add(
                journal.phase != .finished
                    ? "Run \(journal.run) was cut off while \(journal.phase.words). The next apply finishes it or rolls it back."
                    : "Run \(journal.run) wrote all of its changes, and is still to be checked "
                        + "(\(journal.owed?.map(\.rawValue).joined(separator: ", ") ?? "")). The next apply does that first.",
                indent: 2,
                mark: "!",
                markInk: .alarm
            )
        }
        for word in tenant.breakGlass { BreakGlassReport.add(word, to: &page, indent: 2) }
        if let quarantine = tenant.quarantine {
            page.add(
                "Commit \(quarantine.revision.shortRevision) was quarantined at \(Timestamp.text(quarantine.since)), run "
                    + "\(quarantine.run): \(quarantine.reason)",
                indent: 2,
                mark: "!",
                markInk: .alarm
            )
            let request = quarantine.request.map { "Merge request \($0), which takes it back in git, or commit" }
            page.add("\(request ?? "Commit") a correction, or try it once more: mitregate retry", indent: 4)
        }
    }
}

extension TenantStatus.State {
    fileprivate var words: String {
        switch self {
        case .applying: "applying"
        case .unfinished: "unfinished"
        case .quarantined: "quarantined"
        case .unknown: "unknown"
        case .neverApplied: "never applied"
        case .behind: "behind"
        case .drifted: "drifted"
        case .applied: "applied"
        case .inSync: "in sync"
        }
    }

    fileprivate var ink: Ink {
        switch self {
        case .unfinished, .quarantined, .unknown: .alarm
        case .applying, .neverApplied, .behind, .drifted: .changed
        case .applied, .inSync: .plain
        }
    }
}

extension Journal.Phase {
    var words: String {
        switch self {
        case .applying: "applying"
        case .rollingBack: "rolling back"
        case .finished: "ending"
        }
    }
}
