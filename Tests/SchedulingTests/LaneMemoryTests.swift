import FoundationEssentials
import Scheduling
import Testing

/// What a lane remembers, and when that is worth a write to the store.
struct LaneMemoryTests {
    private static let start = Date(timeIntervalSince1970: 1_800_000_000)

    private static func memory(readAfter seconds: TimeInterval?) -> LaneMemory {
        var memory = LaneMemory(tenant: "contoso")
        memory.lastReadAt = seconds.map { start.addingTimeInterval($0) }
        return memory
    }

    @Test(
        "A quiet tenant's last reading is stored once an hour",
        arguments: [
            (300.0, false), (3_599, false), (3_600, true), (-7_200, true),
        ]
    )
    func reading(after seconds: TimeInterval, isNews: Bool) {
        #expect(Self.memory(readAfter: seconds).isNews(to: Self.memory(readAfter: 0)) == isNews)
    }

    @Test func `the first reading is news, and what is the same is not`() {
        #expect(Self.memory(readAfter: 0).isNews(to: Self.memory(readAfter: nil)))
        #expect(!Self.memory(readAfter: 0).isNews(to: Self.memory(readAfter: 0)))
        #expect(!Self.memory(readAfter: nil).isNews(to: Self.memory(readAfter: nil)))
    }

    @Test func `anything else is news at once`() {
        var memory = Self.memory(readAfter: 5)
        memory.owed = [.commit]
        #expect(memory.isNews(to: Self.memory(readAfter: 0)))
        memory = Self.memory(readAfter: 5)
        memory.revision = "b"
        #expect(memory.isNews(to: Self.memory(readAfter: 0)))
    }

    @Test func `a round in which nothing moved leaves nothing to store`() {
        var lane = LaneDriver()
        lane.passUntilRound()
        lane.end()
        let stored = lane.lane.memory
        lane.passUntilRound()
        #expect(lane.begun.last?.kind == .cheap)
        #expect(!lane.lane.memory.isNews(to: stored))
        lane.end(live: .unmoved)
        #expect(!lane.lane.memory.isNews(to: stored))
        #expect(lane.lane.memory != stored)
    }
}
