import Foundation
import StateStore
import Testing

private struct Fixed: RandomNumberGenerator {
    var value: UInt64
    mutating func next() -> UInt64 { value }
}

@Suite struct RunIDTests {
    /// Source: the sample of a seed time in github.com/ulid/javascript.
    @Test func `a known time gives the first ten characters that it gives elsewhere`() {
        let id = RunID.make(now: Date(timeIntervalSince1970: 1_469_918_176.385))
        #expect(id.hasPrefix("01ARYZ6S41"))
        #expect(id.count == 26)
    }

    @Test func `ids sort in the order of time`() {
        var random = Fixed(value: 0)
        let ids = [0, 0.001, 1, 1_790_000_000, 1_790_000_000.001, 4_000_000_000].map {
            RunID.make(now: Date(timeIntervalSince1970: $0), using: &random)
        }
        #expect(ids == ids.sorted())
        #expect(Set(ids).count == ids.count)
    }

    @Test func `ids of one instant differ`() {
        #expect(Set((0..<1_000).map { _ in RunID.make(now: .start) }).count == 1_000)
    }

    @Test func `a clock before 1970 still gives an id`() {
        #expect(RunID.make(now: Date(timeIntervalSince1970: -5)).hasPrefix("0000000000"))
    }
}
