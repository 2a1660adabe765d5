import Connectors
package import FoundationEssentials
package import TLSGate

/// What a person asked to be applied before the merge; stored before anything is done, so that nothing is done twice and
/// what became of it is told whatever happens meanwhile.
package struct ApplyAsk: Hashable, Sendable, Codable {
    /// The id of the comment.
    package var comment: String
    /// Who wrote it, as the forge names them.
    package var login: String
    /// The head that is applied, and the branch's tip that it contains.
    package var head: String
    package var base: String
    package var at: Date
    package var tenants: [String: AskedTenant]

    package init(
        comment: String,
        login: String,
        head: String,
        base: String,
        at: Date,
        tenants: [String: AskedTenant]
    ) {
        self.comment = comment
        self.login = login
        self.head = head
        self.base = base
        self.at = at
        self.tenants = tenants
    }

    /// Whether a tenant's run has not ended, as far as is known.
    package var isUnderWay: Bool { tenants.values.contains(where: \.isUnderWay) }
}

package struct AskedTenant: Hashable, Sendable, Codable {
    /// The digest of the changes that were shown and approved, and what the gate said of them.
    package var changesDigest: String
    package var verdict: Verdict?
    /// The id that the run has, or is to have.
    package var run: String
    package var outcome: TenantOutcome

    package init(changesDigest: String, verdict: Verdict?, run: String, outcome: TenantOutcome) {
        self.changesDigest = changesDigest
        self.verdict = verdict
        self.run = run
        self.outcome = outcome
    }

    package var isUnderWay: Bool { outcome.state == .waiting }

    /// Whether the tenant has it, or some of it.
    package var isInForce: Bool { [.applied, .partlyApplied].contains(outcome.state) }

    /// Whether the tenant had it at some time.
    var hasReached: Bool { isInForce || outcome.state == .rolledBack }
}

extension RequestMemory {
    /// What is applied before the merge is taken in, before the first of its runs begins.
    ///
    /// What reached other tenants before stays on record: it is there until git says so or it is taken back.
    package mutating func begin(_ ask: ApplyAsk) {
        guard applying?.isUnderWay != true else { return }
        let reached = (applying?.tenants ?? [:]).filter { $0.value.hasReached }
        applying = ask
        applying?.tenants.merge(reached) { asked, _ in asked }
    }

    /// It could not be stored, so it is not begun, and its comment is heard once more.
    ///
    /// - Parameter former: What was asked for before it.
    package mutating func withdraw(_ ask: ApplyAsk, for former: ApplyAsk?) {
        guard applying?.comment == ask.comment, applying?.at == ask.at else { return }
        applying = former
        ruled.removeAll { $0 == ask.comment }
    }

    /// A tenant's run has ended.
    ///
    /// - Returns: Whether that is news.
    package mutating func applied(_ outcome: TenantOutcome, run: String) -> Bool {
        guard var asked = applying?.tenants[outcome.tenant], asked.run == run, asked.isUnderWay else { return false }
        asked.outcome = outcome
        asked.outcome.run = outcome.run ?? run
        asked.outcome.text = outcome.text.bounded(2_000)
        applying?.tenants[outcome.tenant] = asked
        return true
    }

    /// What a run applied was rolled back since, or something else was applied over it.
    ///
    /// - Returns: Whether that is news.
    package mutating func tookBack(_ tenant: String, run: String, at now: Date) -> Bool {
        guard var asked = applying?.tenants[tenant], asked.run == run, asked.isInForce else { return false }
        asked.outcome.state = .rolledBack
        asked.outcome.text = "It was applied, and has been rolled back since."
        asked.outcome.at = now
        applying?.tenants[tenant] = asked
        return true
    }

    /// What a run that nothing is heard of any more is left at.
    package static func neverBegan(_ tenant: String, at now: Date) -> TenantOutcome {
        TenantOutcome(
            tenant: tenant,
            state: .failed,
            reason: "not-begun",
            text: "Mitregate was restarted before it began. Nothing was written; comment mitregate apply again.",
            at: now
        )
    }

    /// Whether this head was applied in a tenant before the merge, and stands.
    func isAppliedAhead(_ tenant: String?) -> Bool {
        guard let tenant, let applying, applying.head == head else { return false }
        return applying.tenants[tenant]?.outcome.state == .applied
    }

    /// Whether these very changes were applied before the merge and rolled back.
    func wasTakenBack(_ plan: PlanLook, in tenant: String?) -> Bool {
        guard let tenant, let asked = applying?.tenants[tenant] else { return false }
        return asked.outcome.state == .rolledBack && asked.changesDigest == plan.changesDigest
    }

    /// The tenants that may be written to because of this request, before its merge or after it.
    package var concernedTenants: [String] {
        Set(touched.map(\.tenant)).union(showings.keys).union(applying.map { Array($0.tenants.keys) } ?? []).sorted()
    }
}
