import Foundation
import Simulation

/// `simulate FIRST COUNT` runs so many seeds from the first one on, on all cores; `simulate SEED` shows all that happens in one.
///
/// `simulate FIRST COUNT FLAW` breaks one of `Flaw` on purpose, to see how soon that is found.
@main
struct Simulate {
    static func main() async {
        let numbers = CommandLine.arguments.dropFirst().compactMap { Int($0) }
        guard let first = numbers.first else {
            print("usage: simulate SEED, or simulate FIRST COUNT")
            exit(64)
        }
        guard numbers.count > 1 else {
            for line in Simulation.log(Schedule(seed: first)) { print(line) }
            if let failure = Simulation.failure(seed: first) {
                print("\nThe shortest schedule that still fails:\n\(failure)")
            }
            return
        }
        let flaw = CommandLine.arguments.dropFirst(3).first
        let flaws = Set(Flaw.allCases.filter { "\($0)" == flaw })
        let failures = await failures(from: first, count: numbers[1], flaws)
        for failure in failures.prefix(5) { print(failure, "\n") }
        print("\(numbers[1]) seeds from \(first) on, \(failures.count) with something wrong")
        exit(failures.isEmpty ? 0 : 1)
    }

    private static func failures(from first: Int, count: Int, _ flaws: Set<Flaw>) async -> [Simulation.Failure] {
        let workers = ProcessInfo.processInfo.activeProcessorCount
        return await withTaskGroup(of: [Simulation.Failure].self) { group in
            for worker in 0..<workers {
                group.addTask {
                    stride(from: first + worker, to: first + count, by: workers).compactMap {
                        Simulation.failure(seed: $0, flaws: flaws)
                    }
                }
            }
            var all: [Simulation.Failure] = []
            for await some in group { all += some }
            return all.sorted { $0.schedule.seed < $1.schedule.seed }
        }
    }
}
