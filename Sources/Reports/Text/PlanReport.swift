import Connectors
import Planning
import TLSGate

/// A plan as a person reads it in a terminal.
package enum PlanReport {
    /// - Parameters:
    ///   - savedTo: The file that the plan was saved to, so that the reader is told how to apply it.
    ///   - reviewed: What the reader has seen before; what is still as it was there is not told again.
    package static func text(
        _ document: PlanDocument,
        style: TextStyle = TextStyle(),
        savedTo file: String? = nil,
        reviewed: PlanDocument? = nil
    ) -> String {
        var page = Page(style)
        if document.tenants.count > 1 {
            addSummary(document, to: &page)
            if !addFleet(document, reviewed: reviewed, to: &page) { addEach(document, reviewed: reviewed, to: &page) }
        } else {
            addEach(document, reviewed: reviewed, to: &page)
        }
        if let file, document.tenants.contains(where: \.canBeApplied) {
            page.space()
            page.add("To apply exactly this: mitregate apply \(file)")
            if document.tenants.contains(where: { $0.canBeApplied && $0.judgements == nil }) {
                page.add("The TLS gate was not asked; apply asks it before it writes.")
            }
        }
        return page.text
    }

    /// One tenant after another.
    private static func addEach(_ document: PlanDocument, reviewed: PlanDocument?, to page: inout Page) {
        var wasBrief = false
        for tenant in document.tenants {
            let isBrief = document.tenants.count > 1 && tenant.isUneventful
            if !isBrief || !wasBrief { page.space() }
            let isKnown = reviewed?.tenants.contains { tenant.isNoWorse(than: $0) } ?? false
            add(tenant, isBrief: isBrief, isKnown: isKnown, to: &page)
            wasBrief = isBrief
        }
    }

    private static func add(_ tenant: TenantPlan, isBrief: Bool, isKnown: Bool, to page: inout Page) {
        guard let plan = tenant.plan else {
            page.add("Tenant \(tenant.tenant): not planned.", ink: .strong)
            ErrorReport.add(tenant.errors, to: &page, indent: 2)
            return
        }
        guard !isBrief else {
            page.add("Tenant \(tenant.tenant), \(plan.place): no changes.")
            return
        }
        guard !isKnown else {
            page.add("Tenant \(tenant.tenant), \(plan.place), as in the saved plan", ink: .strong)
            addEnd(tenant, plan, to: &page)
            return
        }
        let label = tenant.exitStatus == .stale ? ": what a new plan would be; nothing of it was applied" : ""
        page.add("Tenant \(tenant.tenant), \(plan.place)\(label)", ink: .strong)
        for change in plan.changes {
            page.space()
            add(change, tenant, to: &page)
        }
        add(tenant.driftToTell, to: &page)
        add(plan.unmanaged, to: &page)
        add(judgements: tenant.otherJudgements, to: &page)
        NetworkReport.add((tenant.judgements ?? []).aboutUs, to: &page)
        add(notes: plan.notes, to: &page)
        add(plan.guards, to: &page)
        page.space()
        addEnd(tenant, plan, to: &page)
    }

    /// The last lines, which say what all of it comes to; a refusal has no word of success in them.
    private static func addEnd(_ tenant: TenantPlan, _ plan: Plan, to page: inout Page) {
        let ink: Ink = tenant.verdict.map { $0 >= .hold ? .alarm : .plain } ?? .plain
        page.add("TLS gate: \(tenant.gateSentence)", ink: ink)
        if plan.changes.isEmpty {
            page.add(plan.nothingToDo)
        }
        if !plan.changes.isEmpty || plan.summary.hasMore {
            page.add("Plan: \(plan.summary.sentence)", ink: plan.changes.isEmpty ? .plain : .strong, hang: 2)
        }
        if !plan.changes.isEmpty { page.add("Digest: \(plan.planDigest)", ink: .faint) }
        if let refusal = tenant.refusal { page.add(refusal, mark: "!", markInk: .alarm, ink: .alarm) }
    }

    private static func add(notes: [String], to page: inout Page) {
        guard !notes.isEmpty else { return }
        page.space()
        page.add("Notes")
        for note in notes { page.add(note, indent: 2, mark: "·") }
    }

    private static func add(_ guards: [Guard], to page: inout Page) {
        guard !guards.isEmpty else { return }
        page.space()
        page.add("Held back by")
        add(guards: guards, to: &page)
    }

    static func add(guards: [Guard], to page: inout Page) {
        for guardian in guards {
            page.add("\(guardian.id): \(guardian.message)", indent: 2, mark: "!", markInk: .alarm)
            if let remedy = guardian.remedy { page.add(label: "do", remedy, indent: 4) }
        }
    }

    /// What a person is asked before the plans are applied: how much, and to whom.
    package static func question(_ tenants: [TenantPlan]) -> String {
        let plans = tenants.compactMap(\.plan).filter { !$0.changes.isEmpty }
        let changes = plans.reduce(0) { $0 + $1.changes.count }.counted("change")
        let names = plans.prefix(3).map(\.tenant).joined(separator: ", ")
        let place = plans.count <= 3 ? names : "\(plans.count) tenants (\(names), …)"
        return "Apply \(changes) to \(place)?".escapingControls
    }

    static func total(_ document: PlanDocument) -> String {
        let plans = document.tenants.compactMap(\.plan)
        let changed = plans.count { !$0.changes.isEmpty }
        let refused = document.tenants.count { $0.refusal != nil }
        let missing = document.tenants.count - plans.count
        var parts = ["\(changed) with changes"]
        if refused > 0 { parts.append("\(refused) held or blocked") }
        if missing > 0 { parts.append("\(missing) not planned") }
        return "\(document.tenants.count) tenants: \(parts.joined(separator: ", "))."
    }
}

