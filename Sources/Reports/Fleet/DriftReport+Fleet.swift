import Planning

/// The drift of many tenants: how many drifted, then each deviation once, with the tenants that have it.
extension DriftReport {
    /// From so many tenants on they are told together even where they have nothing in common.
    private static let fleetSize = 20

    static func total(_ document: DriftDocument) -> String {
        let known = document.tenants.filter { $0.errors.isEmpty }
        let open = known.count { $0.items.contains { !$0.item.accepted } }
        let accepted = known.count { !$0.items.isEmpty && $0.items.allSatisfy(\.item.accepted) }
        var parts = ["\(open) drifted"]
        if accepted > 0 { parts.append("\(accepted) with accepted drift only") }
        parts.append("\(known.count - open - accepted) without drift")
        let unknown = document.tenants.count - known.count
        if unknown > 0 { parts.append("\(unknown) not known") }
        return "\(document.tenants.count) tenants: \(parts.joined(separator: ", "))."
    }

    /// - Returns: Whether it says more than one tenant after another would, so that it was done.
    static func addFleet(_ document: DriftDocument, to page: inout Page) -> Bool {
        var (items, errors, warnings) = (FleetGroups(page.style), FleetGroups(page.style), FleetGroups(page.style))
        for tenant in document.tenants {
            if !tenant.errors.isEmpty {
                errors.add("", of: tenant.tenant) { ErrorReport.add(tenant.errors, to: &$0, indent: 2) }
            }
            if !tenant.warnings.isEmpty {
                warnings.add("", of: tenant.tenant) { ErrorReport.add(tenant.warnings, to: &$0, indent: 2) }
            }
            for item in tenant.items {
                items.add("\(item.item.key)", of: tenant.tenant, detail: item.changedBy ?? "") { page in
                    add(item, to: &page, indent: 2, showsAuthor: false)
                }
            }
        }
        guard items.hasShared || document.tenants.count >= fleetSize else { return false }
        items.write("drift", to: &page, after: addAuthors)
        if !warnings.isEmpty {
            page.space()
            page.add("Git could not be read, so it is not known which of this is accepted", ink: .strong)
            warnings.write("reason", to: &page)
        }
        if !errors.isEmpty {
            page.space()
            page.add("Not known whether it drifted", ink: .strong)
            errors.write("reason", to: &page)
        }
        return true
    }

    /// Whom the audit logs name for one and the same deviation, and in how many tenants.
    static func addAuthors(_ group: FleetGroups.Group, to page: inout Page) {
        var counts: [(name: String, count: Int)] = []
        for name in group.details.map({ $0.isEmpty ? "not known" : $0 }) {
            if let index = counts.firstIndex(where: { $0.name == name }) {
                counts[index].count += 1
            } else if counts.count < 8 {
                counts.append((name, 1))
            }
        }
        let told = counts.map { group.tenants.count == 1 ? $0.name : "\($0.name) (\($0.count.counted("tenant")))" }
        page.add(label: "by", told.joined(separator: ", "), indent: 6)
    }
}
