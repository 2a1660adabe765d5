package import FoundationEssentials
package import Forges

extension RequestMemory {
    /// The comments with these tenants' changes were written, or already read as they would: they are what a reviewer sees.
    ///
    /// After the merge reviews have ended, and nothing is recorded.
    ///
    /// - Parameter unseen: By tenant, the digests of the changes that found no room in the comment.
    /// - Returns: Whether changes are shown that were not shown before.
    @discardableResult
    package mutating func shown(
        _ tenants: some Sequence<String>,
        without unseen: [String: Set<String>] = [:],
        at now: Date
    ) -> Bool {
        guard isOpen, !isMerged else { return false }
        var isNew = false
        for tenant in tenants {
            guard mayPlan, let look = looks[tenant], let plan = look.plan, touched.contains(look.trees) else {
                showings[tenant] = nil
                continue
            }
            let hidden = unseen[tenant] ?? []
            let seen = plan.changes.filter { !hidden.contains($0.digest) }
            let former = showings[tenant].flatMap { $0.isBegun(with: seen, of: plan.changesDigest) ? $0 : nil }
            showings[tenant] = Showing(
                tenant: tenant,
                head: head,
                changesDigest: plan.changesDigest,
                changes: seen,
                verdict: plan.verdict,
                since: former?.since ?? now,
                at: plan.at,
                unseen: max(0, plan.create + plan.update + plan.delete - seen.count)
            )
            let remarks = remarks(on: tenant)
            showings[tenant]?.remarks = remarks
            if former == nil { isNew = true }
        }
        return isNew
    }

    /// Takes in the latest word of each person.
    ///
    /// An approval counts for what was shown when it was given, and for nothing else. Where the forge tells when it was
    /// given, that decides; else it was given after the showing began where we had asked for the reviews since then and
    /// it was not among them. So the service does well to ask once more right after it has shown something new.
    ///
    /// An approval of which it cannot be found out now whether it may count is kept with what it was given for, and does
    /// not count until that is answered.
    ///
    /// - Parameter asked: When the forge was asked for these reviews.
    package mutating func saw(_ reviews: [Review], in circle: ReviewCircle, askedAt asked: Date) {
        guard !isSealed else { return }
        words = words.compactMap { kept($0, reviews, circle) }
        for review in reviews where review.verdict == .approved {
            let counts = circle.counts(review.person)
            guard counts != false, !isTooLate(review),
                !words.contains(where: { $0.person == review.person.id && $0.isReview })
            else { continue }
            // What is in doubt pushes nothing out.
            if counts == nil, words.count >= Self.wordLimit { continue }
            add(
                ReviewWord(
                    by: review.person,
                    .review(at: review.at),
                    seenAt: asked,
                    for: showings.filter { isGiven(review, for: $0.value) },
                    isDoubtful: counts == nil ? true : nil
                )
            )
        }
        let untimed = Set(reviews.filter { $0.verdict == .approved && $0.at == nil }.map(\.person.id))
        untimedApprovers = untimed.count <= Self.untimedLimit ? untimed : nil
        reviewsAskedAt = asked
        if isMerged, circle.isComplete { isSealed = true }
    }

    /// A word as it stands after the reviews; `nil` where it is gone.
    private func kept(_ word: ReviewWord, _ reviews: [Review], _ circle: ReviewCircle) -> ReviewWord? {
        let latest = reviews.first { $0.person.id == word.person }
        switch (word.source, latest?.verdict) {
        case (_, .changesRequested): return nil
        case (.comment, _), (.review, .commented): break
        case (.review(let at), .approved) where at == latest?.at: break
        case (.review, _): return nil
        }
        let person = latest?.person ?? Person(id: word.person, login: word.login)
        guard circle.isIndependent(person) else { return nil }
        var word = word
        // Whether a person may write is asked of those whose latest review approves.
        if latest?.verdict == .approved {
            guard let counts = circle.counts(person) else {
                word.isDoubtful = true
                return word
            }
            word.isDoubtful = nil
            return counts ? word : nil
        }
        if circle.committers == nil {
            word.isDoubtful = true
        } else if !word.isReview {
            word.isDoubtful = nil
        }
        return word
    }

    /// Whether an approval was given after the merge.
    private func isTooLate(_ review: Review) -> Bool {
        guard let mergedAt else { return false }
        if let at = review.at { return at > mergedAt }
        return reviewsAskedAt.map { $0 >= mergedAt } ?? false
    }

    private func isGiven(_ review: Review, for showing: Showing) -> Bool {
        // While the comments tell of a conflict they show no changes; our own trouble leaves them as they are.
        guard !isHidden else { return false }
        if let doubt = doubt(about: showing.tenant) {
            guard let at = review.at, at < doubt else { return false }
        }
        if let at = review.at { return at >= showing.since }
        guard let reviewsAskedAt, let untimedApprovers else { return false }
        return reviewsAskedAt >= showing.since && !untimedApprovers.contains(review.person.id)
    }

    mutating func add(_ word: ReviewWord) {
        words.append(word)
        words.removeFirst(max(0, words.count - Self.wordLimit))
    }

    /// The logins of those whose approval counts for what is shown of a tenant, each once, in order.
    package func approvers(of tenant: String) -> [String] {
        guard let showing = showings[tenant] else { return [] }
        return people { $0.isGiven(for: showing) }
    }

    /// Those who approved something else than what is shown of a tenant now, and have to approve again.
    package func formerApprovers(of tenant: String) -> [String] {
        let now = Set(approvers(of: tenant))
        return people { _ in true }.filter { !now.contains($0) }
    }

    private func people(_ isWanted: (ReviewWord) -> Bool) -> [String] {
        var ids: Set<String> = []
        return words.filter { $0.isDoubtful != true && isWanted($0) && ids.insert($0.person).inserted }.map(\.login)
            .sorted()
    }
}

extension Showing {
    /// Whether it shows all of these changes already, as a part of the same plan.
    fileprivate func isBegun(with changes: [ShownChange], of digest: String) -> Bool {
        guard changesDigest == digest else { return false }
        let shown = Set(self.changes.map(\.digest))
        return changes.allSatisfy { shown.contains($0.digest) }
    }
}

extension ReviewWord {
    var isReview: Bool { if case .review = source { true } else { false } }
}
