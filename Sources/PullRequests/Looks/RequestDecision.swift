package import FoundationEssentials

/// What is to be done for a request now, and when to look again though nothing happens.
package struct RequestDecision: Hashable, Sendable {
    package var standing: RequestStanding
    /// The tenants that the request touches, in the order of their names.
    package var tenants: [TenantDecision]
    /// `nil` where only an event asks for another look.
    package var again: Date?

    package init(standing: RequestStanding, tenants: [TenantDecision], again: Date?) {
        self.standing = standing
        self.tenants = tenants
        self.again = again
    }

    /// The tenants of which something is to be found out now.
    package var work: [TenantDecision] { tenants.filter(\.isWork) }
}

/// How a request as a whole stands.
package enum RequestStanding: Hashable, Sendable, Codable {
    case open
    /// Closed or merged: nothing is looked at.
    case closed
    /// It cannot be merged as it is.
    case conflict(files: [String])
    /// The merge result has the same folders as the base.
    case untouched
    case failed(reason: String, isOurs: Bool)
}

package struct TenantDecision: Hashable, Sendable {
    package enum Step: Hashable, Sendable {
        case now(Why)
        /// What is known is still good.
        case good
        case not(WhyNot)
    }

    package enum Why: String, Hashable, Sendable, CaseIterable {
        /// It was not looked at before.
        case new
        /// The head or the base moved, and with it the tenant's folder.
        case moved
        /// The tenant's state or policy moved.
        case stateMoved = "state-moved"
        case aged
        /// There was trouble, and it is time to try again.
        case retry
        /// A person asked for it.
        case asked
        /// The gate was not asked yet, or is asked again, which needs the plan.
        case gate
    }

    package enum WhyNot: String, Hashable, Sendable, Codable, CaseIterable {
        /// The head comes from a fork, and no person who may write has asked for it.
        case fork
        /// A draft is not gated.
        case draft
        /// The definitions have errors.
        case invalid
        /// There is trouble, and it is not time yet to try again.
        case waits
    }

    package var trees: TenantTrees
    package var validate: Step
    package var plan: Step
    package var gate: Step

    package init(trees: TenantTrees, validate: Step, plan: Step, gate: Step) {
        self.trees = trees
        self.validate = validate
        self.plan = plan
        self.gate = gate
    }

    package var tenant: String { trees.tenant }

    package var isWork: Bool {
        for step in [validate, plan, gate] { if case .now = step { return true } }
        return false
    }

    /// Whether a plan is to be made, and whether the gate is to be asked about it.
    package var asksForPlan: Bool { if case .now = plan { true } else { false } }
    package var asksGate: Bool { if case .now = gate { true } else { false } }
}
