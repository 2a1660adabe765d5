import Connectors
import FoundationEssentials

/// Before a verdict is recorded: is the fault wider than this run?
extension WatchRound {
    mutating func askForControl() {
        for place in works.indices where isUnderControl(place) {
            guard isSuspicious(place) else { continue }
            let units = outsideUnits()
            let queries = units.prefix(Self.controlTexts).compactMap { query(for: $0) }
            guard queries.count <= textsLeft else { continue }
            textsLeft -= queries.count
            works[place].controlQueries = queries
            asks += queries.map(WatchAsk.detail)
        }
    }

    private func isUnderControl(_ place: Int) -> Bool {
        let state = watches[works[place].index].state
        return state.isReading && (works[place].pending != nil || state == .suspended)
    }

    /// The newest failed or pending unit of each domain outside every watch's scope, received in the last hour.
    private func outsideUnits() -> [MailUnit] {
        var newest: [String: MailUnit] = [:]
        let start = now.addingTimeInterval(-3_600)
        for unit in failing ?? [] where unit.received >= start && isOutside(unit.domain) {
            newest[unit.domain.description] = unit  // they come in the order of time
        }
        return newest.values.sorted {
            $0.received != $1.received
                ? $0.received > $1.received
                : $0.domain.description.utf8.lexicographicallyPrecedes($1.domain.description.utf8)
        }
    }

    /// Whether more domains fail elsewhere than on an ordinary day.
    private func isSuspicious(_ place: Int) -> Bool {
        let count = outsideUnits().count
        let usual = watches[works[place].index].outbound?.outsideRate ?? 0
        return count >= 3 && Double(count) > 3 * usual
    }

    mutating func takeControl(_ answers: [WatchAsk: WatchAnswer]) {
        for place in works.indices where isUnderControl(place) {
            // Without the listing, or without the texts, the control cannot be asked: the verdict waits.
            guard failing != nil else { continue }
            let isAsked = !works[place].controlQueries.isEmpty
            if isSuspicious(place) && !isAsked && !hasIncident { continue }
            let isWide = hasIncident || isAsked && showsElsewhere(place, answers)
            let index = works[place].index
            if watches[index].state == .suspended {
                goOn(index, isWide: isWide)
            } else if isWide {
                suspend(place)
            } else if let pending = works[place].pending {
                regress(place, pending)
            }
        }
    }

    /// Whether at least three of the other domains show a class in question.
    private func showsElsewhere(_ place: Int, _ answers: [WatchAsk: WatchAnswer]) -> Bool {
        let classes = classesInQuestion(place)
        return works[place].controlQueries.count { query in
            guard case .detail(.events(let details))? = answers[.detail(query)] else { return false }
            return classes.contains(FailureCause(details).cause)
        } >= 3
    }

    private func classesInQuestion(_ place: Int) -> Set<CauseClass> {
        let progress = watches[works[place].index].outbound
        if let suspension = progress?.suspension { return suspension.causes }
        let bad = (progress?.units ?? []).filter { $0.outcome == .bad || $0.outcome == .open }
        return Set(bad.compactMap { $0.cause?.cause } + [works[place].pending?.cause.cause].compactMap { $0 })
    }

    private mutating func suspend(_ place: Int) {
        let index = works[place].index
        let units = watches[index].outbound?.units ?? []
        // The messages that led to the verdict fell into the fault as well: it began before it was seen.
        let first = units.filter { [.bad, .open, .early].contains($0.outcome) && $0.cause?.cause != .other }
            .map(\.received).min()
        let oldest = now.addingTimeInterval(-constants.candidateWindow)
        let from = max(oldest, min(first ?? now, now.addingTimeInterval(-3_600)))
        let suspension = OutboundProgress.Suspension(from: from, clearSince: nil, causes: classesInQuestion(place))
        watches[index].outbound?.suspension = suspension
        notices += watches[index].enter(.suspended, .suspended, at: now)
    }

    private mutating func goOn(_ index: Int, isWide: Bool) {
        guard let suspension = watches[index].outbound?.suspension else { return }
        if isWide {
            watches[index].outbound?.suspension?.clearSince = nil
            return
        }
        guard let clear = suspension.clearSince else {
            watches[index].outbound?.suspension?.clearSince = now
            return
        }
        guard now.timeIntervalSince(clear) >= 3_600 else { return }
        drop(from: suspension.from, index)
        watches[index].outbound?.suspension = nil
        let state: WatchState = now < watches[index].settledAt ? .settling : .watching
        notices += watches[index].enter(state, nil, at: now)
    }

    /// Takes the units of a suspension out of the counters; the score follows from the rest.
    private mutating func drop(from start: Date, _ index: Int) {
        guard var progress = watches[index].outbound else { return }
        for number in progress.units.indices where progress.units[number].received >= start {
            let outcome = progress.units[number].outcome
            progress.units[number].outcome = .excluded
            guard [.good, .bad, .open].contains(outcome) else { continue }
            watches[index].counters[.suspended] += 1
            if outcome == .good { watches[index].counters.good -= 1 } else { watches[index].counters.bad -= 1 }
            if outcome == .open { watches[index].counters.open -= 1 }
        }
        if let forgotten = progress.suspension?.forgotten {
            watches[index].counters[.suspended] += forgotten.counted
            watches[index].counters.good -= forgotten.good
            watches[index].counters.bad -= forgotten.bad
            watches[index].counters.open -= forgotten.open
        }
        progress.dropped.append(OutboundProgress.Span(from: start, until: now))
        watches[index].outbound = progress
    }
}
