import FoundationEssentials
import Scheduling
import Testing

/// What a tenant is asked in a day, and what limits it.
struct RequestBudgetTests {
    /// The two connector reads; with them the other list of outbound connectors, rules, domains and blocked connectors.
    private static let cheap = 2
    private static let full = 6
    /// The organization's settings and the audit configuration once a day, a token as often as one ends, and the host.
    private static let daily = 2 + 27 + 1

    @Test(
        "A tenant in which nothing happens is asked at most 700 times a day, whatever chance does",
        arguments: [0, 0.25, 0.5, 0.999]
    )
    func quietDay(chance: Double) {
        var lane = LaneDriver()
        lane.chance = chance
        var requests = Self.full
        lane.end()
        while lane.now < start.addingTimeInterval(86_400) {
            lane.passUntilRound()
            requests += lane.begun.last?.kind == .full ? Self.full : Self.cheap
            // A round takes no time here, which makes it the busiest day that there can be.
            lane.end()
        }
        // 12 rounds an hour, one of them full, and each interval a hundredth longer than it says: (11 × 2 + 6) × 24 / 1.01 = 665.
        #expect(requests + Self.daily <= 700)
        #expect(requests >= 600)
    }

    @Test func `a burst is granted, and then the rate`() {
        var budget = RequestBudget(
            tenant: .init(burst: 10, perSecond: 2),
            process: .init(burst: 1_000, perSecond: 1_000)
        )
        for _ in 0..<10 { #expect(budget.take(for: "a", at: start) == nil) }
        var now = start
        for _ in 0..<20 {
            let next = budget.take(for: "a", at: now)
            #expect(next != nil)
            now = next ?? now
            #expect(budget.take(for: "a", at: now) == nil)
        }
        #expect(abs(now.timeIntervalSince(start) - 10) < 0.01)
        #expect(budget.take(for: "b", at: start) == nil)
    }

    @Test func `what the service asks for goes before any budget, of that tenant alone, and ends by itself`() {
        var budget = RequestBudget()
        budget.rest("a", for: 30, at: start)
        budget.rest("a", for: 10, at: start)
        #expect(budget.rest(of: "a", at: start) == 30)
        #expect(budget.rest(of: "a", at: start.addingTimeInterval(29)) == 1)
        #expect(budget.rest(of: "a", at: start.addingTimeInterval(30)) == nil)
        #expect(budget.rest(of: "b", at: start) == nil)
    }

    @Test func `no answer stops a tenant for more than an hour, whatever becomes of our clock`() {
        var budget = RequestBudget()
        budget.rest("a", for: 1e12, at: start)
        #expect(budget.rest(of: "a", at: start) == 3_600)
        #expect(budget.rest(of: "a", at: start.addingTimeInterval(-1)) == nil)
        #expect(budget.rest(of: "a", at: start.addingTimeInterval(-86_400)) == nil)
        budget.rest("a", for: 30, at: start.addingTimeInterval(-86_400))
        #expect(budget.rest(of: "a", at: start.addingTimeInterval(-86_400)) == 30)
        budget.rest("b", for: -5, at: start)
        #expect(budget.rest(of: "b", at: start) == nil)
    }

    @Test func `in no window is more taken than burst and rate allow, by a tenant or by all`() {
        for seed in 0..<200 {
            var random = SplitMix(seed)
            var budget = RequestBudget(tenant: .init(burst: 5, perSecond: 1), process: .init(burst: 8, perSecond: 3))
            var taken: [(tenant: Int, at: TimeInterval)] = []
            var now: TimeInterval = 0
            for _ in 0..<300 {
                now += Double.random(in: 0..<0.5, using: &random)
                let tenant = Int.random(in: 0..<4, using: &random)
                let at = start.addingTimeInterval(now)
                if budget.take(for: "\(tenant)", at: at) == nil { taken.append((tenant, now)) }
            }
            #expect(Double(taken.count) <= 8 + 3 * now + 1)
            for tenant in 0..<4 {
                #expect(Double(taken.filter { $0.tenant == tenant }.count) <= 5 + now + 1, "seed \(seed)")
            }
        }
    }

    @Test func `a clock that is set back grants nothing more`() {
        var budget = RequestBudget(tenant: .init(burst: 1, perSecond: 1), process: .init(burst: 9, perSecond: 9))
        #expect(budget.take(for: "a", at: start) == nil)
        let back = start.addingTimeInterval(-3_600)
        #expect(budget.take(for: "a", at: back) != nil)
        // And from then on it fills as ever.
        #expect(budget.take(for: "a", at: back.addingTimeInterval(1.1)) == nil)
        #expect(budget.take(for: "a", at: back.addingTimeInterval(1.2)) != nil)
    }

    @Test func `what was refused took nothing from the other budget`() {
        var budget = RequestBudget(tenant: .init(burst: 1, perSecond: 0.01), process: .init(burst: 2, perSecond: 0.01))
        #expect(budget.take(for: "a", at: start) == nil)
        for _ in 0..<5 { #expect(budget.take(for: "a", at: start) != nil) }
        #expect(budget.take(for: "b", at: start) == nil)
        #expect(budget.take(for: "c", at: start) != nil)
    }
}
