import ExchangeOnline
import Configuration
package import Connectors
import Definitions
import FoundationEssentials
import Planning
import Probing
import Reports
import StateStore
import TLSGate

extension TenantRun {
    /// Asks the gate about every connector that the plan creates or changes.
    static let judge: Step = { run throws(RunStop) in
        try await run.judge(try run.known(run.plan, "the plan"))
        run.passed.insert(.gate)
    }

    private mutating func judge(_ plan: Plan) async throws(RunStop) {
        guard options.judgesPartners else { return }
        let subjects = subjects(of: plan)
        guard !subjects.isEmpty else { return }
        if plan.guards.contains(where: \.holdsWhateverIsSeen) {
            options.judgesPartners = false
            environment.tell(tenant.name, "no partner is asked, as the plan is held")
            return
        }
        environment.tell(tenant.name, "asking the partners' servers")
        let tries = try await heldTries(plan.revision)
        let (gatekeeper, domains) = (shared.gatekeeper, observed?.acceptedDomains)
        let earlier = try await earlier(subjects)
        let waivers = definitions?.desired.waivers ?? []
        let outdated = try await outdatedWaivers()
        // What was seen when a person approved is a while ago: the servers are asked again.
        let maximumAge: TimeInterval = options.acceptedVerdict == nil ? .infinity : 0
        let findings = try await environment.untilInterrupted { () throws(RunStop) in
            try await gatekeeper.judge(
                subjects,
                waivers: waivers,
                outdated: outdated,
                acceptedDomains: domains,
                earlier: earlier,
                tries: tries,
                maximumAge: maximumAge
            )
        }
        judgements = findings.judgements
        evidence = GateEvidence.rows(of: findings.observations)
    }

    private func subjects(of plan: Plan) -> [Gatekeeper.Subject] {
        let desired = Dictionary(
            ((self.desired ?? definitions?.desired)?.connectors ?? []).map { ($0.key, $0) }
        ) { first, _ in first }
        let observed = Dictionary(
            (observed?.connectors ?? []).map { ($0.guid, $0) }
        ) { first, _ in first }
        let applied = Dictionary(applied.connectors.map { ($0.key, $0.settings) }) { first, _ in first }
        return plan.changes.filter { $0.action != .delete }.compactMap { change in
            guard let connector = desired[change.key] else { return nil }
            let before = change.guid.flatMap { observed[$0]?.settings }
            return Gatekeeper.Subject(connector, over: before, applied: applied[change.key])
        }
    }

    /// How often this commit was held before only because a partner could not be judged.
    private func heldTries(_ revision: String) async throws(RunStop) -> Int {
        // An export has no history.
        guard options.states == nil else { return 0 }
        let tenant = tenant.name
        let now = environment.timing.now()
        let runs = try await reading { try await $0.runs(RunQuery(tenant: tenant, limit: 10)) }
        return runs.prefix {
            $0.revision == revision && $0.result == .held && $0.cause == .gateUndecided
        }.count { run in
            // Looking again before its time does not count as another try.
            if case .at(let instant)? = run.nextLook { instant <= now } else { true }
        }
    }

    /// What was seen last of the same next hops: a certificate that changed since, a policy that is still held.
    func earlier(_ subjects: [Gatekeeper.Subject]) async throws(RunStop) -> [PartnerObservations] {
        guard options.states == nil else { return [] }
        let policy = shared.gatekeeper.policy
        let hops = Set(
            subjects.filter { $0.key.kind == .outboundConnector }
                .flatMap { Gate.requests(for: $0.key, settings: $0.settings, policy: policy) }.map(\.nextHop)
        )
        return try await lastSeen(hops)
    }
}

extension Guard {
    /// Whether the plan is held for its size, so that its partners, perhaps thousands, are not to be asked.
    fileprivate var holdsWhateverIsSeen: Bool {
        let ids: [Guard.ID] = [.changeLimit, .deleteLimit, .sourceEmpty, .sourceShrunk]
        return ids.contains { $0.rawValue == id }
    }
}

extension Gatekeeper.Subject {
    /// A definition laid over what the tenant has.
    package init(_ connector: DesiredConnector, over observed: Settings? = nil, applied: Settings? = nil) {
        self.init(
            key: connector.key,
            settings: (observed ?? [:]).merging(connector.settings) { _, own in own },
            fieldSources: connector.fieldSources,
            sample: connector.evidenceCertificate,
            before: observed,
            applied: applied
        )
    }
}
