import Connectors
import Planning
import TLSGate

/// The plans of many tenants: what all of it comes to on one screen, then each change once, with the tenants that it is for.
extension PlanReport {
    /// From so many tenants on they are told together even where they have nothing in common.
    private static let fleetSize = 20

    /// What it comes to over all tenants.
    static func addSummary(_ document: PlanDocument, to page: inout Page) {
        page.add(total(document), ink: .strong)
        let plans = document.tenants.compactMap(\.plan)
        let changes = plans.flatMap(\.changes)
        if !changes.isEmpty {
            func count(_ action: Change.Action) -> Int { changes.count { $0.action == action } }
            let risky = changes.count { $0.risk == .high }
            page.add(
                "Changes: \(count(.create)) to create, \(count(.update)) to update, \(count(.delete)) to delete"
                    + (risky > 0 ? "; \(risky) of high risk." : "."),
                indent: 2,
                ink: risky > 0 ? .alarm : .plain
            )
        }
        let verdicts = document.tenants.filter { $0.plan?.changes.isEmpty == false }.map(\.verdict)
        let parts = [Verdict.block, .hold, .approve, .warn, .pass].compactMap { verdict -> String? in
            let count = verdicts.count { $0 == verdict }
            return count > 0 ? "\(count) \(verdict.rawValue)" : nil
        }
        let unasked = verdicts.count { $0 == nil }
        let all = parts + (unasked > 0 ? ["\(unasked) not asked"] : [])
        if !all.isEmpty { page.add("TLS gate, of those with changes: \(all.joined(separator: ", ")).", indent: 2) }
        let drifted = plans.count { $0.drift.contains { !$0.accepted } }
        if drifted > 0 { page.add("Drifted: \(drifted.counted("tenant")).", indent: 2) }
    }

    /// Tells the tenants together, where that says more than one after another.
    ///
    /// - Parameter reviewed: What the reader has seen before.
    /// - Returns: Whether it was done.
    static func addFleet(_ document: PlanDocument, reviewed: PlanDocument?, to page: inout Page) -> Bool {
        let known = document.tenants.filter { tenant in
            reviewed?.tenants.contains { tenant.isNoWorse(than: $0) } ?? false
        }
        let names = Set(known.map(\.tenant))
        let tenants = document.tenants.filter { !names.contains($0.tenant) }
        let changes = self.changes(tenants, page.style)
        let drift = self.drift(tenants, page.style)
        guard changes.hasShared || drift.hasShared || document.tenants.count >= fleetSize else { return false }
        addUnplanned(tenants, to: &page)
        changes.write("change", to: &page) { group, page in
            let places = group.details.filter { !$0.isEmpty }
            guard let first = places.first else { return }
            let more = Set(places).count - 1
            page.add(label: "source", first + (more > 0 ? " and \(more) more like it" : ""), indent: 6)
        }
        if !drift.isEmpty {
            page.space()
            page.add("Drift: the tenant is not as it was last written", ink: .strong)
            drift.write("drift", to: &page, after: DriftReport.addAuthors)
        }
        add(unmanaged(tenants, page.style), "Not managed, and left alone", "connector", to: &page)
        add(others(tenants, page.style), "TLS gate, on connectors that stay as they are", "verdict", to: &page)
        add(notes(tenants, page.style), "Notes", "note", to: &page)
        NetworkReport.add(tenants.flatMap { $0.judgements ?? [] }.aboutUs, to: &page)
        addHeld(document.tenants, to: &page)
        let quiet = tenants.filter { $0.plan?.changes.isEmpty == true && $0.refusal == nil }.map(\.tenant)
        page.space()
        if !known.isEmpty { page.add("As in the saved plan: \(FleetGroups.names(known.map(\.tenant))).") }
        if !quiet.isEmpty {
            page.add("Nothing to apply in \(quiet.count.counted("tenant")): \(FleetGroups.names(quiet)).")
        }
        page.add("One tenant's plan with its digest: mitregate plan --tenant NAME")
        return true
    }

    private static func add(_ groups: FleetGroups, _ title: String, _ noun: String, to page: inout Page) {
        guard !groups.isEmpty else { return }
        page.space()
        page.add(title, ink: .strong)
        groups.write(noun, to: &page)
    }

