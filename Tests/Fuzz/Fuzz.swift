import Foundation
import Fuzzing

/// `fuzz SECONDS [SEED] [TARGET…]`: damages the corpus of each parser for so long, shared among the targets.
///
/// Each batch of 1,000 inputs has a seed of its own, told before it starts: `fuzz 0 SEED TARGET` runs that batch again. It is built
/// with the address sanitizer (`make fuzz`), so that what goes wrong ends it.
@main
struct Fuzz {
    static func main() throws {
        var arguments = CommandLine.arguments.dropFirst()
        let seconds = arguments.popFirst().flatMap(Double.init) ?? 60
        let seed = arguments.first.flatMap(UInt64.init)
        if seed != nil { arguments = arguments.dropFirst() }
        let targets = arguments.isEmpty ? FuzzTarget.all : FuzzTarget.all.filter { arguments.contains($0.name) }
        guard !targets.isEmpty else {
            print("The targets are \(FuzzTarget.all.map(\.name).joined(separator: ", ")).")
            return
        }
        for target in targets {
            let corpus = try target.corpus()
            for input in corpus { target.run(input) }
            let end = ContinuousClock.now + .seconds(seconds / Double(targets.count))
            var batch = seed ?? UInt64.random(in: 0..<1_000_000_000)
            var inputs = 0
            var slowest = Duration.zero
            repeat {
                print("\(target.name): seed \(batch)")
                // An input that ends the process leaves it in a file, too.
                fflush(nil)
                var mutations = Mutations(seed: batch, of: corpus)
                for _ in 0..<1_000 {
                    let input = mutations.input()
                    let took = ContinuousClock().measure { target.run(input) }
                    slowest = max(slowest, took)
                    precondition(took < .seconds(20), "one input took \(took)")
                }
                inputs += 1_000
                batch += 1
            } while ContinuousClock.now < end
            print("\(target.name): \(inputs) inputs, the slowest took \(slowest)")
        }
    }
}
