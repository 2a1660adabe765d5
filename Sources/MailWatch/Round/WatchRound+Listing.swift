import Connectors
import FoundationEssentials

/// Which listings a round asks for, and what their answers mean.
extension WatchRound {
    mutating func begin() {
        for index in watches.indices where watches[index].state.isReading {
            if watches[index].state == .settling && now >= watches[index].settledAt {
                notices += watches[index].enter(.watching, nil, at: now)
            }
            guard watches[index].outbound != nil else { continue }
            let scope = MailScope(watches[index].change, routing)
            watches[index].isScopeUntraceable = !scope.isTraceable || scope.isOwnDomainsOnly
            works.append(OutboundWork(index: index, scope: scope))
        }
        planOutbound()
        planInbound()
        asks = plan.asks
    }

    private func ago(_ seconds: Double) -> Date { now.addingTimeInterval(-seconds) }

    private mutating func planOutbound() {
        guard !works.isEmpty else { return }
        let applied = works.map { watches[$0.index].appliedAt }.min() ?? now
        // The control looks at the last hour, even where the apply is younger.
        let start = min(ago(3_600), max(applied, ago(constants.candidateWindow)))
        plan.candidates = TraceQuery(
            start: start,
            end: now,
            statuses: ["Failed", "Pending"],
            pages: constants.candidatePages
        )
        let starts = works.map { watches[$0.index] }.filter(isCounting).compactMap { $0.outbound?.judgedUntil }
        if let first = starts.min() {
            plan.window = window(from: max(first, ago(2 * constants.late)), pages: constants.windowPages)
        }
        if let run = works.map({ watches[$0.index] }).first(where: { $0.outbound?.outsideRate == nil })?.run {
            let members = works.map(\.index).filter {
                watches[$0].run == run && watches[$0].outbound?.outsideRate == nil
            }
            let end = members.map { watches[$0].appliedAt }.min() ?? now
            let query = TraceQuery(
                start: end.addingTimeInterval(-constants.historyLength),
                end: end,
                pages: constants.historyPages
            )
            plan.history = (query, members)
        }
    }

    /// Whether a watch takes part in the statistic.
    private func isCounting(_ watch: Watch) -> Bool {
        !watch.isScopeUntraceable && watch.baseRate?.isTooHigh != true
    }

    /// What became old enough to be judged, an hour at most; after a stop the rest follows round by round.
    private func window(from start: Date, pages: Int) -> TraceQuery? {
        let end = min(ago(constants.maturity), start.addingTimeInterval(3_600))
        return end > start ? TraceQuery(start: start, end: end, pages: pages) : nil
    }

    private mutating func planInbound() {
        let inbound = watches.indices.filter { watches[$0].state.isReading && watches[$0].inbound != nil }
        guard !inbound.isEmpty else { return }
        let seen = inbound.compactMap { watches[$0].inbound?.seenUntil }.min() ?? now
        if plan.window.map({ seen < $0.start }) ?? true {
            plan.inboundWindow = window(from: seen, pages: constants.windowPages)
        }
        let pages = [plan.candidates, plan.window, plan.history?.query, plan.inboundWindow].compactMap { $0?.pages }
        let left = constants.candidatePages + constants.windowPages + constants.historyPages - pages.reduce(0, +)
        guard left > 0, let index = inbound.first(where: { historyEnd(watches[$0]) != nil }),
            let end = historyEnd(watches[index])
        else { return }
        let oldest = watches[index].appliedAt.addingTimeInterval(-constants.inboundHistoryLength)
        // The service takes at most ten days a query.
        let start = max(oldest, end.addingTimeInterval(-864_000))
        plan.inboundHistory = (TraceQuery(start: start, end: end, pages: left), index)
    }

    /// Up to where an inbound watch's history is still to be read; `nil` when all of it was.
    private func historyEnd(_ watch: Watch) -> Date? {
        guard let from = watch.inbound?.historyFrom else { return nil }
        return from > watch.appliedAt.addingTimeInterval(-constants.inboundHistoryLength) ? from : nil
    }

