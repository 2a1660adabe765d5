import Forges
package import FoundationEssentials

extension OfferMemory {
    /// Takes in what was found, and answers with what is to be done.
    package mutating func decide(_ facts: OfferFacts, _ policy: OfferPolicy, at now: Date) -> OfferDecision {
        let request = facts.request.flatMap { $0.head.origin == .same ? $0 : nil }
        if facts.request == nil { end() }
        take(request)
        forget(at: now)
        switch facts.wish {
        case .unknown: return .leave(.unknown)
        case .nothing:
            quietSince = quietSince ?? now
            return nothingToOffer(facts.tip)
        case .offer(let offer, let since):
            quietSince = nil
            isClosing = false
            guard let number else { return opening(offer, since, facts, policy, at: now) }
            return updating(offer, number, facts.tip, at: now)
        }
    }

    /// What became of the request since the last look.
    private mutating func take(_ request: PullRequest?) {
        guard let request else { return }
        switch request.state {
        case .open:
            guard number != request.number else { return }
            // The crash came between opening it and remembering that, or a person opened one from our branch.
            number = request.number
            isClosing = false
            (content, words) = ("", "")
        case .closed:
            guard number == request.number else { return }
            if isClosing { close(request.number) } else { settle(request.number, isMerged: false) }
        case .merged:
            guard number == request.number else { return }
            settle(request.number, isMerged: true)
            // Whoever committed last: what was merged is not lost with the branch.
            own(request.head.commit)
        }
    }

    private mutating func close(_ number: Int) {
        closed.append(number)
        closed.removeFirst(max(0, closed.count - Self.closedLimit))
        end()
    }

    private mutating func settle(_ number: Int, isMerged: Bool) {
        settled.removeAll { parts.contains($0.part) }
        settled += parts.map { Settlement(part: $0, number: number, isMerged: isMerged) }
        settled.removeFirst(max(0, settled.count - Self.settledLimit))
        end()
    }

    /// Our request is gone: a person decided about it, or the forge has lost it.
    private mutating func end() {
        number = nil
        isClosing = false
        // What it was about stays: a person may open the request again, and close it once more.
        (content, words) = ("", "")
    }

    private mutating func forget(at now: Date) {
        let dayAgo = now.addingTimeInterval(-OfferPolicy.day)
        openings.removeAll { $0 <= dayAgo || $0 > now }
        pushes.removeAll { $0 <= dayAgo || $0 > now }
        guard let quietSince, quietSince <= dayAgo else { return }
        settled.removeAll()
    }

    private mutating func nothingToOffer(_ tip: CommitID?) -> OfferDecision {
        // What was merged has done its work: the same deviation later is another one.
        settled.removeAll(where: \.isMerged)
        guard let number else { return .leave(.nothingToOffer) }
        if closed.contains(number) { return .leave(.reopened(number)) }
        if let tip, !isOurs(tip) { return .leave(.foreignCommit(tip)) }
        return .close(number: number, tip: tip, .gone)
    }

    private func updating(_ offer: ChangeOffer, _ number: Int, _ tip: CommitID?, at now: Date) -> OfferDecision {
        guard let tip else { return .leave(.branchGone(number)) }
        guard isOurs(tip) else { return .leave(.foreignCommit(tip)) }
        let isSame = content == OfferDigest.of(offer.files) && pushed.last == tip.hex
        if isSame, words == OfferDigest.of([offer.title, offer.body, offer.comment ?? ""]) {
            return .leave(.upToDate(number))
        }
        if !isSame, let until = limit(pushes, OfferPolicy.pushesADay) { return .leave(.waits(until: until)) }
        return .update(offer, number: number, over: tip, pushes: !isSame)
    }

    private func opening(
        _ offer: ChangeOffer,
        _ since: Date,
        _ facts: OfferFacts,
        _ policy: OfferPolicy,
        at now: Date
    ) -> OfferDecision {
        if let former = settlement(of: offer) {
            return .leave(former.isMerged ? .merged(former.number) : .declined(former.number))
        }
        if facts.isFought { return .leave(.fought) }
        let ripe = since.addingTimeInterval(policy.settle)
        if ripe > now { return .leave(.waits(until: ripe)) }
        if let until = limit(openings, OfferPolicy.openingsADay) ?? limit(pushes, OfferPolicy.pushesADay) {
            return .leave(.waits(until: until))
        }
        if let tip = facts.tip, !isOurs(tip) { return .leave(.foreignCommit(tip)) }
        return .open(offer, over: facts.tip)
    }

    /// The decision of people that covers all that is offered; the latest of them.
    private func settlement(of offer: ChangeOffer) -> Settlement? {
        let known = Dictionary(settled.map { ($0.part, $0) }) { _, last in last }
        let covering = offer.parts.compactMap { known[$0] }
        guard covering.count == offer.parts.count else { return nil }
        return covering.max { $0.number < $1.number }
    }

    private func limit(_ times: [Date], _ count: Int) -> Date? {
        guard times.count >= count else { return nil }
        return times.sorted()[times.count - count].addingTimeInterval(OfferPolicy.day)
    }
}
