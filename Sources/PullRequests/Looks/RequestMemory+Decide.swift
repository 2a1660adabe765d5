import Forges
import FoundationEssentials
import TLSGate

extension RequestMemory {
    /// Whether the head may be planned: a writer pushed it, or a person who may write asked for exactly this one.
    var mayPlan: Bool { !isFork || asked?.head == head }

    func decide(
        _ trees: TenantTrees,
        _ facts: RequestFacts,
        _ policy: RequestPolicy,
        at now: Date
    ) -> TenantDecision {
        let look = looks[trees.tenant]
        let isSame = look?.trees == trees
        let validate: TenantDecision.Step = look == nil ? .now(.new) : isSame ? .good : .now(.moved)
        guard mayPlan else {
            return TenantDecision(trees: trees, validate: validate, plan: .not(.fork), gate: .not(.fork))
        }
        if isSame, case .invalid? = look?.validation {
            return TenantDecision(trees: trees, validate: .good, plan: .not(.invalid), gate: .not(.invalid))
        }
        var plan = planStep(look, isSame, facts.states[trees.tenant], policy, facts, at: now)
        var gate = gateStep(look?.plan, policy, facts, at: now)
        if case .now(let why) = plan, gate != .not(.draft) { gate = .now(why) }
        if case .not(.waits) = plan { gate = gate == .not(.draft) ? gate : .not(.waits) }
        // The gate judges what a plan changes, so asking it again takes a plan of now.
        if case .now = gate, plan == .good { plan = .now(.gate) }
        return TenantDecision(trees: trees, validate: validate, plan: plan, gate: gate)
    }

    private func planStep(
        _ look: TenantLook?,
        _ isSame: Bool,
        _ state: String?,
        _ policy: RequestPolicy,
        _ facts: RequestFacts,
        at now: Date
    ) -> TenantDecision.Step {
        guard let look else { return .now(.new) }
        guard isSame else { return .now(.moved) }
        if let asked, asked.head == head, asked.at > look.at { return .now(.asked) }
        if look.trouble != nil { return now >= retryTime(look) ? .now(.retry) : .not(.waits) }
        guard let plan = look.plan else { return .now(.new) }
        if let state, let former = plan.state, state != former { return .now(.stateMoved) }
        return now >= plan.at.addingTimeInterval(age(policy.evidenceAge, policy, facts, at: now)) ? .now(.aged) : .good
    }

    private func gateStep(
        _ plan: PlanLook?,
        _ policy: RequestPolicy,
        _ facts: RequestFacts,
        at now: Date
    ) -> TenantDecision.Step {
        if isDraft { return .not(.draft) }
        guard let plan, plan.isGated else { return .now(.gate) }
        return now >= evidenceEnd(plan, policy, facts, at: now) ? .now(.aged) : .good
    }

    private func evidenceEnd(_ plan: PlanLook, _ policy: RequestPolicy, _ facts: RequestFacts, at now: Date) -> Date {
        let isPoor = (plan.verdict ?? .pass) >= .approve
        let limit = age(isPoor ? policy.poorEvidenceAge : policy.evidenceAge, policy, facts, at: now)
        // What was seen may be older than the plan: the gate takes evidence that is young enough from its memory.
        let seen = isPoor ? plan.at : min(plan.at, plan.observedAt ?? plan.at)
        let end = max(seen.addingTimeInterval(limit), plan.at.addingTimeInterval(policy.poorEvidenceAge))
        guard limit < RequestPolicy.quietInterval, plan.verdict == .hold, let retryAt = plan.retryAt else { return end }
        return max(plan.at.addingTimeInterval(60), min(end, retryAt))
    }

    /// The limit, or a day where the request was not touched for long.
    private func age(
        _ limit: TimeInterval,
        _ policy: RequestPolicy,
        _ facts: RequestFacts,
        at now: Date
    ) -> TimeInterval {
        let isQuiet = now.timeIntervalSince(max(facts.request.updated, headSince)) > policy.quietAfter
        return isQuiet ? max(limit, RequestPolicy.quietInterval) : limit
    }

    private func retryTime(_ look: TenantLook) -> Date {
        let step = min(max(look.failures, 1), RequestPolicy.retries.count) - 1
        return look.at.addingTimeInterval(RequestPolicy.retries[step])
    }

    /// When something grows too old, or is tried again; what is done now counts from now.
    func again(
        _ facts: RequestFacts,
        _ policy: RequestPolicy,
        _ decisions: [TenantDecision],
        at now: Date
    ) -> Date? {
        if case .failed(_, isOurs: true, let retryAt) = facts.merge, isOpen {
            return max(retryAt ?? now, now.addingTimeInterval(60))
        }
        return decisions.compactMap { decision -> Date? in
            guard !decision.isWork, let look = looks[decision.tenant] else { return nil }
            if case .not(.waits) = decision.plan { return retryTime(look) }
            guard let plan = look.plan, decision.plan == .good else { return nil }
            let planEnd = plan.at.addingTimeInterval(age(policy.evidenceAge, policy, facts, at: now))
            guard decision.gate == .good else { return planEnd }
            return min(planEnd, evidenceEnd(plan, policy, facts, at: now))
        }.min()
    }
}
