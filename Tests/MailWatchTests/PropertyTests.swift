import Foundation
import MailWatch
import TestSupport
import Testing

/// The table of the watch's simulation, with its bounds, over the statistic as it is built in.
///
/// Mail comes as a Poisson process, units are independent; 24 h, 30 min of settling, judged at 50 min in rounds of 5 min.
/// `MAIL_WATCH_WATCHES=40000` runs as many watches a cell as the page's own table.
@Suite struct PropertyTests {
    static let watches = ProcessInfo.processInfo.environment["MAIL_WATCH_WATCHES"].flatMap { Int($0) } ?? 2_000
    static let rates = [0.2, 1, 5, 20, 100]

    struct Cell {
        var flows = 0
        var notJudged = 0
        var regressedAt: [Double] = []

        var regressed: Int { regressedAt.count }
        func share(_ count: Int) -> Double { Double(count) / Double(flows + notJudged + regressed) }
        var median: Double { regressedAt.sorted()[regressed / 2] }
    }

    /// Runs watches over units that come as `counts` says: the share that is bad, or `nil` for a unit that is not counted.
    private func run(_ rate: Double, counts: (Double) -> Double?) -> Cell {
        var chance = Chance(seed: 11 &+ UInt64(rate * 10))
        var cell = Cell()
        let test = SequentialTest(baseRate: BaseRate.rate(bad: 0, of: 0))
        for _ in 0..<Self.watches {
            var (good, bad) = (0, 0)
            var received = 0.5
            var verdict: SequentialTest.Verdict?
            var judgedAt = 0.0
            while verdict == nil {
                received += chance.gap(rate: rate)
                judgedAt = received + 50.0 / 60
                if judgedAt >= 24 { break }
                guard let share = counts(received) else { continue }
                if chance.isTrue(share) { bad += 1 } else { good += 1 }
                verdict = test.verdict(good: good, bad: bad)
            }
            switch verdict {
            case .flows: cell.flows += 1
            case .regressed: cell.regressedAt.append((judgedAt * 12).rounded(.up) / 12)
            case nil: cell.notJudged += 1
            }
        }
        return cell
    }

    @Test(arguments: rates)
    func `healthy mail never counts as regressed`(_ rate: Double) {
        let cell = run(rate) { _ in 0.01 }
        #expect(cell.regressed == 0)
        let flows = cell.share(cell.flows)
        #expect(rate < 1 ? (0.40...0.50).contains(flows) : flows >= 0.995)
    }

    @Test(arguments: rates)
    func `mail at the limit of what is normal hardly ever counts as regressed`(_ rate: Double) {
        let cell = run(rate) { _ in 0.05 }
        #expect(cell.regressed <= 4 * Self.watches / 2_000)
    }

    @Test(arguments: zip(rates, [16.2, 5.0, 2.1, 1.6, 1.4]))
    func `a hard break is found`(_ rate: Double, _ median: Double) {
        let cell = run(rate) { _ in 1 }
        let share = cell.share(cell.regressed)
        #expect(rate < 1 ? (0.62...0.72).contains(share) : share >= 0.995)
        #expect(abs(cell.median - median) <= median / 10)
    }

    @Test(arguments: rates)
    func `one broken host of two is found`(_ rate: Double) {
        let cell = run(rate) { _ in 0.5 }
        let share = cell.share(cell.regressed)
        switch rate {
        case ..<1: #expect((0.06...0.13).contains(share))
        case ..<5: #expect((0.85...0.92).contains(share))
        default:
            #expect(share >= 0.94)
            #expect(cell.share(cell.flows) <= 0.06)
        }
    }

    @Test(arguments: rates)
    func `a partner that is down for two hours is never held against the change`(_ rate: Double) {
        // What fails for a cause that no changed field can produce is not counted.
        let cell = run(rate) { received in (0.5..<(2.5 - 35.0 / 60)).contains(received) ? nil : 0.01 }
        #expect(cell.regressed == 0)
    }

    @Test(arguments: [300.0, 1_000, 3_000])
    func `ten texts a round are enough where they are taken in an order of their own`(_ rate: Double) {
        var chance = Chance(seed: 10 &+ UInt64(rate))
        let test = SequentialTest(baseRate: 0.05)
        let watches = Self.watches / 4
        var regressed = 0
        for _ in 0..<watches {
            var (good, bad) = (0, 0)
            var verdict: SequentialTest.Verdict?
            var time = 80.0 / 60
            while verdict == nil && time < 24 {
                let units = arrivals(rate / 12, &chance)
                for unit in Sampling.prefix(of: units, texts: 10, id: \.id, needsText: \.isBad).taken {
                    if unit.isBad { bad += 1 } else { good += 1 }
                }
                // All of a round at once: the table counts it so.
                verdict = test.verdict(good: good, bad: bad)
                time += 1.0 / 12
            }
            if verdict == .regressed { regressed += 1 }
        }
        #expect(Double(regressed) / Double(watches) >= 0.99)
    }

    private struct Unit {
        let id: String
        let isBad: Bool
    }

    /// One round's units, half of them bad.
    private func arrivals(_ mean: Double, _ chance: inout Chance) -> [Unit] {
        var units: [Unit] = []
        var time = chance.gap(rate: mean)
        while time < 1 {
            units.append(Unit(id: String(chance.next(), radix: 36), isBad: chance.isTrue(0.5)))
            time += chance.gap(rate: mean)
        }
        return units
    }
}
