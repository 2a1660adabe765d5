package import Connectors
package import FoundationEssentials
package import Planning
package import TLSGate

/// What looking at one tenant of a request came to, as the service that looked tells it.
package enum TenantResult: Hashable, Sendable {
    /// The definitions of the merge result have errors.
    ///
    /// - Parameter first: The first one, in a sentence without strangers' strings, or with them escaped.
    case invalid(errors: Int, first: String)
    /// The definitions are right, and nothing else was asked for.
    case valid
    /// - Parameter judgements: `nil` for a draft, of which the gate is not asked; where it cannot be asked there is no plan.
    case planned(Plan, judgements: [Judgement]?)
    /// The definitions are right, and there is no plan.
    ///
    /// - Parameter reason: Such as "the tenant could not be read"; our own trouble, which is tried again.
    case unplanned(reason: String)
}

/// What is kept of the last look at one tenant of a request.
package struct TenantLook: Hashable, Sendable, Codable {
    package enum Validation: Hashable, Sendable, Codable {
        case valid
        case invalid(errors: Int, first: String)
    }

    /// The folders that it was made for.
    package var trees: TenantTrees
    package var validation: Validation
    package var plan: PlanLook?
    /// Why there is no plan, where one was asked for.
    package var trouble: String?
    /// How often in a row there was trouble.
    package var failures: Int
    package var at: Date
}

extension RequestMemory {
    /// Whether the last look found errors in a tenant's definitions.
    package func isInvalid(_ tenant: String) -> Bool {
        if case .invalid? = looks[tenant]?.validation { true } else { false }
    }
}

/// A plan as far as statuses, the ledger and the next look need it.
package struct PlanLook: Hashable, Sendable, Codable {
    package var at: Date
    /// The digest of what the plan rests on in addition to the folders, where it is known.
    package var state: String?
    package var changesDigest: String
    package var changes: [ShownChange]
    package var create: Int
    package var update: Int
    package var delete: Int
    /// The ids of the guards that hold it whenever it is merged.
    package var guards: [String]
    /// The ids of those that only say when, or that a person has to look: a freeze, a policy that proposes.
    package var waits: [String]
    /// When the last of these ends, where that is known.
    package var waitsUntil: Date?
    /// Whether the gate was asked, or there is nothing to ask about.
    package var isGated: Bool
    /// `nil` where nothing was judged.
    package var verdict: Verdict?
    /// The connectors that the gate does not let pass.
    package var refused: [ConnectorKey]
    package var observedAt: Date?
    package var retryAt: Date?

    /// - Parameter room: How many changes are kept.
    init(_ plan: Plan, judgements: [Judgement]?, state: String?, at now: Date, room: Int) {
        at = now
        self.state = state
        changesDigest = plan.changesDigest
        let verdicts = Dictionary(
            (judgements ?? []).map { ($0.connector, $0.verdict) },
            uniquingKeysWith: { $0.joined(with: $1) }
        )
        changes = plan.changes.prefix(room).map { ShownChange($0, verdict: verdicts[$0.key]) }
        create = plan.summary.create
        update = plan.summary.update
        delete = plan.summary.delete
        let isWait: (Guard) -> Bool = { $0.holdsUnattendedOnly || $0.id == Guard.ID.freeze.rawValue }
        guards = Self.ids(plan.guards.filter { !isWait($0) })
        waits = Self.ids(plan.guards.filter(isWait))
        waitsUntil = plan.guards.compactMap(\.until).max()
        isGated = judgements != nil || plan.changes.isEmpty
        let all = judgements ?? []
        verdict = all.isEmpty ? nil : all.map(\.verdict).joined
        refused = all.filter { $0.verdict >= .approve }.sorted {
            ($1.verdict, $0.connector) < ($0.verdict, $1.connector)
        }
        .prefix(20).map(\.connector)
        observedAt = all.compactMap(\.observedAt).min()
        retryAt = all.compactMap(\.retryAt).min()
    }

    private static func ids(_ guards: [Guard]) -> [String] {
        guards.reduce(into: []) { if !$0.contains($1.id), $0.count < 20 { $0.append($1.id) } }
    }
}

/// One change as it was shown to reviewers.
package struct ShownChange: Hashable, Sendable, Codable {
    package var connector: ConnectorKey
    package var action: Change.Action
    package var digest: String
    package var risk: RiskLevel
    /// `nil` where the gate was not asked, or had nothing to judge.
    package var verdict: Verdict?

    package init(_ change: Change, verdict: Verdict?) {
        connector = change.key
        action = change.action
        digest = change.digest
        risk = change.risk
        self.verdict = verdict
    }
}
