import MailWatch
import TestSupport
import Testing

@Suite struct StatisticTests {
    struct Rate: CustomTestStringConvertible {
        let bad: Int
        let units: Int
        let rate: Double
        var badStep = 0.0
        var goodStep = 0.0
        var badInARow = 0
        var goodInARow = 0
        var testDescription: String { "\(bad) of \(units)" }
    }

    @Test(arguments: [
        Rate(bad: 0, units: 0, rate: 0.05, badStep: 2.303, goodStep: -0.642, badInARow: 4, goodInARow: 5),
        Rate(bad: 0, units: 50, rate: 0.05, badStep: 2.303, goodStep: -0.642, badInARow: 4, goodInARow: 5),
        Rate(bad: 1, units: 50, rate: 0.05, badStep: 2.303, goodStep: -0.642, badInARow: 4, goodInARow: 5),
        Rate(bad: 6, units: 200, rate: 0.05, badStep: 2.303, goodStep: -0.642, badInARow: 4, goodInARow: 5),
        Rate(bad: 2, units: 50, rate: 0.0548, badStep: 2.211, goodStep: -0.637, badInARow: 5, goodInARow: 5),
        Rate(bad: 10, units: 200, rate: 0.0647, badStep: 2.045, goodStep: -0.626, badInARow: 5, goodInARow: 5),
        Rate(bad: 5, units: 50, rate: 0.0967, badStep: 1.643, goodStep: -0.591, badInARow: 6, goodInARow: 6),
        Rate(bad: 20, units: 200, rate: 0.1123, badStep: 1.494, goodStep: -0.574, badInARow: 7, goodInARow: 6),
        Rate(bad: 200, units: 2_000, rate: 0.1123, badStep: 1.494, goodStep: -0.574, badInARow: 7, goodInARow: 6),
        Rate(bad: 30, units: 200, rate: 0.1576, badStep: 1.154, goodStep: -0.522, badInARow: 8, goodInARow: 6),
    ])
    func `the base rate and the steps that follow from it`(_ example: Rate) {
        let base = BaseRate(units: example.units, failed: example.bad, sampled: example.bad, caused: example.bad)
        #expect(rounded(base.rate, 4) == example.rate)
        #expect(!base.isTooHigh)
        let test = SequentialTest(baseRate: base.rate)
        #expect(rounded(test.badStep, 3) == example.badStep)
        #expect(rounded(test.goodStep, 3) == example.goodStep)
        #expect(unitsInARow { test.verdict(good: 0, bad: $0) } == example.badInARow)
        #expect(unitsInARow { test.verdict(good: $0, bad: 0) } == example.goodInARow)
    }

    @Test(arguments: [
        Rate(bad: 45, units: 200, rate: 0.2235), Rate(bad: 7, units: 7, rate: 0.2113),
        Rate(bad: 60, units: 200, rate: 0.2876),
    ])
    func `a base rate that is too high for a verdict`(_ example: Rate) {
        let base = BaseRate(units: example.units, failed: example.bad, sampled: example.bad, caused: example.bad)
        #expect(rounded(base.rate, 4) == example.rate)
        #expect(base.isTooHigh)
    }

    @Test(arguments: [
        (0, 0, 0, 0), (40, 20, 20, 40), (40, 20, 1, 2), (41, 20, 1, 3), (7, 7, 3, 3), (40, 10, 0, 0), (5, 0, 0, 0),
    ])
    func `bad units of the history follow from the texts that were read`(
        _ failed: Int,
        _ sampled: Int,
        _ caused: Int,
        _ bad: Int
    ) {
        #expect(BaseRate(units: 100, failed: failed, sampled: sampled, caused: caused).bad == bad)
    }

    @Test(arguments: [(1, 9.159, 4), (2, 9.852, 5), (5, 10.768, 5), (10, 11.462, 5), (20, 12.155, 6)])
    func `the limits for so many connectors of one run`(_ connectors: Int, _ upper: Double, _ badInARow: Int) {
        let test = SequentialTest(baseRate: 0.05, connectors: connectors)
        #expect(rounded(test.upper, 3) == upper)
        #expect(rounded(test.lower, 3) == -2.996)
        #expect(unitsInARow { test.verdict(good: 0, bad: $0) } == badInARow)
    }

    struct Course: CustomTestStringConvertible {
        let units: String
        let scores: [Double]
        let verdict: SequentialTest.Verdict
        var testDescription: String { units }
    }

    @Test(arguments: [
        Course(units: "bbbb", scores: [2.303, 4.605, 6.908, 9.21], verdict: .regressed),
        Course(units: "ggggg", scores: [-0.642, -1.284, -1.926, -2.567, -3.209], verdict: .flows),
        Course(units: "gbbbbb", scores: [-0.642, 1.661, 3.963, 6.266, 8.568, 10.871], verdict: .regressed),
        Course(
            units: "bgbgbgbgbgb",
            scores: [2.303, 1.661, 3.963, 3.321, 5.624, 4.982, 7.285, 6.643, 8.946, 8.304, 10.606],
            verdict: .regressed
        ),
    ])
    func `the score after each unit, and the verdict after the last`(_ example: Course) {
        let test = SequentialTest(baseRate: 0.05)
        var (good, bad) = (0, 0)
        for (number, unit) in example.units.enumerated() {
            if unit == "g" { good += 1 } else { bad += 1 }
            #expect(rounded(test.score(good: good, bad: bad), 3) == example.scores[number])
            let isLast = number == example.units.count - 1
            #expect(test.verdict(good: good, bad: bad) == (isLast ? example.verdict : nil))
        }
    }

    @Test(arguments: [(2.0, 0.25), (5, 0.0816), (10, 0.0278), (17, 0.0111), (18, 0.01), (30, 0.0039)])
    func `the chance of seeing nothing where so much was expected`(_ expected: Double, _ chance: Double) {
        #expect(rounded(Silence.chance(expected: expected), 4) == chance)
    }

    private func unitsInARow(_ verdict: (Int) -> SequentialTest.Verdict?) -> Int {
        (1...50).first { verdict($0) != nil } ?? 0
    }

    private func rounded(_ value: Double, _ digits: Int) -> Double {
        let scale = digits == 4 ? 10_000.0 : 1_000.0
        return (value * scale).rounded() / scale
    }
}
