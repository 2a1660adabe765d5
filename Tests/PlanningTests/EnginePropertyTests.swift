import Connectors
import Planning
import TestSupport
import Testing

/// What holds for any two sets of connectors.
struct EnginePropertyTests {
    private static func scenario(_ seed: Int) -> Scenario? {
        var random = SeededRandom(seed)
        let before = RandomTenant.connectors(&random)
        let desired = RandomTenant.connectors(&random)
        return desired.isEmpty ? nil : Scenario(desired, before: before)
    }

    @Test func `plan, apply, plan again: no changes`() {
        var tried = 0
        for seed in 0..<250 {
            guard let scenario = Self.scenario(seed) else { continue }
            tried += 1
            var random = SeededRandom(seed)
            _ = RandomTenant.connectors(&random)
            let desired = RandomTenant.connectors(&random).map { $0.annotated(approved) }
            var driver = scenario.driver
            let end = driver.run(scenario.journal)
            #expect(
                end == .finished(scenario.plan.changes.isEmpty ? .unchanged : .applied),
                "seed \(seed): \(driver.stored?.reason ?? "")"
            )
            var memory = driver.memory
            for update in scenario.plan.recordUpdates(run: "run-1", at: now) {
                switch update {
                case .forget(let key): memory.connectors.removeAll { $0.key == key }
                case .remember(let entry):
                    memory.connectors.removeAll { $0.key == entry.key }
                    memory.connectors.append(entry)
                }
            }
            let again = planned(desired, driver.tenant.reading.connectors, memory.connectors, policy: Scenario.policy)
            #expect(again.outline == [], "seed \(seed)")
            #expect(again.drift == [], "seed \(seed)")
            #expect(again.records == [], "seed \(seed)")
            if !again.changes.isEmpty { return }
        }
        #expect(tried > 120)
    }

    @Test func `a failure at any write, of any kind, leaves the tenant as it was, or wholly changed`() throws {
        var tried = 0
        for seed in 0..<60 {
            guard let scenario = Self.scenario(seed), !scenario.journal.steps.isEmpty else { continue }
            tried += 1
            var random = SeededRandom(seed + 1_000)
            var whole = scenario.driver
            _ = whole.run(scenario.journal)
            var driver = scenario.driver
            for _ in 0..<2 {
                let write = Int.random(in: 0..<(scenario.journal.steps.count + 3), using: &random)
                driver.tenant.faults[write] = FakeTenant.Fault.allCases.randomElement(using: &random)
            }
            var end = driver.run(scenario.journal)
            // What only had to wait is gone on with; without a write there is nothing to go on with.
            for _ in 0..<4 where end == .stopped {
                driver.tenant.faults = [:]
                end = driver.run(try #require(driver.stored))
            }
            let isWhole = driver.tenant.picture == whole.tenant.picture
            #expect(
                isWhole || driver.tenant.picture == scenario.tenant.picture,
                "seed \(seed) \(driver.stored?.message ?? "")"
            )
            let isEither = whole.tenant.picture == scenario.tenant.picture
            let hasWritten = driver.stored?.steps.contains { $0.state != .planned } == true
            #expect(
                isEither || end == .finished(isWhole ? .applied : hasWritten ? .rolledBack : .failed)
                    || end == .finished(.rolledBack) && !isWhole,
                "seed \(seed)"
            )
        }
        #expect(tried > 25)
    }

    @Test func `a crash at any transition is resumed to all or nothing`() throws {
        var (tried, takenBack) = (0, 0)
        for seed in 0..<25 {
            guard let scenario = Self.scenario(seed), !scenario.journal.steps.isEmpty else { continue }
            var whole = scenario.driver
            _ = whole.run(scenario.journal)
            for number in 0...whole.transitions {
                for cut in [Driver.Cut.beforeAction(number), .afterAction(number)] {
                    var driver = scenario.driver
                    guard driver.run(scenario.journal, cut: cut) == .died else { continue }
                    let journal = try #require(driver.stored)
                    let end = driver.run(journal, interruptAt: seed % 2 == 0 ? 0 : nil)
                    let isTakenBack = end == .finished(.interrupted)
                    takenBack += isTakenBack ? 1 : 0
                    let expected = isTakenBack ? scenario.tenant.picture : whole.tenant.picture
                    #expect(driver.tenant.picture == expected, "seed \(seed) \(cut) \(end)")
                    tried += 1
                }
            }
        }
        #expect(tried > 100)
        #expect(takenBack > 50)
    }

    @Test func `a rollback of any run brings the tenant back, and forgets what was not remembered`() throws {
        var tried = 0
        for seed in 0..<80 {
            guard let scenario = Self.scenario(seed), !scenario.journal.steps.isEmpty else { continue }
            tried += 1
            var driver = scenario.driver
            _ = driver.run(scenario.journal)
            let rollback = Rollback(
                run: "run-2",
                of: try #require(driver.stored),
                observed: driver.tenant.reading,
                applied: driver.memory,
                policy: Scenario.policy,
                at: now
            )
            #expect(rollback.refusals == [], "seed \(seed)")
            #expect(driver.run(rollback.journal) == .finished(.applied), "seed \(seed) \(driver.stored?.message ?? "")")
            #expect(driver.tenant.picture == scenario.tenant.picture, "seed \(seed)")
            #expect(driver.memory.connectors.map(\.key) == scenario.applied.map(\.key).sorted(), "seed \(seed)")
            let again = Rollback(
                run: "run-3",
                of: try #require(driver.stored),
                observed: driver.tenant.reading,
                applied: driver.memory,
                policy: Scenario.policy,
                at: now
            )
            var whole = scenario.driver
            _ = whole.run(scenario.journal)
            #expect(driver.run(again.journal) == .finished(.applied), "seed \(seed)")
            #expect(driver.tenant.picture == whole.tenant.picture, "seed \(seed)")
        }
        #expect(tried > 35)
    }
}
