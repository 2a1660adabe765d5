package import Connectors
import FoundationEssentials
package import Planning
package import TLSGate

/// Whether what would be applied on the branch's new tip is what reviewers were shown.
///
/// Each change must have been shown in a request merged since the last applied commit, with the same digest (which
/// holds its risk), with no better verdict than now, before it was merged, and approved by as many persons as the policy asks for. What only
/// puts drift back came with no commit: the drift policy decides about it, and it is not asked for here.
package enum ReviewCheck {
    /// - Parameters:
    ///   - judgements: What the gate says now; `nil` before it was asked, and then the check is to be made again
    ///     behind it, as no verdicts are compared.
    ///   - requests: Those that were merged into the branch since the tenant's last applied commit.
    package static func judge(
        _ plan: Plan,
        judgements: [Judgement]?,
        requests: [RequestMemory],
        policy: RequestPolicy
    ) -> ReviewVerdict {
        let verdicts = judgements.map { all in
            Dictionary(all.map { ($0.connector, $0.verdict) }, uniquingKeysWith: { $0.joined(with: $1) })
        }
        let merged = requests.filter(\.isMerged)
        let shown = merged.map { request in
            let changes = request.showing(of: plan.tenant)?.changes ?? []
            return Dictionary(changes.map { ($0.connector, $0) }, uniquingKeysWith: { first, _ in first })
        }
        let unseen = merged.filter { $0.wasMovedUnseen(plan.tenant) }.map(\.number)
        var held: [UnreviewedChange] = []
        var reviewed: [ConnectorKey: Int] = [:]
        for change in plan.changes where change.cause != .drift {
            let now = verdicts.map { $0[change.key] ?? .pass }
            let tries = zip(merged, shown).compactMap { request, shown in
                shown[change.key].map { (request.number, Self.why(change, now, $0, request, plan.tenant, policy)) }
            }
            if let (number, _) = tries.first(where: { $0.1 == nil }) {
                reviewed[change.key] = number
            } else if let nearest = tries.compactMap(\.1).max() {
                held.append(UnreviewedChange(change, nearest))
            } else if policy.review == .required || !unseen.isEmpty {
                held.append(UnreviewedChange(change, unseen.isEmpty ? .neverShown : .mergedUnseen(requests: unseen)))
            }
        }
        return ReviewVerdict(
            tenant: plan.tenant,
            changesDigest: plan.changesDigest,
            unreviewed: held,
            reviewed: reviewed
        )
    }

    /// Why a request that showed the connector does not let the change pass; `nil` where it does.
    private static func why(
        _ change: Change,
        _ now: Verdict?,
        _ shown: ShownChange,
        _ request: RequestMemory,
        _ tenant: String,
        _ policy: RequestPolicy
    ) -> UnreviewedChange.Why? {
        let number = request.number
        if shown.digest != change.digest {
            let isRiskier = shown.risk < change.risk
            return isRiskier
                ? .riskier(request: number, shown: shown.risk, now: change.risk) : .other(request: number)
        }
        // What the gate holds or blocks by itself it holds for its own cause: a verdict that is to come is waited for.
        if let now, now <= .approve, now > shown.verdict ?? .pass {
            return .worseVerdict(request: number, shown: shown.verdict, now: now)
        }
        let given = request.approvers(of: tenant).count
        return given < policy.approvals ? .approvals(request: number, given: given, wanted: policy.approvals) : nil
    }
}

extension RequestMemory {
    /// By how much our clock and the forge's may differ.
    private static var clockDifference: TimeInterval { 60 }

    /// What reviewers were shown before the merge; what was shown only after it decided nothing.
    fileprivate func showing(of tenant: String) -> Showing? {
        guard let showing = showings[tenant] else { return nil }
        guard let mergedAt, showing.since > mergedAt.addingTimeInterval(Self.clockDifference) else { return showing }
        return nil
    }

    /// Whether a tenant's folder may have been merged as no comment showed it.
    fileprivate func wasMovedUnseen(_ tenant: String) -> Bool {
        guard touchedHead == head else { return true }
        return touched.contains { $0.tenant == tenant } && showing(of: tenant)?.head != head
    }
}

/// What ``ReviewCheck`` found; what holds a plan becomes its guard.
package struct ReviewVerdict: Hashable, Sendable {
    package var tenant: String
    package var changesDigest: String
    package var unreviewed: [UnreviewedChange]
    /// By connector, the request that showed its change.
    package var reviewed: [ConnectorKey: Int]

    /// The guard that holds the plan; `nil` where everything was reviewed.
    package var guardian: Guard? {
        guard let first = unreviewed.first else { return nil }
        let digest = changesDigest.trimmedDigest
        var message = "\(first.key) \(first.sentence)"
        if unreviewed.count > 1 {
            let others = unreviewed.dropFirst().prefix(3).map { "\($0.key)" }.joined(separator: ", ")
            let more = unreviewed.count > 4 ? " and \(unreviewed.count - 4) more" : ""
            message += " The same holds for \(others)\(more)."
        }
        message +=
            " Look at the plan (mitregate plan --tenant \(tenant)), then release it: "
            + "mitregate approve --tenant \(tenant) \(digest) --reason \"…\"; or revert the commit."
        return Guard(id: Guard.ID.notReviewed.rawValue, message: message.escapingControls)
    }
}

extension String {
    /// Twelve hex digits of a digest.
    package var trimmedDigest: String { String((hasPrefix("sha256:") ? dropFirst(7) : self[...]).prefix(12)) }
}
