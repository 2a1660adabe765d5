package import Connectors
package import Planning
package import TLSGate

/// Whether what would be applied on the branch's new tip is what reviewers were shown.
///
/// Each change must have been shown in a request merged since the last applied commit, with the same digest (which
/// holds its risk), with no better verdict than now, and approved by as many persons as the policy asks for. What only
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
        let unseen = merged.filter { $0.wasMovedUnseen(plan.tenant) }.map(\.number)
        var held: [UnreviewedChange] = []
        var reviewed: [ConnectorKey: Int] = [:]
        for change in plan.changes where change.cause != .drift {
            let now = verdicts.map { $0[change.key] ?? .pass }
            let tries = merged.compactMap { Self.why(change, now, $0, plan.tenant, policy) }
            if let request = tries.first(where: { $0.why == nil }) {
                reviewed[change.key] = request.number
            } else if let nearest = tries.compactMap(\.why).max() {
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

    /// What one request says of a change: `nil` where it did not show that connector, a `why` of `nil` where it lets it pass.
    private static func why(
        _ change: Change,
        _ now: Verdict?,
        _ request: RequestMemory,
        _ tenant: String,
        _ policy: RequestPolicy
    ) -> (number: Int, why: UnreviewedChange.Why?)? {
        guard let showing = request.showings[tenant],
            let shown = showing.changes.first(where: { $0.connector == change.key })
        else { return nil }
        let number = request.number
        if shown.digest != change.digest {
            if shown.risk < change.risk {
                return (number, .riskier(request: number, shown: shown.risk, now: change.risk))
            }
            return (number, .other(request: number))
        }
        if let now, now > shown.verdict ?? .pass {
            return (number, .worseVerdict(request: number, shown: shown.verdict, now: now))
        }
        let approvers = request.approvers(of: tenant)
        guard approvers.count >= policy.approvals else {
            return (number, .approvals(request: number, given: approvers.count, wanted: policy.approvals))
        }
        return (number, nil)
    }
}

extension RequestMemory {
    /// Whether a tenant's folder may have been merged as no comment showed it.
    fileprivate func wasMovedUnseen(_ tenant: String) -> Bool {
        guard touchedHead == head else { return true }
        return touched.contains { $0.tenant == tenant } && showings[tenant]?.head != head
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
