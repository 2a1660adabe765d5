package import FoundationEssentials
package import Forges

extension RequestMemory {
    /// The comments with these tenants' changes were written, or already read as they would: they are what a reviewer sees.
    ///
    /// After the merge nobody reviews any more, and nothing is recorded.
    ///
    /// - Parameter unseen: By tenant, the digests of the changes that found no room in the comment.
    package mutating func shown(
        _ tenants: some Sequence<String>,
        without unseen: [String: Set<String>] = [:],
        at now: Date
    ) {
        guard isOpen, !isMerged else { return }
        for tenant in tenants {
            guard let look = looks[tenant], let plan = look.plan, touched.contains(look.trees) else {
                showings[tenant] = nil
                continue
            }
            let hidden = unseen[tenant] ?? []
            let former = showings[tenant]
            let isSame = former?.changesDigest == plan.changesDigest
            showings[tenant] = Showing(
                tenant: tenant,
                head: head,
                changesDigest: plan.changesDigest,
                changes: plan.changes.filter { !hidden.contains($0.digest) },
                verdict: plan.verdict,
                since: isSame ? former?.since ?? now : now,
                at: plan.at
            )
        }
    }

    /// Takes in the latest word of each person.
    ///
    /// An approval counts for what was shown when it was given, and for nothing else. It was given after the showing
    /// began where we had asked for the reviews since then and it was not there, or where the forge's own time says so;
    /// so the service does well to ask once more right after it has shown something new.
    ///
    /// - Parameter asked: When the forge was asked for these reviews.
    package mutating func saw(_ reviews: [Review], in circle: ReviewCircle, askedAt asked: Date) {
        guard !isSealed else { return }
        var kept: [ReviewWord] = []
        for word in words {
            let latest = reviews.first { $0.person.id == word.person }
            let person = latest?.person ?? Person(id: word.person, login: word.login)
            guard circle.isIndependent(person) else { continue }
            // Whether a person may write is asked of those whose latest review approves.
            if latest?.verdict == .approved, !circle.counts(person) { continue }
            switch (word.source, latest?.verdict) {
            case (_, .changesRequested): continue
            case (.comment, _): kept.append(word)
            case (.review(let at), .approved) where at == latest?.at: kept.append(word)
            case (.review, .commented): kept.append(word)
            case (.review, _): continue
            }
        }
        words = kept
        for review in reviews where review.verdict == .approved && circle.counts(review.person) {
            guard !words.contains(where: { $0.person == review.person.id && $0.isReview }) else { continue }
            if let at = review.at, let mergedAt, at > mergedAt { continue }
            add(
                ReviewWord(
                    person: review.person.id,
                    login: review.person.login,
                    source: .review(at: review.at),
                    seenAt: asked,
                    digests: showings.filter { isGiven(review, for: $0.value) }.mapValues(\.changesDigest)
                )
            )
        }
        reviewsAskedAt = asked
        if isMerged { isSealed = true }
    }

    private func isGiven(_ review: Review, for showing: Showing) -> Bool {
        // While the comments tell of a conflict they show no changes.
        switch standing {
        case .conflict, .failed: return false
        case .open, .closed, .untouched: break
        }
        if let at = review.at, at >= showing.since { return true }
        return reviewsAskedAt.map { $0 >= showing.since } ?? false
    }

    mutating func add(_ word: ReviewWord) {
        words.append(word)
        words.removeFirst(max(0, words.count - Self.wordLimit))
    }

    /// The logins of those whose approval counts for what is shown of a tenant, each once, in order.
    package func approvers(of tenant: String) -> [String] {
        guard let showing = showings[tenant] else { return [] }
        return people { $0.digests[tenant] == showing.changesDigest }
    }

    /// Those who approved something else than what is shown of a tenant now, and have to approve again.
    package func formerApprovers(of tenant: String) -> [String] {
        let now = Set(approvers(of: tenant))
        return people { _ in true }.filter { !now.contains($0) }
    }

    private func people(_ isWanted: (ReviewWord) -> Bool) -> [String] {
        var ids: Set<String> = []
        return words.filter { isWanted($0) && ids.insert($0.person).inserted }.map(\.login).sorted()
    }
}

extension ReviewWord {
    var isReview: Bool { if case .review = source { true } else { false } }
}
