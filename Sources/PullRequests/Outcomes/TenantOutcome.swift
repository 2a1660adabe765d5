import Connectors
package import FoundationEssentials

/// What became of a merged request in one tenant.
package struct TenantOutcome: Hashable, Sendable, Codable {
    package enum State: String, Hashable, Sendable, Codable, CaseIterable {
        /// Nothing has been done yet: a rollout, a canary, or the next round.
        case waiting
        case applied
        /// There was nothing to write.
        case unchanged
        case held
        case blocked
        case failed
        case partlyApplied = "partly-applied"
        case rolledBack = "rolled-back"
        /// Applied, and its mail is being watched.
        case watching
        /// Watched, and mail flows.
        case flows
        /// Watched, and mail flows worse than before.
        case regressed

        /// As people read it.
        package var word: String {
            switch self {
            case .waiting: "waiting"
            case .applied: "applied"
            case .unchanged: "already so"
            case .held: "held"
            case .blocked: "blocked"
            case .failed: "failed"
            case .partlyApplied: "partly applied"
            case .rolledBack: "rolled back"
            case .watching: "applied, and its mail is watched"
            case .flows: "applied, and mail flows"
            case .regressed: "applied, but mail flows worse"
            }
        }

        /// The graver, the earlier it is told.
        package var gravity: Int {
            switch self {
            case .unchanged, .flows: 0
            case .applied: 1
            case .waiting, .watching: 2
            case .held: 3
            case .failed: 4
            case .blocked: 5
            case .regressed: 6
            case .rolledBack: 7
            case .partlyApplied: 8
            }
        }
    }

    package var tenant: String
    package var state: State
    /// Kebab-case: a guard's id or a cause.
    ///
    /// With the state it is what makes an outcome another one; the text does not.
    package var reason: String?
    /// For people: why, with the figures; strangers' strings in it are not escaped.
    package var text: String
    package var run: String?
    package var at: Date

    package init(
        tenant: String,
        state: State,
        reason: String? = nil,
        text: String = "",
        run: String? = nil,
        at: Date
    ) {
        self.tenant = tenant
        self.state = state
        self.reason = reason
        self.text = text
        self.run = run
        self.at = at
    }
}

extension TenantOutcome {
    /// Whether it can be of a request whose last outcome in the tenant was this one.
    ///
    /// What reached the tenant is over but for its own run's sequel; a later commit's fate is not this request's.
    func concerns(_ former: TenantOutcome?) -> Bool {
        guard let former else { return true }
        switch former.state {
        case .waiting, .held, .blocked, .failed: return state != former.state || reason != former.reason
        case .applied, .unchanged, .partlyApplied, .rolledBack, .watching, .flows, .regressed:
            guard run != nil, run == former.run, state != former.state else { return false }
            // A run has a watch for each connector: the worst that one of them ended with stays.
            return !former.isLastWord || state.gravity > former.state.gravity
        }
    }

    /// Whether one of the run's watches, or the run itself, has said the last that it has to say.
    private var isLastWord: Bool {
        switch state {
        case .flows, .regressed, .rolledBack, .partlyApplied: true
        case .applied: reason != nil
        case .waiting, .unchanged, .held, .blocked, .failed, .watching: false
        }
    }
}

extension RequestMemory {
    /// Takes in what became of the request in a tenant; answers whether that is worth writing.
    ///
    /// A change of state or reason is; the same once more is not, whatever its text and figures are by then. Only a
    /// merged request has outcomes, and only in tenants that it touched.
    package mutating func ended(_ outcome: TenantOutcome) -> Bool {
        guard isMerged, touched.contains(where: { $0.tenant == outcome.tenant }) || showings[outcome.tenant] != nil
        else {
            return false
        }
        let former = outcomes[outcome.tenant]
        guard former?.state != outcome.state || former?.reason != outcome.reason else { return false }
        // A run that finds the tenant in sync tells nothing new of one that was applied before.
        if outcome.state == .unchanged, let former, former.state != .waiting, former.state != .held { return false }
        var bounded = outcome
        bounded.text = outcome.text.bounded(2_000)
        outcomes[outcome.tenant] = bounded
        return true
    }

    /// Whether an outcome can be of this request, and is not what was said of it already.
    package func awaits(_ outcome: TenantOutcome) -> Bool {
        isMerged && touched.contains { $0.tenant == outcome.tenant }
            && outcome.concerns(outcomes[outcome.tenant])
    }
}
