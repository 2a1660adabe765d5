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

/// Makes the arrivals of one kind of traffic, a Poisson process, in their order.
struct ArrivalSource: Sendable {
    private let traffic: Traffic
    private let settings: MailSettings
    private let number: Int
    /// The tenant's own domain.
    private let home: String
    private var random: Random
    private var next: Date
    private var nextBurst: Date
    private var count = 0

    init(_ traffic: Traffic, number: Int, start: Date, home: String, _ settings: MailSettings) {
        self.traffic = traffic
        self.settings = settings
        self.number = number
        self.home = home
        random = Random(Chance.mixed(settings.randomness, 0xA1217A1, UInt64(number)))
        next = start
        nextBurst = start
        next = after(start, perHour: traffic.perHour)
        nextBurst = after(start, perHour: (traffic.bursts?.perDay ?? 0) / 24)
    }

    private mutating func after(_ time: Date, perHour: Double) -> Date {
        guard perHour > 0 else { return .distantFuture }
        let share = max(Chance.share(random.next()), 1e-12)
        return time.addingTimeInterval(-log(share) * 3_600 / perHour)
    }

    /// Leaves out what would be forgotten at once.
    mutating func skip(to now: Date, keeping limit: Int) {
        guard traffic.perHour > 0 else { return }
        let earliest = now.addingTimeInterval(-Double(limit) * 3_600 / traffic.perHour)
        if next < earliest { next = after(earliest, perHour: traffic.perHour) }
    }

    mutating func arrivals(until now: Date) -> [Arrival] {
        var result: [Arrival] = []
        while next <= now {
            result.append(arrival(at: next, sender: nil))
            next = after(next, perHour: traffic.perHour)
        }
        guard let bursts = traffic.bursts else { return result }
        while nextBurst <= now {
            let sender = sender()
            for place in 0..<bursts.messages {
                let wait = Double(bursts.within) * Double(place) / Double(bursts.messages - 1)
                result.append(arrival(at: nextBurst.addingTimeInterval(wait), sender: sender))
            }
            nextBurst = after(nextBurst, perHour: bursts.perDay / 24)
        }
        return result
    }

    private mutating func arrival(at time: Date, sender: String?) -> Arrival {
        count += 1
        let sender = sender ?? self.sender()
        let recipients = traffic.recipients > 1 ? 1 + Int(random.next() % UInt64(traffic.recipients)) : 1
        let domain = traffic.direction == .outbound ? traffic.domain : home
        var people: [String] = []
        while people.count < recipients {
            let person = "r\(random.next() % 1_000).\(settings.marker)@\(domain)"
            if !people.contains(person) { people.append(person) }
        }
        return Arrival(
            at: time,
            sender: sender,
            recipients: people,
            visitor: traffic.direction == .inbound ? traffic.visitor : nil,
            chance: Chance.mixed(settings.randomness, UInt64(number) + 1, UInt64(count))
        )
    }

    private mutating func sender() -> String {
        if Chance.share(random.next()) < traffic.forwarded {
            return random.once(in: 4) ? "" : "x\(random.next() % 1_000).\(settings.marker)@stranger.example"
        }
        let person = "s\(random.next() % UInt64(traffic.senders)).\(settings.marker)"
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
