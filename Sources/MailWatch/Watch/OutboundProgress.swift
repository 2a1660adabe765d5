import FoundationEssentials

/// How far the watch over an outbound connector has come.
struct OutboundProgress: Hashable, Sendable, Codable {
    /// An answer of the gate about the state before.
    struct KnownBefore: Hashable, Sendable, Codable {
        var cause: CauseClass
        var host: PartnerHost?
        var answer: BeforeAnswer
        var at: Date
    }

    /// A look of the gate that agreed, where it takes two.
    struct Sighting: Hashable, Sendable, Codable {
        var cause: CauseClass
        var host: PartnerHost
        var at: Date
    }

    struct Suspension: Hashable, Sendable, Codable {
        /// Units received from here on are dropped when it is over.
        var from: Date
        /// Since when the fault is no longer wider than the run.
        var clearSince: Date?
        var causes: Set<CauseClass>
        /// Units received since `from` that are forgotten already: they are dropped as well when it is over.
        var forgotten: UnitCounters?
    }

    struct Span: Hashable, Sendable, Codable {
        var from: Date
        var until: Date

        func contains(_ date: Date) -> Bool { from <= date && date <= until }
    }

    /// End of the last judged window: what was received before it is not judged again.
    var judgedUntil: Date
    /// Judged units and units read early, since the apply, as far as anything can still hang on them.
    var units: [StoredUnit] = []
    var knownBefore: [KnownBefore] = []
    var sighting: Sighting?
    /// The last round in which the trace could not be read.
    var unreadAt: Date?
    /// When the trace last was not read for so long that nothing is known of the servers at that time.
    var unseen: Span?
    var suspension: Suspension?
    /// Suspensions that are over: what was received in them is not counted.
    var dropped: [Span] = []
    /// Distinct recipient domains outside the run's scope with a failed or pending message, an hour, before the apply.
    var outsideRate: Double?
    /// The classes of which an event was raised that mail would have failed before too.
    var toldBeforeToo: Set<CauseClass> = []

    init(judgedUntil: Date) { self.judgedUntil = judgedUntil }
}

extension OutboundProgress {
    /// Forgets what nothing can hang on any more, so that what is stored stays bounded.
    ///
    /// Good units are kept for six hours, as a suspension may drop them; the counters keep them for good, and a suspension
    /// counts those of its own. What can witness is kept until the end, as its second message may come late.
    mutating func prune(_ constants: WatchConstants, at now: Date) {
        let horizon = now.addingTimeInterval(-constants.candidateWindow)
        let excluded = judgedUntil.addingTimeInterval(-2 * constants.burst)
        forget { unit in
            switch unit.outcome {
            case .bad, .open: false
            case .good: unit.received < horizon
            case .early: unit.received < horizon && !unit.canWitness
            case .excluded: unit.received < excluded
            }
        }
        if units.count > Self.maximumUnits {
            units.sort { $0.received < $1.received }
            let oldest = Set(units.prefix(units.count - Self.maximumUnits))
            forget { oldest.contains($0) }
        }
        knownBefore.removeAll { now.timeIntervalSince($0.at) > constants.maturity + constants.gateMemory }
        if knownBefore.count > 100 { knownBefore.removeFirst(knownBefore.count - 100) }
    }

    private mutating func forget(where isOld: (StoredUnit) -> Bool) {
        if let from = suspension?.from {
            var forgotten = suspension?.forgotten ?? UnitCounters()
            for unit in units where unit.received >= from && isOld(unit) {
                switch unit.outcome {
                case .good: forgotten.good += 1
                case .bad: forgotten.bad += 1
                case .open:
                    forgotten.bad += 1
                    forgotten.open += 1
                case .early, .excluded: break
                }
            }
            suspension?.forgotten = forgotten.counted > 0 ? forgotten : nil
        }
        units.removeAll(where: isOld)
    }

    private static let maximumUnits = 20_000

    func answer(_ cause: CauseClass, _ host: PartnerHost?, since: Date) -> BeforeAnswer? {
        knownBefore.last { $0.cause == cause && $0.host == host && $0.at >= since }?.answer
    }

    /// The worst that was seen of the state before in a span; `nil` where it was not looked at.
    func worst(_ cause: CauseClass, _ host: PartnerHost?, in span: ClosedRange<Date>) -> BeforeAnswer? {
        let answers = knownBefore.filter { $0.cause == cause && $0.host == host && span.contains($0.at) }.map(\.answer)
        return BeforeAnswer.worst(of: answers)
    }
}
