import Connectors
import Planning
import Testing

/// A process that dies at any point leaves a journal from which the next one finishes or undoes the run.
struct CrashTests {
    struct Row: CustomTestStringConvertible, Sendable {
        var testDescription: String
        /// What is wrong on the way, so that rollbacks die too.
        var faults: [Int: FakeTenant.Fault] = [:]
        /// Whether a person stops the run that goes on, so that it takes back what it finds.
        var isInterrupted = false
    }

    static let rows = [
        Row(testDescription: "on the way, and the next run finishes"),
        Row(testDescription: "on the way, and the next run is interrupted", isInterrupted: true),
        Row(testDescription: "on the way back", faults: [5: .refused]),
        Row(testDescription: "on the way back from a step that was ignored", faults: [4: .ignored]),
        Row(testDescription: "while an answer is lost", faults: [1: .lostAfter, 3: .lostBefore]),
        Row(testDescription: "while a write shows late", faults: [0: .late, 5: .late]),
        Row(
            testDescription: "while a write shows late, and the next run is interrupted",
            faults: [1: .late, 5: .late],
            isInterrupted: true
        ),
    ]

    @Test(arguments: rows) func `a crash at every transition ends in all or nothing`(_ row: Row) throws {
        let scenario = try #require(Scenario.five())
        var whole = scenario.driver
        #expect(whole.run(scenario.journal) == .finished(.applied))
        var plain = scenario.driver
        plain.tenant.faults = row.faults
        _ = plain.run(scenario.journal)
        var tookBack = 0
        for number in 0...plain.transitions {
            for cut in [Driver.Cut.beforeAction(number), .afterAction(number)] {
                var driver = scenario.driver
                driver.tenant.faults = row.faults
                guard driver.run(scenario.journal, cut: cut) == .died else { continue }
                let journal = try #require(driver.stored)
                let wasDone = journal.isFinished
                var end = driver.run(journal, interruptAt: row.isInterrupted ? 0 : nil)
                // An answer that was lost twice waits for the next run.
                if end == .stopped {
                    driver.tenant.faults = [:]
                    end = driver.run(try #require(driver.stored))
                }
                let isWhole = driver.tenant.picture == whole.tenant.picture
                let isAsBefore = driver.tenant.picture == scenario.tenant.picture
                #expect(isWhole || isAsBefore, "\(cut): \(driver.stored?.message ?? "")")
                let back: RunRecord.Result = row.isInterrupted && !wasDone ? .interrupted : .rolledBack
                #expect(end == .finished(isWhole ? .applied : back), "\(cut)")
                tookBack += isAsBefore ? 1 : 0
                Self.expectMemory(of: driver, isWhole ? whole.memory : AppliedTenant(connectors: scenario.applied), cut)
            }
        }
        if row.isInterrupted { #expect(tookBack >= plain.transitions, "only the last step is too late to take back") }
    }

    /// What is remembered fits what is there: same connectors, each with the identity that it now has.
    private static func expectMemory(of driver: Driver, _ expected: AppliedTenant, _ cut: Driver.Cut) {
        let memory = driver.memory.connectors
        #expect(memory.map(\.key) == expected.connectors.map(\.key).sorted(), "\(cut)")
        for entry in memory {
            #expect(driver.tenant.objects[entry.guid]?.displayName == entry.displayName, "\(cut) \(entry.key)")
        }
    }

    /// Every state of a step, against every reality of the tenant.
    @Test(arguments: Journal.Step.State.allCases, [false, true])
    func `a step in any state is decided by what is there`(_ state: Journal.Step.State, _ isThere: Bool) throws {
        let scenarios = [
            Scenario([.outbound(["comment": "new"])], before: []),
            Scenario([.outbound(["comment": "new"])], before: [.outbound()]),
            Scenario([.inbound()], before: [.inbound(), .outbound()]),
        ]
        for scenario in scenarios {
            let scenario = try #require(scenario)
            var whole = scenario.driver
            #expect(whole.run(scenario.journal) == .finished(.applied))
            for phase in [Journal.Phase.applying, .rollingBack] {
                let isOfPhase = ![.undoing, .undone, .undoRefused, .failed].contains(state) || phase == .rollingBack
                // A confirmed step that is not there, or an undone one that is, would be someone else's doing.
                let isPossible =
                    !(state == .planned && isThere) && !(state == .confirmed && !isThere && phase == .applying)
                    && !([.undone, .undoRefused, .failed].contains(state) && isThere)
                guard isOfPhase, isPossible else { continue }
                var journal = scenario.journal
                journal.phase = phase
                journal.steps[0].state = state
                journal.steps[0].sends = state == .planned ? 0 : 1
                if [.confirmed, .undoing, .undone].contains(state) {
                    journal.steps[0].after = whole.stored?.steps[0].after
                    journal.steps[0].guid = whole.stored?.steps[0].guid
                }
                if state == .undoing { journal.steps[0].undo = Self.undo(of: scenario) }
                var driver = Driver(isThere ? whole.tenant : scenario.tenant, applied: scenario.applied)
                let end = driver.run(journal)
                let isLost = phase == .applying && state == .sent && !isThere
                if phase == .applying && !isLost {
                    #expect(end == .finished(.applied))
                    #expect(driver.tenant.picture == whole.tenant.picture)
                } else if state == .undoRefused {
                    #expect(end == .finished(.partlyApplied))
                } else {
                    #expect(end == .finished(.rolledBack), "\(state) \(isThere) \(driver.stored?.message ?? "")")
                    #expect(driver.tenant.picture == scenario.tenant.picture)
                }
            }
        }
    }

    private static func undo(of scenario: Scenario) -> Write? {
        var driver = scenario.driver
        _ = driver.run(scenario.journal)
        guard let journal = driver.stored else { return nil }
        let rollback = Rollback(
            run: "x",
            of: journal,
            observed: driver.tenant.reading,
            applied: driver.memory,
            policy: Scenario.policy,
            at: now
        )
        return rollback.journal.steps.first?.write
    }
}
