import Fuzzing
import Testing

/// Every parser comes back from its corpus, and from some thousand damaged inputs; `make fuzz` goes on from there.
struct CorpusTests {
    @Test(arguments: FuzzTarget.all)
    func `a parser comes back from whatever it is given`(target: FuzzTarget) throws {
        let corpus = try target.corpus()
        #expect(!corpus.isEmpty)
        for input in corpus { target.run(input) }
        var mutations = Mutations(seed: 1, of: corpus)
        for _ in 0..<200 {
            let input = mutations.input()
            let took = ContinuousClock().measure { target.run(input) }
            #expect(took < .seconds(20))
        }
        target.run([])
    }

    @Test func `the same seed gives the same inputs`() {
        var one = Mutations(seed: 7, of: [[1, 2, 3]])
        var other = Mutations(seed: 7, of: [[1, 2, 3]])
        for _ in 0..<50 { #expect(one.input() == other.input()) }
    }
}
