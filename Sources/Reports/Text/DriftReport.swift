import Connectors
import FoundationEssentials
import Planning

/// Drift as a person reads it.
package enum DriftReport {
    package static func text(_ document: DriftDocument, style: TextStyle = TextStyle()) -> String {
        var page = Page(style)
        if document.tenants.count > 1 {
            page.add(total(document), ink: .strong)
            if addFleet(document, to: &page) { return page.text }
        }
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
            // With no deviation there is none to accept, so what git says does not matter here.
            return
        }
        page.add("Tenant \(tenant.tenant): drifted from what was last written", ink: .strong)
        for attributed in tenant.items { add(attributed, to: &page, indent: 2) }
        if !tenant.warnings.isEmpty {
            page.space()
            page.add(
                "Git could not be read, so it is not known which of this is accepted:",
                mark: "!",
                markInk: .alarm
            )
            ErrorReport.add(tenant.warnings, to: &page, indent: 2)
        }
        let accepted = tenant.items.count(where: \.item.accepted)
        let open = tenant.items.count - accepted
        page.space()
        page.add("Drift: \(open.counted("connector")) to look at, \(accepted) accepted.", ink: .strong)
    }

    static func add(_ attributed: AttributedDrift, to page: inout Page, indent: Int, showsAuthor: Bool = true) {
        let item = attributed.item
        let key = "\(item.kind)/\(item.name): \"\(item.displayName)\""
        let accepted = item.accepted ? " (accepted)" : ""
        switch item.form {
        case .changed: page.add(key + accepted, indent: indent, mark: "~", markInk: .changed)
        case .missing:
            page.add("\(key) is gone from the tenant", indent: indent, mark: "-", markInk: .removed)
        case .recreated:
            page.add("\(key) was deleted and recreated by someone else", indent: indent, mark: "±", markInk: .alarm)
        }
        for field in item.fields {
            PlanReport.add(field.path, field.applied, field.observed, indent: indent + 4, to: &page)
            if field.accepted, !item.accepted { page.add("accepted", indent: indent + 8) }
        }
        for sentence in item.effect { page.add(label: "effect", sentence, indent: indent + 4) }
        if !item.risks.isEmpty {
            page.add(
                label: "security",
                item.risk.sentence,
                indent: indent + 4,
                ink: item.risk == .high ? .alarm : .plain
            )
        }
        for risk in item.risks {
            page.add(
                "\(risk.id): \(risk.message)",
                indent: indent + 13,
                mark: risk.level.symbol,
                markInk: risk.level.ink
            )
        }
        guard showsAuthor else { return }
        let authors = attributed.authors(of: Set(item.fields.map(\.path)))
        for entry in authors {
            let fields = entry.fields.isEmpty ? "" : ": \(entry.fields.joined(separator: ", "))"
            page.add(label: entry == authors.first ? "by" : "", entry.who + fields, indent: indent + 4)
        }
    }
}

/// Who changed some fields of a connector last.
struct FieldAuthors: Hashable {
    /// A person or an application, and when; a stranger's string.
    var who: String
    var fields: [String] = []
}

extension AttributedDrift {
    /// Who the audit log names, and when it says that it was; `nil` when it names no one.
    var namedAuthor: String? {
        changedBy.map { user in changedAt.map { "\(user) (\(Timestamp.text($0)))" } ?? user }
    }

    /// Those who changed some of the fields last, and which; no fields are named where one author has them all, or where
    /// the audit log names an author and no field.
    func authors(of fields: Set<String>) -> [FieldAuthors] {
        let named = fieldChanges.filter { fields.contains($0.key) }
        guard item.form == .changed, !named.isEmpty else { return [FieldAuthors(who: author)] }
        var authors = Dictionary(grouping: named, by: \.value).map { change, entries in
            FieldAuthors(who: "\(change.by) at \(Timestamp.text(change.at))", fields: entries.map(\.key).sorted())
        }.sorted { $0.fields.lexicographicallyPrecedes($1.fields) }
        let rest = fields.subtracting(named.keys).sorted()
        if rest.isEmpty, authors.count == 1 { return [FieldAuthors(who: authors[0].who)] }
        if !rest.isEmpty { authors.append(FieldAuthors(who: "not told", fields: rest)) }
        return authors
    }

    var author: String {
        switch (changedBy, changedAt) {
        case (let author?, let date?): "\(author) at \(Timestamp.text(date))"
        case (let author?, nil): author
        case (nil, let date?): "not known, at \(Timestamp.text(date))"
        case (nil, nil): "not known; the audit log does not say, or not yet"
        }
    }
}
