import Connectors
import Foundation
import MailWatch

/// A tenant with mail, a gate, and faults of the trace: it answers a round's questions, and runs rounds on a clock of its own.
struct World {
    /// In the order in which they were received.
    var messages: [Message] = []
    /// What the gate says; by default that it could not be asked.
    var gate: (GateQuestion, Date) -> GateAnswer = { _, _ in .unknown }
    /// What becomes of a listing beyond its rows, by time.
    var reading: (TraceQuery, [TraceRow], Date) -> TraceReading = { _, rows, _ in .complete(rows) }
    var isTextReadable: (Date) -> Bool = { _ in true }
    var tenant: ObservedTenant
    var isTenantSuspended = false
    /// Seconds between two rounds by the host's own clock, where they are not those of the service.
    var idle: Double?

    private(set) var notices: [WatchNotice] = []
    private(set) var takeBacks: [TakeBack] = []
    private(set) var listings = 0
    private(set) var texts = 0
    private(set) var gateQuestions: [GateQuestion] = []
    private var byID: [String: Message] = [:]

    init(_ messages: [Message], for watches: [Watch] = [.fixture()], otherConnectors: [ObservedConnector] = []) {
        self.messages = messages.sorted { $0.received < $1.received }
        byID = Dictionary(messages.map { ($0.row.messageTraceId.lowercased(), $0) }) { first, _ in first }
        let own = watches.flatMap { [$0.change.connector] + $0.change.rules }.compactMap { object in
            object.after.map {
                ObservedConnector(
                    kind: object.key.kind,
                    guid: object.guid,
                    displayName: object.displayName,
                    settings: $0
                )
            }
        }
        tenant = ObservedTenant(
            connectors: own + otherConnectors,
            acceptedDomains: ["northwind.example"],
            readAt: applied
        )
    }

    /// Runs rounds every five minutes until each watch has ended, or goes back, or the time is over.
    mutating func run(_ watches: [Watch], from start: Date = applied, until end: Date = minutes(1_445)) -> [Watch] {
        var watches = watches
        var now = start
        while now <= end, watches.contains(where: { $0.state.isReading }) {
            watches = round(watches, at: now)
            now.addTimeInterval(300)
        }
        return watches
    }

    mutating func run(_ watch: Watch, from start: Date = applied, until end: Date = minutes(1_445)) -> Watch {
        run([watch], from: start, until: end)[0]
    }

    mutating func round(_ watches: [Watch], at now: Date) -> [Watch] {
        var round = WatchRound(
            watches,
            MailRouting(tenant),
            at: now,
            idle: idle,
            isTenantSuspended: isTenantSuspended,
            newRun: { "back-1" }
        )
        while !round.isFinished {
            var answers: [WatchAsk: WatchAnswer] = [:]
            for ask in round.asks { answers[ask] = answer(ask, now) }
            round.take(answers)
        }
        notices += round.notices
        takeBacks += round.takeBacks
        return round.watches
    }

    mutating func answer(_ ask: WatchAsk, _ now: Date) -> WatchAnswer {
        switch ask {
        case .list(let query):
            listings += 1
            return .list(reading(query, rows(query, now), now))
        case .detail(let query):
            texts += 1
            guard isTextReadable(now), let message = byID[query.messageTraceId.lowercased()] else {
                return .detail(.unreadable)
            }
            return .detail(.events(message.details))
        case .gate(let question):
            gateQuestions.append(question)
            return .gate(gate(question, now))
        }
    }

    private func rows(_ query: TraceQuery, _ now: Date) -> [TraceRow] {
        var low = 0
        var high = messages.count
        while low < high {
            let middle = (low + high) / 2
            if messages[middle].received < query.start { low = middle + 1 } else { high = middle }
        }
        let statuses = Set(query.statuses.map { $0.lowercased() })
        return messages[low...].prefix { $0.received <= query.end }.filter { message in
            now.timeIntervalSince(message.received) >= message.lag
                && (statuses.isEmpty || statuses.contains(message.status.lowercased()))
        }.map(\.row)
    }

    /// A gate that sees one check fail at one server, under the settings of now, and would have delivered before.
    static func sees(
        _ check: String,
        _ outcome: GateAnswer.Finding.Outcome = .fail,
        at host: PartnerHost = PartnerHost(name: "mx1.fabrikam.com", address: "192.0.2.7")
    ) -> (GateQuestion, Date) -> GateAnswer {
        { question, now in
            question.image == .before
                ? GateAnswer(observedAt: now, isDeliverable: true)
                : GateAnswer(
                    observedAt: now,
                    isDeliverable: false,
                    findings: [GateAnswer.Finding(check: check, outcome: outcome, host: host, port: 25)]
                )
        }
    }
}

/// Mail at a steady rate from the apply on, each message from another sender.
func mail(
    _ count: Int,
    every gap: Double,
    from start: Double = 1,
    first: Int = 1,
    to domain: String = "fabrikam.com",
    _ fate: (Int) -> Message.Fate
) -> [Message] {
    (0..<count).map { number in
        Message(
            first + number,
            at: minutes(start + Double(number) * gap),
            from: "sender\(first + number)",
            to: domain,
            fate(number)
        )
    }
}
