import FoundationEssentials
import Glibc

/// A message before it is at the door.
struct Arrival: Hashable, Sendable {
    let at: Date
    let sender: String
    let recipients: [String]
    /// Who brings it; `nil` for mail of the tenant's own mailboxes.
    let visitor: Visitor?
    let chance: UInt64
}

/// Makes the arrivals of one kind of traffic in their order: a Poisson process of messages, or of bursts of them.
struct ArrivalSource: Sendable {
    private let traffic: Traffic
    private let marker: String
    /// The tenant's own domain.
    private let home: String
    /// How many messages come at once, in how many seconds.
    private let messages: Int
    private let within: Double
    private let perHour: Double
    private let stream: UInt64
    private var random: Random
    private var next = Date.distantFuture
    private var count: UInt64 = 0

    /// The messages that come one by one, and the bursts, each by a chance of its own.
    static func sources(of settings: MailSettings, from start: Date, home: String) -> [ArrivalSource] {
        settings.traffic.enumerated().flatMap { number, traffic in
            [false, true].map { isBurst in
                ArrivalSource(traffic, isBurst, number: number, start: start, home: home, settings)
            }
        }
    }

    private init(
        _ traffic: Traffic,
        _ isBurst: Bool,
        number: Int,
        start: Date,
        home: String,
        _ settings: MailSettings
    ) {
        self.traffic = traffic
        self.home = home
        marker = settings.marker
        messages = isBurst ? traffic.bursts?.messages ?? 0 : 1
        within = isBurst ? Double(traffic.bursts?.within ?? 0) : 0
        perHour = isBurst ? (traffic.bursts?.perDay ?? 0) / 24 : traffic.perHour
        stream = Chance.mixed(settings.randomness, 0xA1217A1, UInt64(number * 2 + (isBurst ? 1 : 0)))
        random = Random(stream)
        next = after(start)
    }

    private mutating func after(_ time: Date) -> Date {
        guard perHour > 0 else { return .distantFuture }
        let share = max(Chance.share(random.next()), 1e-12)
        return time.addingTimeInterval(-log(share) * 3_600 / perHour)
    }

    /// Leaves out what would be forgotten at once.
    mutating func skip(to now: Date, keeping limit: Int) {
        guard perHour > 0 else { return }
        let earliest = now.addingTimeInterval(-Double(limit) * 3_600 / (perHour * Double(messages)) - within)
        if next < earliest { next = after(earliest) }
    }

    mutating func arrivals(until now: Date) -> [Arrival] {
        var result: [Arrival] = []
        while next <= now {
            let sender = sender()
            for place in 0..<messages {
                let wait = messages > 1 ? within * Double(place) / Double(messages - 1) : 0
                result.append(arrival(at: next.addingTimeInterval(wait), sender: sender))
            }
            next = after(next)
        }
        return result
    }

    private mutating func arrival(at time: Date, sender: String) -> Arrival {
        count += 1
        let recipients = traffic.recipients > 1 ? 1 + Int(random.next() % UInt64(traffic.recipients)) : 1
        let domain = traffic.direction == .outbound ? traffic.domain : home
        var people: [String] = []
        while people.count < recipients {
            let person = "r\(random.next() % 1_000).\(marker)@\(domain)"
            if !people.contains(person) { people.append(person) }
        }
        return Arrival(
            // The trace tells milliseconds.
            at: Date(timeIntervalSince1970: (time.timeIntervalSince1970 * 1_000).rounded() / 1_000),
            sender: sender,
            recipients: people,
            visitor: traffic.direction == .inbound ? traffic.visitor : nil,
            chance: Chance.mixed(stream, count, 0xA22)
        )
    }

    private mutating func sender() -> String {
        if Chance.share(random.next()) < traffic.forwarded {
            return random.once(in: 4) ? "" : "x\(random.next() % 1_000).\(marker)@stranger.example"
        }
        let person = "s\(random.next() % UInt64(traffic.senders)).\(marker)"
        return "\(person)@\(traffic.direction == .inbound ? traffic.domain : home)"
    }
}

enum Chance {
    /// Three numbers made to one that looks like none of them.
    static func mixed(_ one: UInt64, _ other: UInt64, _ third: UInt64) -> UInt64 {
        var random = Random(one &* 0x9E37_79B9_7F4A_7C15 ^ other &* 0xC2B2_AE3D_27D4_EB4F ^ third)
        _ = random.next()
        return random.next()
    }

    /// From 0 up to and without 1.
    static func share(_ number: UInt64) -> Double { Double(number >> 11) / 9_007_199_254_740_992 }
}
