package import Connectors
package import FoundationEssentials

/// One look at a tenant with all its watches: what to ask, and after the answers what to store, to tell and to take back.
///
///     var round = WatchRound(watches, routing, at: serviceTime, newRun: newRun)
///     while !round.isFinished { round.take(await answers(to: round.asks)) }
///     store(round.watches, round.notices), then start(round.takeBacks)
///
/// `watches` and `notices` are to be stored in one transaction, and before anything is taken back. A round that is thrown
/// away leaves nothing behind: the next one reads the same window again.
package struct WatchRound: Sendable {
    enum Step { case listing, reading, asking, witnessing, controlling, finished }

    /// The watches as they are now, ended ones too, in the order in which they were given.
    package internal(set) var watches: [Watch]
    package internal(set) var notices: [WatchNotice] = []
    /// What is to be taken back, decided in this round.
    package internal(set) var takeBacks: [TakeBack] = []
    /// Connectors with mail that failed for a reason of TLS, as texts that were read in this round say.
    package private(set) var tlsTrouble: Set<ConnectorKey> = []
    /// What must be known next, in no order; empty when the round is finished.
    package internal(set) var asks: [WatchAsk] = []
    package var isFinished: Bool { step == .finished }

    let now: Date
    let routing: MailRouting
    let idle: Double?
    let isTenantSuspended: Bool
    let hasIncident: Bool
    let newRun: @Sendable () -> String
    let constants: WatchConstants

    var step = Step.listing
    var plan = ListingPlan()
    var works: [OutboundWork] = []
    /// Failed and pending units of the last hours; `nil` where they could not be read.
    var failing: [MailUnit]?
    var textsLeft: Int
    var texts: [DetailQuery: DetailReading] = [:]

    /// - Parameters:
    ///   - watches: All of one tenant; those that have ended are passed through.
    ///   - routing: The tenant's connectors and rules as they were last read.
    ///   - serviceTime: From the `Date` header of the service's own answers; never the host's clock.
    ///   - idle: Seconds since the last round by a clock that does not jump; `nil` where that is not known, as after a
    ///     restart.
    ///   - isTenantSuspended: Whether the tenant is suspended: verdicts are recorded, nothing is taken back.
    ///   - hasIncident: Whether the service itself names trouble with mail flow.
    ///   - newRun: Makes the id of a run that takes a change back.
    package init(
        _ watches: [Watch],
        _ routing: MailRouting,
        at serviceTime: Date,
        idle: Double? = nil,
        isTenantSuspended: Bool = false,
        hasIncident: Bool = false,
        newRun: @escaping @Sendable () -> String
    ) {
        self.watches = watches
        self.routing = routing
        self.idle = idle
        self.isTenantSuspended = isTenantSuspended
        self.hasIncident = hasIncident
        self.newRun = newRun
        now = serviceTime
        constants = watches.first { !$0.state.isEnded }?.constants ?? WatchConstants()
        textsLeft = constants.textsPerTenant
        begin()
        skipEmptySteps()
    }

    /// Takes the answers to `asks`; a question without an answer counts as one that could not be answered.
    package mutating func take(_ answers: [WatchAsk: WatchAnswer]) {
        guard !isFinished else { return }
        go(answers)
        skipEmptySteps()
    }

    private mutating func noteTLSTrouble() {
        for work in works {
            let causes = (work.items + work.early).compactMap { $0.isElsewhere ? nil : $0.cause?.cause }
            if causes.contains(where: \.isOfTLS) { tlsTrouble.insert(watches[work.index].object) }
        }
    }

    private mutating func skipEmptySteps() {
        while asks.isEmpty && !isFinished { go([:]) }
    }

    /// Ends the step at hand and asks what the next one needs.
    private mutating func go(_ answers: [WatchAsk: WatchAnswer]) {
        asks = []
        switch step {
        case .listing:
            takeListings(answers)
            step = .reading
            askForTexts()
        case .reading:
            takeTexts(answers)
            noteTLSTrouble()
            step = .asking
            askAboutBefore()
        case .asking:
            takeBefore(answers)
            judge()
            step = .witnessing
            askForWitness()
        case .witnessing:
            takeWitness(answers)
            step = .controlling
            askForControl()
        case .controlling:
            takeControl(answers)
            finish()
            step = .finished
        case .finished: break
        }
    }
}

/// The listings of a round.
struct ListingPlan: Sendable {
    var candidates: TraceQuery?
    var window: TraceQuery?
    /// For the watches of one run, by their places.
    var history: (query: TraceQuery, watches: [Int])?
    var inboundWindow: TraceQuery?
    var inboundHistory: (query: TraceQuery, watch: Int)?

    var asks: [WatchAsk] {
        [candidates, window, history?.query, inboundWindow, inboundHistory?.query].compactMap { $0.map(WatchAsk.list) }
    }
}

/// What a round holds of one outbound watch, in memory only.
struct OutboundWork: Sendable {
    /// A unit with its hashes.
    struct Item: Sendable {
        let unit: MailUnit
        let id: String
        let message: String
        let sender: String
        /// Its text, where that was read before and its status is still the same.
        var known: StoredUnit?
        var query: DetailQuery?
        var cause: FailureCause?
        var before: BeforeAnswer?
        var isElsewhere = false
        var isRead: Bool { cause != nil }
    }

    /// Its place among the round's watches.
    let index: Int
    let scope: MailScope
    /// Units of the window to be judged.
    var items: [Item] = []
    /// Candidates read early for the two-message witness.
    var early: [Item] = []
    /// Failed units of the history whose texts are read, with the number of all units and of failed ones.
    var history: (sample: [Item], units: Int, failed: Int)?
    var historyPostponed = false
    /// The pair that the gate was asked about.
    var pair: Pair?
    var pending: PendingVerdict?
    var sight: WatchVerdict.Sight?
    var controlQueries: [DetailQuery] = []

    struct Pair: Sendable {
        let cause: FailureCause
        let host: PartnerHost
        let latest: Date
        /// Whether the gate sees the state after fail.
        var question: GateQuestion?
        /// Whether it sees the state before deliver, where that is not told without it.
        var former: GateQuestion?
    }

    struct PendingVerdict: Sendable {
        var witness: WatchVerdict.Witness
        var cause: FailureCause
    }

    init(index: Int, scope: MailScope) {
        self.index = index
        self.scope = scope
    }
}
