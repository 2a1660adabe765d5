import Connectors
import FoundationEssentials
import Planning
import Scheduling
import Testing

/// Which deviations are put back by themselves.
struct DriftPolicyTests {
    static let correcting = LanePolicy(drift: .correct)

    struct Row: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var policy = DriftPolicyTests.correcting
        var drift: DriftFinding
        /// What is put back after `correctAfter`, `nil` for nothing.
        var corrected: [String]?
        var meanwhile: LaneInput?
        var cause: StopCause?
    }

    @Test(arguments: [
        Row(testDescription: "a deviation is put back", drift: .fixture(), corrected: ["comment"]),
        Row(testDescription: "not where it is only reported", policy: LanePolicy(), drift: .fixture()),
        Row(testDescription: "not where it is proposed", policy: LanePolicy(drift: .propose), drift: .fixture()),
        Row(testDescription: "not what was accepted", drift: .fixture(accepted: ["comment"])),
        Row(
            testDescription: "what was accepted stops no other field",
            drift: .fixture(fields: ["comment", "enabled"], accepted: ["comment"]),
            corrected: ["enabled"]
        ),
        Row(testDescription: "not what weakens security", drift: .fixture(weakening: ["comment"])),
        Row(
            testDescription: "what weakens stops no other field",
            drift: .fixture(fields: ["comment", "tlsSettings"], weakening: ["tlsSettings"]),
            corrected: ["comment"]
        ),
        Row(
            testDescription: "a connector that is gone is created again",
            drift: .fixture(form: .missing),
            corrected: []
        ),
        Row(
            testDescription: "not where creating it again weakens security",
            drift: .fixture(form: .missing, weakening: ["object"])
        ),
        Row(
            testDescription: "one that was recreated is left, as putting it back deletes",
            drift: .fixture(form: .recreated)
        ),
        Row(testDescription: "not what we wrote ourselves", drift: .fixture(author: .ours)),
        Row(
            testDescription: "not while suspended",
            drift: .fixture(),
            meanwhile: .suspended(
                Suspension(until: start.addingTimeInterval(1e6), reason: "r", by: "ops", since: start)
            )
        ),
        Row(testDescription: "not while a person is waited for", drift: .fixture(), cause: .guarded),
        Row(testDescription: "not while frozen", drift: .fixture(), cause: .frozen),
    ])
    func correction(_ row: Row) {
        var lane = LaneDriver(row.policy)
        if let input = row.meanwhile { lane.tell(input) }
        let next = row.cause == .frozen ? NextLook.at(start.addingTimeInterval(1e6)) : nil
        lane.end(
            row.cause == nil ? .inSync : .held,
            live: .read(LiveView(drift: [row.drift])),
            cause: row.cause,
            next: next
        )
        while lane.now < start.addingTimeInterval(1_900) {
            lane.passUntilRound()
            guard lane.begun.last?.corrections == [] else { break }
            let isFull = lane.begun.last?.kind == .full
            lane.end(
                isFull && row.cause != nil ? .pending : .inSync,
                live: isFull ? .read(LiveView(drift: [row.drift])) : .unmoved
            )
        }
        #expect(lane.begun.last?.corrections.first?.fields == row.corrected)
        if row.corrected != nil { #expect(lane.now == start.addingTimeInterval(900)) }
    }

    @Test func `a field that deviates later waits its own time`() {
        var lane = LaneDriver(Self.correcting)
        lane.end(live: .read(LiveView(drift: [.fixture()])))
        lane.now = start.addingTimeInterval(600)
        lane.tell(.asked(id: "one", .request))
        let both = LiveState.read(LiveView(drift: [.fixture(fields: ["comment", "enabled"])]))
        lane.end(live: both)
        while lane.now < start.addingTimeInterval(900) {
            lane.passUntilRound()
            if lane.begun.last?.corrections == [] { lane.end(live: lane.begun.last?.kind == .full ? both : .unmoved) }
        }
        #expect(lane.begun.last?.corrections.first?.fields == ["comment"])
        lane.end(.applied, live: .read(LiveView(drift: [.fixture(fields: ["enabled"])])))
        while lane.now < start.addingTimeInterval(1_500) {
            lane.passUntilRound()
            if lane.begun.last?.corrections == [] {
                lane.end(
                    live: lane.begun.last?.kind == .full
                        ? .read(LiveView(drift: [.fixture(fields: ["enabled"])])) : .unmoved
                )
            }
        }
        #expect(lane.begun.last?.corrections.first?.fields == ["enabled"])
    }

    @Test func `after three changes by others within a day the connector is corrected no more, until retry`() {
        var lane = LaneDriver(LanePolicy(drift: .correct, correctAfter: .seconds(60)))
        var corrections = 0
        for _ in 0..<200 {
            let round = lane.begun.last
            let isCorrection = round?.corrections.isEmpty == false
            if isCorrection { corrections += 1 }
            lane.end(
                isCorrection ? .applied : .inSync,
                live: round?.kind == .full
                    ? .read(LiveView(drift: isCorrection ? [] : [.fixture(author: .notFound)])) : .moved
            )
            lane.passUntilRound()
        }
        #expect(corrections == 2)
        #expect(lane.told.filter { $0 == "fight/ChangedAgain raised" }.count == 1)
        lane.tell(.asked(id: "one", .retry))
        for _ in 0..<20 where lane.begun.last?.corrections == [] {
            lane.end(
                live: lane.begun.last?.kind == .full ? .read(LiveView(drift: [.fixture(author: .notFound)])) : .unmoved
            )
            lane.passUntilRound()
        }
        #expect(lane.told.last == "fight/ChangedAgain cleared")
        #expect(lane.begun.last?.corrections.count == 1)
    }

    @Test func `three changes by others in more than a day are no fight`() {
        var lane = LaneDriver(Self.correcting)
        lane.end()
        for _ in 0..<4 {
            // The connector deviates every thirteen hours, and is put back in between.
            for drift in [[DriftFinding.fixture(author: .notFound)], []] {
                lane.tell(.stirred(.request))
                lane.end(live: .read(LiveView(drift: drift)))
                lane.now += 23_400
            }
        }
        #expect(lane.told.count { $0 == "Drifted/FieldsChanged raised" } == 4)
        #expect(!lane.told.contains("fight/ChangedAgain raised"))
    }

    @Test func `a correction that is written leaves what the commit waits for`() {
        var lane = LaneDriver(LanePolicy(changes: .propose, drift: .correct))
        let drifting = LiveState.read(LiveView(drift: [.fixture(author: .notFound)]))
        func wait(_ outcome: inout RoundOutcome) {
            outcome.waiting = WaitingPlan(planDigest: "sha256:1", changesDigest: "sha256:2")
        }
        lane.end(.pending, live: drifting, wait)
        lane.passUntilRound()
        while lane.begun.last?.corrections == [] {
            if lane.begun.last?.kind == .full { lane.end(.pending, live: drifting, wait) } else { lane.end() }
            lane.passUntilRound()
        }
        #expect(lane.begun.last?.mayApply == false)
        lane.end(.applied)
        #expect(lane.told.last == "Ready/Corrected raised")
        #expect(lane.told.contains("Approved/ApprovalRequired raised"))
        #expect(!lane.told.contains("Approved/ApprovalRequired cleared"))
    }

    @Test func `a correction that did not stick is not tried again at once`() {
        var lane = LaneDriver(LanePolicy(drift: .correct, correctAfter: .seconds(1)))
        let drifting = LiveState.read(LiveView(drift: [.fixture(author: .notFound)]))
        lane.end(live: drifting)
        for _ in 0..<100 {
            lane.passUntilRound()
            lane.end(live: lane.begun.last?.kind == .full ? drifting : .unmoved)
        }
        #expect(lane.now > start.addingTimeInterval(100 * 120))
    }

    @Test func `a correction that finds nothing to write comes back with the hourly rounds, or with another commit`() {
        var lane = LaneDriver(LanePolicy(drift: .correct, correctAfter: .seconds(1)))
        let drifting = LiveState.read(LiveView(drift: [.fixture(author: .notFound)]))
        var corrections: [Date] = []
        func step() {
            let round = lane.begun.last
            if round?.corrections.isEmpty == false { corrections.append(lane.now) }
            lane.end(
                round?.corrections.isEmpty == false ? .pending : .inSync,
                live: round?.kind == .full ? drifting : .unmoved
            )
            lane.passUntilRound()
        }
        while lane.now < start.addingTimeInterval(36_000) { step() }
        #expect((9...11).contains(corrections.count), "\(corrections.count)")
        lane.tell(.sourceMoved(revision: "b", tree: "2", isSpread: false))
        let moved = lane.now
        while corrections.last.map({ $0 < moved }) ?? true { step() }
        #expect(corrections.last.map { $0.timeIntervalSince(moved) < 700 } == true)
    }
}
