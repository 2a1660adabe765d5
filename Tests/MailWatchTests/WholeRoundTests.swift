import Foundation
import MailWatch
import TestSupport
import Testing

/// The table's cells again, through whole rounds over a trace: fewer watches, as each round costs more.
@Suite struct WholeRoundTests {
    struct Row: CustomTestStringConvertible {
        let rate: Double
        let badShare: Double
        var testDescription: String { "\(rate) an hour, \(badShare) bad" }
    }

    /// Mail as a Poisson process, each message of another sender, rows five to thirty minutes late.
    private func messages(_ row: Row, hours: Double, lag: ClosedRange<Double>, _ chance: inout Chance) -> [Message] {
        var messages: [Message] = []
        var time = chance.gap(rate: row.rate)
        while time < hours {
            let fate: Message.Fate = chance.isTrue(row.badShare) ? .bad(Reason.starttls()) : .good
            var message = Message(
                messages.count,
                at: minutes(time * 60),
                from: "s\(messages.count)",
                to: "fabrikam.com",
                fate
            )
            message.lag = lag.lowerBound + chance.share() * (lag.upperBound - lag.lowerBound)
            messages.append(message)
            time += chance.gap(rate: row.rate)
        }
        return messages
    }

    @Test(arguments: [
        (1.0, 1.0, 30), (5, 1, 60), (20, 1, 100), (100, 1, 60), (1, 0.5, 30), (5, 0.5, 60), (20, 0.5, 100),
    ])
    func `two messages with the cause decide soon`(_ rate: Double, _ share: Double, _ watches: Int) {
        var chance = Chance(seed: 8 &+ UInt64(rate * 10 + share))
        var hours: [Double] = []
        for _ in 0..<watches {
            let mail = messages(Row(rate: rate, badShare: share), hours: min(24, 40 / rate), lag: 300...1_800, &chance)
            var world = World(mail)
            world.gate = World.sees("starttls-not-offered")
            // A settling time as long as the watch leaves the verdict to the two messages.
            let watch = world.run(.fixture(settle: 86_400))
            guard watch.state == .regressedHeld else { continue }
            #expect(watch.verdict?.witness == .twoMessages)
            hours.append(watch.since.timeIntervalSince(applied) / 3_600)
        }
        // Of so few watches the bound of 99.5 % lets one miss.
        #expect(hours.count >= watches - 1)
        let median = hours.sorted()[hours.count / 2]
        if rate >= 20 { #expect(median <= (share == 1 ? 0.5 : 0.6)) }
    }

    @Test(arguments: [
        Row(rate: 1, badShare: 1), Row(rate: 5, badShare: 0.5), Row(rate: 20, badShare: 0.5),
        Row(rate: 5, badShare: 0.2),
        Row(rate: 2, badShare: 0.05),
    ])
    func `rounds come to the verdict that the units give one by one`(_ row: Row) {
        var chance = Chance(seed: 77)
        for _ in 0..<15 {
            let mail = messages(row, hours: 24, lag: 0...900, &chance)
            var world = World(mail)
            let watch = world.run(.fixture())
            let test = SequentialTest(baseRate: 0.05)
            var (good, bad) = (0, 0)
            var verdict: SequentialTest.Verdict?
            for message in mail where message.received >= minutes(30) && message.received < minutes(1_390) {
                if message.text.isEmpty { good += 1 } else { bad += 1 }
                verdict = test.verdict(good: good, bad: bad)
                if verdict != nil { break }
            }
            #expect(watch.counters.good == good)
            #expect(watch.counters.bad == bad)
            switch verdict {
            case .flows: #expect(watch.state == .flows)
            case .regressed: #expect(watch.state == .regressedHeld)
            case nil: #expect(watch.state == .notJudged)
            }
        }
    }

    @Test func `in a round with many candidates ten texts are enough, and the rest is not counted`() {
        var chance = Chance(seed: 3)
        let mail = messages(Row(rate: 1_000, badShare: 0.5), hours: 2, lag: 0...300, &chance)
        var world = World(mail)
        let watch = world.run(.fixture(), until: minutes(100))
        #expect(watch.state == .regressedHeld)
        #expect(watch.counters[.notSampled] > 0)
        #expect(watch.counters.bad <= 20)
    }
}
