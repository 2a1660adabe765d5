import Connectors
import FoundationEssentials

/// Each unit is judged once, in the order in which units were received; after each one the test decides or goes on.
extension WatchRound {
    mutating func judge() {
        for place in works.indices {
            let index = works[place].index
            for item in works[place].items {
                judge(item, index)
                guard let test = watches[index].test, watches[index].state != .suspended else { continue }
                let verdict = test.verdict(good: watches[index].counters.good, bad: watches[index].counters.bad)
                if verdict == .flows { notices += watches[index].enter(.flows, nil, at: now) }
                if verdict != nil { break }
            }
            guard watches[index].state.isReading else { continue }
            for item in works[place].early { keepEarly(item, index) }
            if watches[index].isPastUpper { works[place].pending = statisticVerdict(index) }
        }
    }

    private mutating func judge(_ item: OutboundWork.Item, _ index: Int) {
        let (outcome, exclusion) = outcome(of: item, index)
        if let exclusion { watches[index].counters[exclusion] += 1 }
        if outcome == .good { watches[index].counters.good += 1 }
        if outcome == .bad || outcome == .open { watches[index].counters.bad += 1 }
        if outcome == .open { watches[index].counters.open += 1 }
        if exclusion == .beforeToo, let cause = item.cause { tellBeforeToo(cause, index) }
        store(item, outcome, index)
    }

    private func outcome(
        of item: OutboundWork.Item,
        _ index: Int
    ) -> (StoredUnit.Outcome, UnitCounters.Exclusion?) {
        guard item.unit.isCandidate else {
            return item.unit.isDelivered ? (.good, nil) : (.excluded, .otherStatus)
        }
        if watches[index].change.causes.isEmpty { return (.excluded, .otherCause) }
        guard let cause = item.cause else { return (.excluded, .unreadable) }
        if item.isElsewhere { return (.excluded, .otherConnector) }
        guard watches[index].change.causes.contains(cause.cause) else { return (.excluded, .otherCause) }
        switch item.before {
        case .yes: return (.bad, nil)
        case .no: return (.excluded, .beforeToo)
        case .open, nil: return (.open, nil)
        }
    }

    private mutating func keepEarly(_ item: OutboundWork.Item, _ index: Int) {
        guard item.isRead else { return }
        store(item, .early, index)
    }

    private mutating func store(_ item: OutboundWork.Item, _ outcome: StoredUnit.Outcome, _ index: Int) {
        let unit = StoredUnit(
            id: item.id,
            message: item.message,
            sender: item.sender,
            received: item.unit.received,
            outcome: outcome,
            cause: item.cause,
            before: item.before,
            status: outcome == .early ? item.unit.candidate?.status : nil,
            readAt: outcome == .early ? now : nil,
            isElsewhere: item.isElsewhere ? true : nil
        )
        watches[index].outbound?.units.removeAll { $0.outcome == .early && $0.id == unit.id }
        watches[index].outbound?.units.append(unit)
    }

    private mutating func tellBeforeToo(_ cause: FailureCause, _ index: Int) {
        guard watches[index].outbound?.toldBeforeToo.insert(cause.cause).inserted == true else { return }
        let code = cause.code.isEmpty ? cause.cause.phrase : "\(cause.code) \(cause.cause.phrase)"
        notices.append(
            watches[index].notice(
                "before-too",
                cause.cause.rawValue,
                severity: .warning,
                message:
                    "Mail to \(watches[index].scopeText) fails (\(code)), and would have failed before this change."
            )
        )
    }

    private func statisticVerdict(_ index: Int) -> OutboundWork.PendingVerdict? {
        let bad = (watches[index].outbound?.units ?? []).filter { $0.outcome == .bad || $0.outcome == .open }
        let classes = Dictionary(grouping: bad.compactMap(\.cause), by: \.cause)
        let most = classes.max { one, other in
            one.value.count != other.value.count
                ? one.value.count < other.value.count : one.key.rawValue > other.key.rawValue
        }
        guard let cause = most?.value.last else { return nil }
        return OutboundWork.PendingVerdict(witness: .statistic, cause: cause)
    }
}
