import Connectors
import FoundationEssentials

/// The days before the apply: the base rate, and how many other domains fail on an ordinary day.
extension WatchRound {
    mutating func takeHistory(_ reading: TraceReading?, _ members: [Int]) {
        let rows: [TraceRow]
        switch reading {
        case .complete(let all), .cut(let all): rows = all
        case .throttled, .unreadable, nil: return
        }
        guard let query = plan.history?.query else { return }
        var table = TraceTable(rows)
        let units = table.units().filter { unit in
            let isPendingYoung =
                unit.candidate?.status == "pending" && now.timeIntervalSince(unit.received) < constants.maturity
            return unit.received >= query.start && unit.received < query.end && !isPendingYoung
        }
        let isComplete = if case .complete = reading { true } else { false }
        let from = isComplete ? query.start : units.first?.received ?? query.start
        let rate = outsideRate(units, from: from, until: query.end)
        var owners: [String: Int?] = [:]
        var groups: [Int: [MailUnit]] = [:]
        for unit in units {
            let name = unit.domain.description
            let place = owners[name] ?? owner(of: unit.domain).flatMap { $0.membership == .inside ? $0.work : nil }
            owners[name] = .some(place)
            if let place { groups[place, default: []].append(unit) }
        }
        for place in works.indices where members.contains(works[place].index) {
            let index = works[place].index
            guard let key = watches[index].key else { continue }
            watches[index].outbound?.outsideRate = rate
            var bursts = Bursts(length: constants.burst, earlier: [])
            let own = (groups[place] ?? []).map { item($0, key) }.filter { item in
                (item.unit.isCandidate || item.unit.isDelivered) && bursts.isFirst(item.sender, item.unit.received)
            }
            let failed = own.filter(\.unit.isCandidate)
            works[place].history = (failed, own.count, failed.count)
        }
    }

    /// Distinct domains of no watch of this round that have a failed or pending unit, an hour.
    private func outsideRate(_ units: [MailUnit], from start: Date, until end: Date) -> Double {
        let hours = max(1, end.timeIntervalSince(start) / 3_600)
        var seen: Set<String> = []
        var known: [String: Bool] = [:]
        for unit in units where unit.isCandidate {
            let name = unit.domain.description
            let isOutside = known[name] ?? isOutside(unit.domain)
            known[name] = isOutside
            guard isOutside else { continue }
            let hour = Int((unit.received.timeIntervalSince1970 / 3_600).rounded(.down))
            seen.insert("\(hour)|\(name)")
        }
        return Double(seen.count) / hours
    }

    func isOutside(_ domain: DomainName) -> Bool {
        works.allSatisfy { $0.scope.membership(of: domain) == .outside }
    }

    /// The base rate, once the texts are there; what could not be read counts as caused, which makes the test slower.
    mutating func settleHistory(_ place: Int) {
        let index = works[place].index
        if works[place].historyPostponed {
            watches[index].outbound?.outsideRate = nil
            return
        }
        guard let history = works[place].history, watches[index].baseRate == nil else { return }
        let causes = watches[index].change.causes
        let caused = history.sample.count { item in
            item.cause.map { causes.contains($0.cause) && !item.isElsewhere } ?? true
        }
        watches[index].baseRate = BaseRate(
            units: history.units,
            failed: history.failed,
            sampled: history.sample.count,
            caused: caused,
            constants: constants
        )
    }
}