extension TenantPlan {
    /// Without what the changes of the plan tell already, the other way round.
    var driftToTell: [AttributedDrift] {
        let told = Set((plan?.changes ?? []).filter { $0.cause == .drift }.map(\.key))
        return self.told.filter { !told.contains($0.item.key) }
    }

    /// What the gate says of it, or why it says nothing.
    var gateSentence: String {
        if let verdict { return verdict.sentence }
        if plan?.changes.isEmpty == true { return "not asked (no changes)." }
        return judgements == nil ? "not asked." : "not asked (nothing to judge)."
    }

    /// Whether the same was planned before, and the gate had then nothing better to say of it.
    func isNoWorse(than other: TenantPlan) -> Bool {
        guard let plan, let former = other.plan, tenant == other.tenant, plan.planDigest == former.planDigest else {
            return false
        }
        guard let verdict, let old = other.verdict else { return verdict ?? .pass == .pass }
        return verdict <= old
    }

    /// Nothing in it that a person would want to read.
    fileprivate var isUneventful: Bool {
        guard let plan else { return false }
        return plan.changes.isEmpty && plan.guards.isEmpty && plan.notes.isEmpty && plan.drift.allSatisfy(\.accepted)
            && verdict ?? .pass == .pass
    }

    fileprivate var canBeApplied: Bool {
        guard let plan, !plan.isOfWorkingTree else { return false }
        return refusal == nil && !plan.changes.isEmpty
    }

    /// What the gate says of connectors that the plan does not change.
    var otherJudgements: [Judgement] {
        let changed = Set((plan?.changes ?? []).map(\.key))
        return (judgements ?? []).filter { !changed.contains($0.connector) }
    }

    /// Why the plan is not applied as it stands, for a reader who has the findings above; `nil` when nothing is in its way.
    package var refusal: String? {
        guard let plan else { return nil }
        if verdict == .block {
            return "Blocked by the TLS gate: nothing is applied. Fix what is marked ✗ above."
        }
        if let first = plan.guards.first, !plan.guards.allSatisfy(\.holdsUnattendedOnly) {
            let reasons = plan.guards.count == 1 ? "the reason above is" : "the \(plan.guards.count) reasons above are"
            return "Held (\(first.id)): nothing is applied until \(reasons) dealt with."
        }
        if verdict == .hold {
            return "Held by the TLS gate: what is marked ? above could not be judged yet; try again."
        }
        if verdict == .approve {
            return "Held by the TLS gate: a person must accept what is marked above, with a Waiver."
        }
        if !plan.guards.isEmpty { return "Held: by this tenant's policy a person must look first." }
        if plan.isOfWorkingTree, !plan.changes.isEmpty {
            return "Made from files as they lie on disk: it cannot be applied. Commit them first."
        }
        return nil
    }
}

extension Plan {
    /// Where the definitions came from.
    var place: String { isOfWorkingTree ? "working tree" : "commit \(revision.shortRevision)" }

    var nothingToDo: String {
        if !guards.isEmpty { return "Nothing is planned." }
        if drift.contains(where: { !$0.accepted }) {
            return "Nothing to apply; the tenant has drifted, and by its policy drift is only reported."
        }
        return "No changes: the tenant is as \(isOfWorkingTree ? "the working tree" : place) says."
    }
}

extension Plan.Summary {
    fileprivate var hasMore: Bool { unchanged + drift + unmanaged > 0 }

    var sentence: String {
        var text = "\(create) to create, \(update) to update, \(delete) to delete; \(unchanged) unchanged"
        if drift > 0 { text += ", \(drift) drifted" }
        if unmanaged > 0 { text += ", \(unmanaged) not managed" }
        return text + "."
    }
}

extension Verdict {
    var sentence: String {
        switch self {
        case .pass: "pass."
        case .warn: "warn. Mail will flow; see what should be fixed."
        case .approve: "approve. A person must accept what was found."
        case .hold: "hold. It could not be judged now and is tried again."
        case .block: "block. Mail would not flow."
        }
    }
}