    private static func changes(_ tenants: [TenantPlan], _ style: TextStyle) -> FleetGroups {
        var groups = FleetGroups(style)
        for tenant in tenants {
            let timeless = tenant.timeless
            for change in tenant.plan?.changes ?? [] {
                groups.add(
                    "\(change.key)",
                    of: tenant.tenant,
                    detail: change.source?.description ?? "",
                    exact: exact(change)
                ) { page in
                    add(change, timeless, showsSource: false, to: &page)
                }
            }
        }
        return groups
    }

    /// What is the same in every tenant of a group: what is written, how risky that is and who approved it.
    private static func exact(_ change: Change) -> String {
        let fields = change.fields.map { "\($0.path): \($0.before.shown) → \($0.after.shown)" }
        let risks = change.risks.map { "\($0.id) \($0.level)" }
        return ([change.action.rawValue, change.displayName, change.acceptedRisk ?? ""] + fields + risks)
            .joined(separator: "\n")
    }

    private static func drift(_ tenants: [TenantPlan], _ style: TextStyle) -> FleetGroups {
        var groups = FleetGroups(style)
        for tenant in tenants {
            for item in tenant.driftToTell {
                groups.add("\(item.item.key)", of: tenant.tenant, detail: item.changedBy ?? "") { page in
                    DriftReport.add(item, to: &page, indent: 2, showsAuthor: false)
                }
            }
        }
        return groups
    }

    private static func unmanaged(_ tenants: [TenantPlan], _ style: TextStyle) -> FleetGroups {
        var groups = FleetGroups(style)
        for tenant in tenants {
            for connector in tenant.plan?.unmanaged ?? [] {
                groups.add("\(connector.kind) \(connector.displayName)", of: tenant.tenant) { add(connector, to: &$0) }
            }
        }
        return groups
    }

    private static func others(_ tenants: [TenantPlan], _ style: TextStyle) -> FleetGroups {
        var groups = FleetGroups(style)
        for tenant in tenants {
            for judgement in tenant.timeless.otherJudgements where judgement.verdict != .pass {
                groups.add("\(judgement.connector)", of: tenant.tenant) { page in
                    page.add("\(judgement.connector)", indent: 2)
                    FindingReport.add(judgement, to: &page, indent: 4, notes: .named)
                }
            }
        }
        return groups
    }

    private static func notes(_ tenants: [TenantPlan], _ style: TextStyle) -> FleetGroups {
        var groups = FleetGroups(style)
        for tenant in tenants {
            for note in tenant.plan?.notes ?? [] {
                groups.add(note, of: tenant.tenant) { $0.add(note, indent: 2, mark: "·") }
            }
        }
        return groups
    }

    private static func addUnplanned(_ tenants: [TenantPlan], to page: inout Page) {
        var groups = FleetGroups(page.style)
        for tenant in tenants where tenant.plan == nil {
            groups.add("errors", of: tenant.tenant) { ErrorReport.add(tenant.errors, to: &$0, indent: 2) }
        }
        add(groups, "Not planned", "reason", to: &page)
    }

    private static func addHeld(_ tenants: [TenantPlan], to page: inout Page) {
        var groups = FleetGroups(page.style)
        for tenant in tenants {
            guard let plan = tenant.plan, let refusal = tenant.refusal else { continue }
            groups.add("refusal", of: tenant.tenant) { page in
                add(guards: plan.guards, to: &page)
                page.add(refusal, indent: 2, mark: "!", markInk: .alarm, ink: .alarm)
            }
        }
        add(groups, "Held or blocked", "reason", to: &page)
    }
}

extension TenantPlan {
    /// Without times and authors, which differ where all else is the same.
    fileprivate var timeless: TenantPlan {
        var plan = self
        plan.drift = told.map { AttributedDrift(item: $0.item) }
        plan.judgements = judgements?.map(\.timeless)
        return plan
    }
}

extension Judgement {
    /// Without the times of looking, which differ where all else is the same.
    var timeless: Judgement {
        var judgement = self
        judgement.observedAt = nil
        judgement.retryAt = nil
        for index in judgement.findings.indices { judgement.findings[index].observedAt = nil }
        return judgement
    }
}
