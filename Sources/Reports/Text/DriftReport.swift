import Connectors
import FoundationEssentials
import Planning

/// Drift as a person reads it.
package enum DriftReport {
    package static func text(_ document: DriftDocument, style: TextStyle = TextStyle()) -> String {
        var page = Page(style)
        var wasBrief = false
        for tenant in document.tenants {
            let isBrief = tenant.errors.isEmpty && tenant.items.isEmpty
            if !isBrief || !wasBrief { page.space() }
            add(tenant, to: &page)
            wasBrief = isBrief
        }
        return page.text
    }

    private static func add(_ tenant: TenantDrift, to page: inout Page) {
        guard tenant.errors.isEmpty else {
            page.add("Tenant \(tenant.tenant): not known whether it drifted.", ink: .strong)
            ErrorReport.add(tenant.errors, to: &page, indent: 2)
            return
        }
        guard !tenant.items.isEmpty else {
            page.add("Tenant \(tenant.tenant): no drift.")
            return
        }
        page.add("Tenant \(tenant.tenant): drifted from what was last written", ink: .strong)
        for attributed in tenant.items {
            add(attributed.item, to: &page, indent: 2)
            page.add(label: "by", attributed.author, indent: 6)
        }
        let accepted = tenant.items.count(where: \.item.accepted)
        let open = tenant.items.count - accepted
        page.space()
        page.add("Drift: \(open.counted("connector")) to look at, \(accepted) accepted.", ink: .strong)
    }

    static func add(_ item: DriftItem, to page: inout Page, indent: Int) {
        let key = "\(item.kind)/\(item.name): \"\(item.displayName)\""
        let accepted = item.accepted ? " (accepted)" : ""
        switch item.form {
        case .changed: page.add(key + accepted, indent: indent, mark: "~", markInk: .changed)
        case .missing:
            page.add("\(key) is gone from the tenant", indent: indent, mark: "-", markInk: .removed)
        case .recreated:
            page.add(
                "\(key) was deleted and made anew by somebody else",
                indent: indent,
                mark: "±",
                markInk: .alarm
            )
        }
        for field in item.fields {
            PlanReport.add(field.path, field.applied, field.observed, indent: indent + 4, to: &page)
            if field.accepted, !item.accepted { page.add("accepted", indent: indent + 8) }
        }
    }
}

extension AttributedDrift {
    fileprivate var author: String {
        switch (changedBy, changedAt) {
        case (let author?, let date?): "\(author) at \(Timestamp.text(date))"
        case (let author?, nil): author
        case (nil, let date?): "not known, at \(Timestamp.text(date))"
        case (nil, nil): "not known: the audit log does not tell, or not yet"
        }
    }
}