    mutating func takeListings(_ answers: [WatchAsk: WatchAnswer]) {
        func reading(_ query: TraceQuery?) -> TraceReading? {
            guard let query else { return nil }
            guard case .list(let reading)? = answers[.list(query)] else { return .unreadable }
            return reading
        }
        let candidates = reading(plan.candidates)
        let window = reading(plan.window)
        let inboundWindow = reading(plan.inboundWindow)
        noteTrouble([candidates, window, inboundWindow])
        switch candidates {
        case .complete(let rows), .cut(let rows):
            var table = TraceTable(rows)
            failing = table.units().filter(\.isCandidate)
        case .throttled, .unreadable, nil: failing = nil
        }
        if endForTooMuchMail([window, inboundWindow]) { return }
        if let query = plan.window, case .complete(let rows)? = window {
            var table = TraceTable(rows)
            takeWindow(table.units(), query)
            noteSenders(table.senders(), query)
        }
        if let query = plan.inboundWindow, case .complete(let rows)? = inboundWindow {
            var table = TraceTable(rows)
            noteSenders(table.senders(), query)
        }
        if let history = plan.history { takeHistory(reading(history.query), history.watches) }
        if let history = plan.inboundHistory, let reading = reading(history.query) {
            takeInboundHistory(reading, history.query, history.watch)
        }
    }

    private mutating func noteTrouble(_ readings: [TraceReading?]) {
        let asked = readings.compactMap { $0 }
        guard !asked.isEmpty else { return }
        for index in watches.indices where watches[index].state.isReading {
            if asked.contains(.unreadable) || asked.contains(.throttled) { watches[index].outbound?.unreadAt = now }
            if asked.contains(.unreadable) {
                watches[index].unreadableRounds += 1
                guard watches[index].unreadableRounds == 3 else { continue }
                notices.append(
                    watches[index].notice(
                        "trace-unreadable",
                        "",
                        severity: .warning,
                        message: "The message trace could not be read three times in a row: mail is not judged."
                    )
                )
            } else if !asked.contains(.throttled) {
                if watches[index].unreadableRounds >= 3 {
                    notices.append(
                        watches[index].notice(
                            "trace-unreadable",
                            "",
                            .cleared,
                            severity: .info,
                            message: "The message trace can be read again."
                        )
                    )
                }
                noteGap(index)
                watches[index].unreadableRounds = 0
                watches[index].lastRead = now
            }
        }
    }

    /// Remembers that for longer than a message waits between two tries the trace could not be read, or nothing ran.
    private mutating func noteGap(_ index: Int) {
        let last = watches[index].lastRead ?? watches[index].appliedAt
        let wasUnreadable = watches[index].outbound?.unreadAt.map { $0 > last } ?? false
        // Where the service's clock alone has jumped, nothing stood still.
        let idle = idle ?? now.timeIntervalSince(last)
        guard now.timeIntervalSince(last) > constants.gateMemory, wasUnreadable || idle > constants.gateMemory else {
            return
        }
        watches[index].outbound?.unseen = OutboundProgress.Span(from: last, until: now)
    }

    /// Ends every watch when two windows in a row had more pages than may be read.
    private mutating func endForTooMuchMail(_ readings: [TraceReading?]) -> Bool {
        let asked = readings.compactMap { $0 }
        let isCut = asked.contains { if case .cut = $0 { true } else { false } }
        let isComplete = !asked.isEmpty && asked.allSatisfy { if case .complete = $0 { true } else { false } }
        guard isCut || isComplete else { return false }
        var isOver = false
        for index in watches.indices where watches[index].state.isReading {
            watches[index].cutWindows = isCut ? watches[index].cutWindows + 1 : 0
            isOver = isOver || watches[index].cutWindows >= 2
        }
        guard isOver else { return false }
        for index in watches.indices where watches[index].state.isReading {
            notices += watches[index].enter(.notJudged, .tooMuchMail, at: now)
        }
        works = []
        return true
    }
}
