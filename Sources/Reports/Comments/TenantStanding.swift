import Connectors
import Planning
import TLSGate

/// What a tenant's plan comes to for a reviewer, in a word and in a sentence.
enum TenantStanding: Int, Comparable {
    case unchanged
    case ready
    /// A draft, whose partners are not asked.
    case ungated
    case fork
    case notPlanned
    case held
    case blocked

    init(_ tenant: TenantPlan) {
        guard let plan = tenant.plan else {
            self = .notPlanned
            return
        }
        let verdict = tenant.verdict ?? .pass
        if verdict == .block, !plan.changes.isEmpty {
            self = .blocked
        } else if !plan.lastingGuards.isEmpty || verdict >= .approve && !plan.changes.isEmpty {
            self = .held
        } else if plan.changes.isEmpty {
            self = .unchanged
        } else {
            self = tenant.judgements == nil ? .ungated : .ready
        }
    }

    init(_ state: PlanComment.Tenant.State) {
        switch state {
        case .planned(let plan): self.init(plan)
        case .fork: self = .fork
        }
    }

    static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

    var word: String {
        switch self {
        case .unchanged: "no changes"
        case .ready: "ready to merge"
        case .ungated: "planned, not gated"
        case .fork: "not planned: from a fork"
        case .notPlanned: "not planned"
        case .held: "held"
        case .blocked: "blocked"
        }
    }

    /// It carries its meaning without colour.
    var symbol: String {
        switch self {
        case .unchanged: "="
        case .ready: "✓"
        case .ungated, .fork: "?"
        case .notPlanned, .held: "!"
        case .blocked: "✗"
        }
    }
}

extension Plan {
    /// Those that hold the changes whenever they are merged: not a freeze, which ends, nor a policy that asks a person to look.
    var lastingGuards: [Guard] { guards.filter { !$0.isWait } }

    var waits: [Guard] { guards.filter(\.isWait) }
}

extension Guard {
    var isWait: Bool { holdsUnattendedOnly || id == ID.freeze.rawValue }
}

extension TenantPlan {
    /// What merging comes to, for a reader who has the reasons below.
    var mergeSentence: String {
        guard let plan else { return "Without a plan it is not known what merging would do to mail." }
        let standing = TenantStanding(self)
        switch standing {
        case .blocked:
            return
                "Blocked by the TLS gate: mail would not be delivered, so merging writes nothing. Fix the findings below."
        case .held where !plan.lastingGuards.isEmpty:
            return
                "Held: merging writes nothing until the \(plan.lastingGuards.count == 1 ? "reason" : "reasons") below "
                + "\(plan.lastingGuards.count == 1 ? "is" : "are") dealt with."
        case .held where verdict == .hold:
            return "Held by the TLS gate: the findings below could not be judged yet. They are tried again."
        case .held:
            return "Held by the TLS gate: a person must accept the findings below, with a Waiver in this request."
        case .unchanged: return plan.nothingToDo
        case .ungated, .fork, .notPlanned, .ready: break
        }
        if !plan.waits.isEmpty { return "Nothing in it stands in the way; after the merge it waits, see below." }
        return standing == .ungated
            ? "The partners' mail servers were not asked yet, so it is not known whether mail would flow."
            : "Merging writes exactly these changes to the tenant. \(readySentence)"
    }

    private var readySentence: String {
        switch verdict {
        case nil: "No partner's mail server has a say in them."
        case .pass: "The partners' mail servers are ready for them."
        case .warn, .approve, .hold, .block: "Mail will flow; what should be fixed is named in the details."
        }
    }

    /// The gate's verdict on the whole, or why there is none.
    var gateWord: String { verdict?.rawValue ?? (judgements == nil ? "not asked" : "nothing to judge") }

    /// The changes, worst first: by verdict, by risk, then as they are applied.
    var changesWorstFirst: [Change] {
        let verdicts = Dictionary(
            (judgements ?? []).map { ($0.connector, $0.verdict) },
            uniquingKeysWith: { $0.joined(with: $1) }
        )
        return (plan?.changes ?? []).enumerated().sorted { left, right in
            let (one, other) = (left.element, right.element)
            let (mine, its) = (verdicts[one.key] ?? .pass, verdicts[other.key] ?? .pass)
            if mine != its { return mine > its }
            return one.risk != other.risk ? one.risk > other.risk : left.offset < right.offset
        }.map(\.element)
    }

    var highestRisk: RiskLevel { plan?.changes.map(\.risk).max() ?? .low }
}
