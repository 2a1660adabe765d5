import Simulation
import Testing

/// The whole controller over a pretended world.
struct SimulationTests {
    @Test("Schedules of faults, crashes and commits break no rule", arguments: 0..<10)
    func schedules(tenth: Int) {
        for seed in (tenth * 30)..<(tenth * 30 + 30) {
            let failure = Simulation.failure(seed: seed)
            #expect(failure == nil, "\(failure.map(String.init(describing:)) ?? "")")
        }
    }

    @Test func `one seed gives the same bytes each time, and another seed others`() {
        let log = Simulation.log(Schedule(seed: 7))
        #expect(log == Simulation.log(Schedule(seed: 7)))
        #expect(log != Simulation.log(Schedule(seed: 8)))
        #expect(log.count > 100)
    }

    @Test func `mail that a change breaks is taken back or held, and other mail flows`() {
        var missing: Set = [": regressed-taken-back", ": regressed-held would-weaken", ": flows", ": not-judged"]
        for seed in 0..<100 where !missing.isEmpty {
            for line in Simulation.log(Schedule(seed: seed)) { missing = missing.filter { !line.contains($0) } }
        }
        #expect(missing.isEmpty)
    }

    @Test func `a request that is opened and merged while the forge lies is known once it speaks again`() {
        var schedule = Schedule(seed: 1_326)
        schedule.disturbances = schedule.disturbances.filter { [2_738, 3_628, 3_643, 3_644].contains($0.at) }
        #expect(schedule.disturbances.count == 4)
        #expect(Simulation.problems(schedule).isEmpty)
    }

    @Test func `people race with what is offered to them, and with what is applied before its merge`() {
        var missing: Set = [
            "drift: open", "revert: open", "drift: update", "is closed by us", "is closed by a person",
            "is to be applied", "applied: applied", "AppliedBeforeMerge", "NotMerged",
            "back-0",
        ]
        for seed in 0..<120 where !missing.isEmpty {
            for line in Simulation.log(Schedule(seed: seed)) { missing = missing.filter { !line.contains($0) } }
        }
        #expect(missing.isEmpty)
    }

    @Test("What is broken on purpose is found, and the schedule that shows it is short", arguments: Flaw.allCases)
    func flaw(_ flaw: Flaw) throws {
        let failure = try #require((0..<120).lazy.compactMap { Simulation.failure(seed: $0, flaws: [flaw]) }.first)
        #expect(failure.schedule.disturbances.count <= 7)
    }
}
