import Foundation

/// The whole of scheduling, over a world that only pretends to be one: tenants with other administrators, a store, a repository,
/// replicas, clocks and faults, all from one seed and the same to the byte each time.
package enum Simulation {
    package struct Failure: Hashable, Sendable, CustomStringConvertible {
        package var schedule: Schedule
        package var problems: [String]

        package var description: String {
            let lines = problems.map { "  \($0)" }.joined(separator: "\n")
            return "\(lines)\n\(schedule)"
        }
    }

    /// Runs one schedule.
    ///
    /// - Returns: What should not have happened; empty when all was well.
    package static func problems(_ schedule: Schedule, flaws: Set<Flaw> = []) -> [String] {
        let world = World(schedule, flaws: flaws)
        world.run()
        return world.checker.problems
    }

    /// All that happened, a line for each.
    package static func log(_ schedule: Schedule, flaws: Set<Flaw> = []) -> [String] {
        let world = World(schedule, flaws: flaws, isLogged: true)
        world.run()
        return world.log + world.checker.problems
    }

    /// Runs a seed, and where it fails looks for the shortest schedule that still does.
    package static func failure(seed: Int, flaws: Set<Flaw> = []) -> Failure? {
        let schedule = Schedule(seed: seed)
        let problems = problems(schedule, flaws: flaws)
        guard !problems.isEmpty else { return nil }
        let shortest = shortened(schedule, flaws: flaws)
        return Failure(schedule: shortest, problems: Self.problems(shortest, flaws: flaws))
    }

    /// Leaves out disturbances, many at a time and then single ones, as long as something is still wrong.
    package static func shortened(_ schedule: Schedule, flaws: Set<Flaw> = []) -> Schedule {
        var shortest = schedule
        var size = max(1, schedule.disturbances.count / 2)
        while true {
            var start = 0
            var isShorter = false
            while start < shortest.disturbances.count {
                var candidate = shortest
                candidate.disturbances.removeSubrange(start..<min(start + size, candidate.disturbances.count))
                if problems(candidate, flaws: flaws).isEmpty {
                    start += size
                } else {
                    shortest = candidate
                    isShorter = true
                }
            }
            if size == 1 && !isShorter { return shortest }
            size = max(1, size / 2)
        }
    }
}
