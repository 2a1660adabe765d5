import Connectors
import FoundationEssentials

/// Two messages with one cause at one server, and the gate that sees the same there.
extension WatchRound {
    mutating func askForWitness() {
        for place in works.indices where watches[works[place].index].state.isReading {
            guard watches[works[place].index].state != .suspended else { continue }
            works[place].pair = pair(place)
            for question in [works[place].pair?.question, works[place].pair?.former] {
                if let question { asks.append(.gate(question)) }
            }
        }
    }

    /// The newest two messages with one cause at one server, of different senders.
    private func pair(_ place: Int) -> OutboundWork.Pair? {
        let watch = watches[works[place].index]
        guard let progress = watch.outbound else { return nil }
        let units = progress.units.filter { $0.canWitness && $0.received >= watch.appliedAt }
            .sorted { $0.received > $1.received }
        for (number, later) in units.enumerated() {
            guard let cause = later.cause, let host = cause.host else { continue }
            let earlier = units[(number + 1)...].first { unit in
                unit.message != later.message && unit.sender != later.sender && unit.cause?.cause == cause.cause
                    && unit.cause?.host?.isSame(as: host) == true
            }
            guard earlier != nil else { continue }
            var pair = OutboundWork.Pair(cause: cause, host: host, latest: later.received)
            if let domain = domain(of: later, place) {
                let notBefore = max(later.received, now.addingTimeInterval(-constants.gateMemory))
                pair.question = GateQuestion(
                    watch: watch.id,
                    image: .after,
                    settings: watch.change.connector.after,
                    domain: domain.description,
                    host: host,
                    notBefore: notBefore
                )
                pair.former = formerQuestion(cause, domain, place, notBefore: notBefore)
            }
            return pair
        }
        return nil
    }

    /// Whether the state before would deliver while the gate sees the state after fail; `nil` where the table tells it.
    ///
    /// What was seen of the servers when the messages came says nothing of now: where both states fail, the partner is down.
    private func formerQuestion(
        _ cause: FailureCause,
        _ domain: DomainName,
        _ place: Int,
        notBefore: Date
    ) -> GateQuestion? {
        let watch = watches[works[place].index]
        let image = BeforeImage(
            watch.change.connector,
            changed: watch.change.changedFields,
            ruleDemandsTLS: routing.ruleDemandsTLS(for: domain)
        )
        guard image.answer(for: cause.cause) == nil else { return nil }
        return GateQuestion(
            watch: watch.id,
            image: .before,
            settings: works[place].scope.former(for: domain),
            domain: domain.description,
            host: cause.host,
            notBefore: notBefore
        )
    }

    /// The recipient domain of a stored unit, which is known only while its rows are in memory.
    private func domain(of unit: StoredUnit, _ place: Int) -> DomainName? {
        let near = works[place].items + works[place].early
        if let item = near.first(where: { $0.id == unit.id }) { return item.unit.domain }
        guard let key = watches[works[place].index].key else { return nil }
        return failing?.first { $0.received == unit.received && item($0, key).id == unit.id }?.domain
    }

    mutating func takeWitness(_ answers: [WatchAsk: WatchAnswer]) {
        for place in works.indices {
            let index = works[place].index
            guard let pair = works[place].pair, let question = pair.question,
                case .gate(let answer)? = answers[.gate(question)],
                let finding = answer.agreement(with: pair.cause.cause, of: pair.host, notBefore: question.notBefore),
                let at = answer.observedAt
            else { continue }
            let sight = WatchVerdict.Sight(
                check: finding.check,
                host: finding.host ?? pair.host,
                port: finding.port,
                at: at
            )
            if works[place].pending != nil {
                works[place].sight = sight
                continue
            }
            guard wouldDeliver(pair, answers), isEnough(pair, at, index) else { continue }
            works[place].sight = sight
            works[place].pending = OutboundWork.PendingVerdict(
                witness: .twoMessages,
                cause: pair.cause
            )
        }
    }

    private func wouldDeliver(_ pair: OutboundWork.Pair, _ answers: [WatchAsk: WatchAnswer]) -> Bool {
        guard let former = pair.former else { return true }
        guard case .gate(let answer)? = answers[.gate(former)] else { return false }
        return answer.before(pair.cause.cause, notBefore: former.notBefore) == .yes
    }

    /// For `network` it takes two looks at least a minute apart.
    private mutating func isEnough(_ pair: OutboundWork.Pair, _ at: Date, _ index: Int) -> Bool {
        guard pair.cause.cause == .network else { return true }
        if let first = watches[index].outbound?.sighting, first.cause == .network, first.host.isSame(as: pair.host),
            first.at >= watches[index].appliedAt, at.timeIntervalSince(first.at) <= 2 * constants.gateMemory
        {
            return at.timeIntervalSince(first.at) >= 60
        }
        watches[index].outbound?.sighting = OutboundProgress.Sighting(cause: .network, host: pair.host, at: at)
        return false
    }
}
