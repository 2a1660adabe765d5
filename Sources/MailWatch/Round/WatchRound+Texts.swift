import FoundationEssentials

/// Which texts are read, and for what: they cost a call each.
extension WatchRound {
    mutating func askForTexts() {
        // What the control of a verdict at hand may need is set aside first.
        let verdicts = works.count { watches[$0.index].isPastUpper || watches[$0.index].state == .suspended }
        let reserved = min(textsLeft, verdicts * Self.controlTexts)
        textsLeft -= reserved
        var used = [Int](repeating: 0, count: works.count)
        for place in works.indices { used[place] = sampleWindow(place) }
        for place in works.indices { sampleHistory(place) }
        for place in works.indices {
            let limit = min(textsLeft, max(0, constants.textsPerConnector - used[place]))
            works[place].early = earlyCandidates(place).prefix(limit).map { asking($0) }
        }
        textsLeft += reserved
    }

    static let controlTexts = 5

    /// Takes a random part of the units where there are more candidates than texts may be read.
    private mutating func sampleWindow(_ place: Int) -> Int {
        let limit = min(textsLeft, constants.textsPerConnector)
        // A change that no failure can follow from needs no texts.
        let isOpen = !watches[works[place].index].change.causes.isEmpty
        let (taken, left) = Sampling.prefix(
            of: works[place].items,
            texts: limit,
            id: \.id,
            needsText: { isOpen && $0.unit.isCandidate && $0.known?.cause == nil }
        )
        watches[works[place].index].counters[.notSampled] += left.count
        works[place].items = taken.sorted { $0.unit.received < $1.unit.received }
        let before = textsLeft
        for number in works[place].items.indices {
            if let known = works[place].items[number].known, let cause = known.cause {
                works[place].items[number].cause = cause
                works[place].items[number].isElsewhere = known.isElsewhere == true
            } else if isOpen {
                works[place].items[number] = asking(works[place].items[number])
            }
        }
        return before - textsLeft
    }

    private mutating func sampleHistory(_ place: Int) {
        guard let history = works[place].history else { return }
        guard !watches[works[place].index].change.causes.isEmpty else {
            works[place].history = ([], history.units, history.failed)
            return
        }
        let wanted = min(history.sample.count, constants.historyTexts)
        let limit = min(wanted, textsLeft)
        guard limit >= min(wanted, constants.textsPerConnector) else {
            // Other watches need the texts: it is read again in a later round.
            works[place].history = nil
            works[place].historyPostponed = true
            return
        }
        var sample = Array(history.sample.sorted { $0.id < $1.id }.prefix(limit))
        sample = sample.map { asking($0) }
        works[place].history = (sample, history.units, history.failed)
    }

    /// The item with its question, which is asked; as it is, where it has no text.
    private mutating func asking(_ item: OutboundWork.Item) -> OutboundWork.Item {
        guard let query = query(for: item.unit) else { return item }
        var item = item
        item.query = query
        asks.append(.detail(query))
        textsLeft -= 1
        return item
    }

    func query(for unit: MailUnit) -> DetailQuery? {
        guard let candidate = unit.candidate else { return nil }
        // Both dates always: without them the service looks back 48 h only; ten days is the most it takes.
        return DetailQuery(
            messageTraceId: unit.messageTraceId,
            recipient: candidate.recipient,
            start: unit.received.addingTimeInterval(-3_600),
            end: min(now, unit.received.addingTimeInterval(777_600))
        )
    }

    mutating func takeTexts(_ answers: [WatchAsk: WatchAnswer]) {
        for (ask, answer) in answers {
            if case .detail(let query) = ask, case .detail(let reading) = answer { texts[query] = reading }
        }
        for place in works.indices {
            let change = watches[works[place].index].change.connector
            let names = Set([change.displayName, change.formerName].compactMap { $0?.lowercased() })
            works[place].items = works[place].items.map { reading($0, names) }
            works[place].early = works[place].early.map { reading($0, names) }
            if let history = works[place].history {
                let sample = history.sample.map { reading($0, names) }
                works[place].history?.sample = sample
            }
            settleHistory(place)
        }
        texts = [:]
    }

    /// The item with what its text says.
    private func reading(_ item: OutboundWork.Item, _ names: Set<String>) -> OutboundWork.Item {
        guard let query = item.query, case .events(let details)? = texts[query] else { return item }
        var item = item
        item.cause = FailureCause(details)
        item.isElsewhere = FailureCause.connector(in: details).map { !names.contains($0.lowercased()) } ?? false
        return item
    }
}
