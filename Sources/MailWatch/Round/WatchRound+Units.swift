import Connectors
import FoundationEssentials

/// From the units of a listing to those of one watch.
extension WatchRound {
    /// The place among `works` of the one watch whose scope has a domain, and how it has it.
    func owner(of domain: DomainName) -> (work: Int, membership: MailScope.Membership)? {
        var owner: (Int, MailScope.Membership)?
        for place in works.indices {
            let membership = works[place].scope.membership(of: domain)
            guard membership == .inside || membership == .textsOnly else { continue }
            guard owner == nil else { return nil }
            owner = (place, membership)
        }
        return owner
    }

    func item(_ unit: MailUnit, _ key: WatchKey) -> OutboundWork.Item {
        OutboundWork.Item(
            unit: unit,
            id: key.hash("\(unit.messageTraceId)|\(unit.domain)"),
            message: key.hash(unit.messageTraceId),
            sender: key.hash("from|\(unit.sender)")
        )
    }

    mutating func takeWindow(_ units: [MailUnit], _ query: TraceQuery) {
        var groups: [Int: [MailUnit]] = [:]
        var owners: [String: (work: Int, membership: MailScope.Membership)?] = [:]
        for unit in units {
            let name = unit.domain.description
            let owner = owners[name] ?? self.owner(of: unit.domain)
            owners[name] = .some(owner)
            guard let owner, owner.membership == .inside else { continue }
            groups[owner.work, default: []].append(unit)
        }
        for place in works.indices {
            let index = works[place].index
            guard let progress = watches[index].outbound, let key = watches[index].key else { continue }
            let watch = watches[index]
            // A verdict stands already: what comes after it does not count.
            let isOpen = !watch.isScopeUntraceable && watch.baseRate?.isTooHigh != true && !watch.isPastUpper
            let start = max(progress.judgedUntil, watch.settledAt)
            let own = isOpen ? (groups[place] ?? []).filter { $0.received >= start && $0.received < query.end } : []
            // What was not read because the stop was too long is not judged.
            if query.end > progress.judgedUntil { watches[index].outbound?.judgedUntil = query.end }
            works[place].items = admitted(own.map { item($0, key) }, index)
        }
    }

    /// The items that are neither late, nor dropped, nor part of a burst.
    private mutating func admitted(_ items: [OutboundWork.Item], _ index: Int) -> [OutboundWork.Item] {
        guard let progress = watches[index].outbound else { return [] }
        let stored = Dictionary(progress.units.map { ($0.id, $0) }) { first, _ in first }
        let judged = progress.units.filter { $0.outcome != .early }
        var bursts = Bursts(length: constants.burst, earlier: judged.map { ($0.sender, $0.received) })
        var result: [OutboundWork.Item] = []
        for var item in items {
            let earlier = stored[item.id]
            if let earlier, earlier.outcome != .early { continue }
            let age = now.timeIntervalSince(item.unit.received)
            let isDropped =
                progress.suspension.map { item.unit.received >= $0.from } ?? false
                || progress.dropped.contains { $0.contains(item.unit.received) }
            if age > constants.late {
                watches[index].counters[.late] += 1
            } else if isDropped {
                watches[index].counters[.suspended] += 1
            } else if !bursts.isFirst(item.sender, item.unit.received) {
                watches[index].counters[.burst] += 1
            } else {
                let isSame = earlier?.status == item.unit.candidate?.status && earlier?.cause?.cause != .other
                if isSame { item.known = earlier }
                result.append(item)
            }
        }
        return result
    }

    /// The unread candidates that the two-message witness could use, newest first.
    func earlyCandidates(_ place: Int) -> [OutboundWork.Item] {
        let watch = watches[works[place].index]
        guard let failing, let key = watch.key, let progress = watch.outbound, watch.state != .suspended,
            !watch.change.causes.isEmpty, !watch.isPastUpper
        else { return [] }
        // A text that named no cause may only have come too early.
        let known = progress.units.filter { unit in
            !(unit.outcome == .early && unit.cause?.cause == .other)
                || unit.readAt.map { now.timeIntervalSince($0) < constants.lag } ?? false
        }
        let taken = Set(works[place].items.map(\.id)).union(known.map(\.id))
        return failing.filter { unit in
            unit.received >= watch.appliedAt && now.timeIntervalSince(unit.received) < constants.maturity
                && !progress.dropped.contains { $0.contains(unit.received) } && owner(of: unit.domain)?.work == place
        }
        .map { item($0, key) }.filter { !taken.contains($0.id) }.reversed()
    }
}
