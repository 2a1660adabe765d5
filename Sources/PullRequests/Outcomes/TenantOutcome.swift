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
            case .waiting, .applied, .unchanged, .held, .blocked, .failed, .regressed: rawValue
            case .partlyApplied: "partly applied"
            case .rolledBack: "rolled back"
            case .watching: "applied, mail is watched"
            case .flows: "applied, mail flows"
            }
        }

        /// The graver, the earlier it is told.
        package var gravity: Int {
            switch self {
            case .rolledBack, .partlyApplied: 9
            case .regressed: 8
            case .failed: 7
            case .blocked: 6
            case .held: 5
            case .waiting: 4
            case .applied: 3
            case .watching: 2
            case .flows: 1
            case .unchanged: 0
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

    /// Whether it is left as it is, so that nothing more is to be expected.
    package var isFinal: Bool {
        switch state {
        case .unchanged, .flows, .rolledBack: true
        case .waiting, .applied, .held, .blocked, .failed, .partlyApplied, .watching, .regressed: false
        }
    }
}

extension TenantOutcome {
    /// Whether it can be of a request whose last outcome in the tenant was this one.
    ///
    /// What reached the tenant is over but for its own run's sequel; a later commit's fate is not this request's.
    package func concerns(_ former: TenantOutcome?) -> Bool {
        guard let former else { return true }
        switch former.state {
        case .waiting, .held, .blocked, .failed: return state != former.state || reason != former.reason
        case .applied, .unchanged, .partlyApplied, .rolledBack, .watching, .flows, .regressed:
            return run != nil && run == former.run && state != former.state
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

    /// Whether something may still become of it.
    package var isAwaited: Bool {
        isMerged && touched.contains { !(outcomes[$0.tenant]?.isFinal ?? false) }
    }
}
