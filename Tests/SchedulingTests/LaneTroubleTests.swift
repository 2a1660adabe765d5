import FoundationEssentials
import Planning
import Scheduling
import Testing

/// What a lane makes of rounds that fail or tell late, and of a clock that is set back meanwhile.
struct LaneTroubleTests {
    @Test func `what a round that was given up tells late does not end the one that runs now`() {
        var lane = LaneDriver(LanePolicy(deadline: .seconds(600)))
        lane.pass(660)
        lane.passUntilRound()
        #expect(lane.begun.map(\.number) == [1, 2])
        lane.tell(.roundEnded(RoundOutcome(round: 1, result: .applied, live: .read(LiveView()))))
        #expect(lane.lane.running?.number == 2)
        #expect(!lane.told.contains("Ready/Applied raised"))
        lane.end()
        #expect(lane.lane.running == nil)
    }

    @Test func `a clock that is set back makes no Retry-After longer than an hour`() {
        var lane = LaneDriver()
        let until = lane.now.addingTimeInterval(3_600)
        lane.end(.failed, live: .unknown(reason: .throttled, message: "429"), cause: .throttled, next: .at(until))
        lane.now = lane.now.addingTimeInterval(-86_400)
        lane.tell(.tick)
        lane.pass(3_599)
        #expect(lane.begun.count == 1)
        lane.pass(3)
        #expect(lane.begun.count == 2)
    }

    @Test func `a round that fails keeps why it ran, for its next try and for the next process`() {
        var lane = LaneDriver()
        lane.end()
        lane.tell(.sourceMoved(revision: "a", tree: "1", isSpread: false))
        lane.end(.failed, live: .unknown(reason: .serviceError, message: "503"), cause: .passing)
        #expect(lane.lane.memory.owed == [.commit])
        lane.passUntilRound()
        #expect(lane.begun.last?.causes == [.commit])
    }

    @Test(arguments: [
        (StopCause.storeFailed, "StoreFailed"), (.sourceUnreadable, "SourceUnreadable"), (.ownFault, "OwnFault"),
    ])
    func `a fault that is not the tenant's is told when it comes again, until it is over`(
        _ cause: StopCause,
        _ reason: String
    ) {
        var lane = LaneDriver()
        lane.end(.failed, live: .notAsked, cause: cause)
        #expect(lane.told == [])
        lane.passUntilRound()
        lane.end(.failed, live: .notAsked, cause: cause)
        #expect(lane.told == ["Ready/\(reason) raised"])
        lane.passUntilRound()
        lane.end()
        #expect(lane.told == ["Ready/\(reason) raised", "Ready/\(reason) cleared"])
    }
}
