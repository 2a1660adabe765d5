import Connectors
import FoundationEssentials

/// Condition B of each cause that was read: by table, from what is known, or from the gate.
extension WatchRound {
    mutating func askAboutBefore() {
        for place in works.indices {
            works[place].items = works[place].items.map { weighed($0, place) }
            works[place].early = works[place].early.map { weighed($0, place) }
        }
        asks = Array(Set(works.indices.flatMap(beforeQuestions)))
    }

    /// The item with the answer that needs no question.
    private func weighed(_ item: OutboundWork.Item, _ place: Int) -> OutboundWork.Item {
        let watch = watches[works[place].index]
        guard let cause = item.cause, watch.change.causes.contains(cause.cause), !item.isElsewhere else { return item }
        let image = BeforeImage(
            watch.change.connector,
            changed: watch.change.changedFields,
            ruleDemandsTLS: routing.ruleDemandsTLS(for: item.unit.domain)
        )
        var item = item
        item.before =
            image.answer(for: cause.cause) ?? observedBefore(item, cause, watch)
            ?? watch.outbound?.answer(cause.cause, cause.host, since: lookedAt(since: item.unit.received))
        return item
    }

    /// From when on a look at the servers counts for what was received at a time.
    ///
    /// They may have gone down since the look before: what was seen of them before a message came says nothing of why it waits.
    private func lookedAt(since received: Date) -> Date {
        max(received, now.addingTimeInterval(-constants.gateMemory))
    }

    /// What was seen of the state before while a message waited that is to be judged now; `nil` where it is to be looked at now.
    ///
    /// A server that answers when the message is judged may have been down when it was tried: an outage that is over would be
    /// blamed on the change. So the worst that was seen meanwhile counts, and where the trace could not be read it is open.
    private func observedBefore(_ item: OutboundWork.Item, _ cause: FailureCause, _ watch: Watch) -> BeforeAnswer? {
        let received = item.unit.received
        guard let progress = watch.outbound, now.timeIntervalSince(received) >= constants.maturity else { return nil }
        let span = received...received.addingTimeInterval(constants.retries + constants.gateMemory)
        let tried = received.addingTimeInterval(constants.retries)
        let isUnseen = progress.unseen.map { $0.from <= tried && received <= $0.until } ?? false
        let seen = [item.known?.before, progress.worst(cause.cause, cause.host, in: span), isUnseen ? .open : nil]
        return BeforeAnswer.worst(of: seen.compactMap { $0 })
    }

    private func beforeQuestions(_ place: Int) -> [WatchAsk] {
        (works[place].items + works[place].early).compactMap { item in
            beforeQuestion(item, place).map(WatchAsk.gate)
        }
    }

    /// What to ask of the gate about an item; `nil` where nothing is open.
    private func beforeQuestion(_ item: OutboundWork.Item, _ place: Int) -> GateQuestion? {
        let watch = watches[works[place].index]
        guard let cause = item.cause, item.before == nil, watch.change.causes.contains(cause.cause), !item.isElsewhere
        else { return nil }
        // One question for all messages: it has to be about the last of them.
        let read = (works[place].items + works[place].early).filter(\.isRead)
        let newest = read.map(\.unit.received).max() ?? item.unit.received
        return GateQuestion(
            watch: watch.id,
            image: .before,
            settings: works[place].scope.former(for: item.unit.domain),
            domain: item.unit.domain.description,
            host: cause.host,
            notBefore: lookedAt(since: newest)
        )
    }

    mutating func takeBefore(_ answers: [WatchAsk: WatchAnswer]) {
        for place in works.indices {
            works[place].items = works[place].items.map { settled($0, place, answers) }
            works[place].early = works[place].early.map { settled($0, place, answers) }
        }
    }

    /// The item with the gate's answer, which is kept for a while.
    private mutating func settled(
        _ item: OutboundWork.Item,
        _ place: Int,
        _ answers: [WatchAsk: WatchAnswer]
    ) -> OutboundWork.Item {
        guard let question = beforeQuestion(item, place), let cause = item.cause else { return item }
        var item = item
        guard case .gate(let answer)? = answers[.gate(question)] else {
            item.before = .open
            return item
        }
        let before = answer.before(cause.cause, notBefore: question.notBefore)
        item.before = before
        // A look that saw nothing says nothing about other messages.
        guard let at = answer.observedAt else { return item }
        watches[works[place].index].outbound?.knownBefore.append(
            OutboundProgress.KnownBefore(cause: cause.cause, host: cause.host, answer: before, at: at)
        )
        return item
    }
}
