import FoundationEssentials
import Planning
import Scheduling
import Testing

/// When a tenant runs, and why.
struct LaneTests {
    @Test func `the first round is a full one, and comes within one interval`() {
        for step in 0..<10 {
            var lane = LaneDriver(isStarted: false)
            lane.chance = Double(step) / 10
            lane.tell(.started)
            lane.passUntilRound()
            #expect(lane.begun.map(\.kind) == [.full])
            #expect(lane.begun.map(\.beganAt) == [start.addingTimeInterval(Double(step) * 30)])
        }
    }

    @Test func `cheap rounds come at the interval, full ones hourly`() {
        var lane = LaneDriver()
        lane.end()
        for _ in 0..<12 {
            lane.passUntilRound()
            lane.end()
        }
        #expect(lane.begun.map(\.kind) == [.full] + Array(repeating: .cheap, count: 11) + [.full])
        // An interval is by chance a hundredth to a tenth longer: here the middle of the two.
        #expect(abs(lane.now.timeIntervalSince(start) - 3_798) < 0.001)
    }

    @Test func `a cheap round that sees something move is followed by a full one at once`() {
        var lane = LaneDriver()
        lane.end()
        lane.passUntilRound()
        lane.end(live: .moved)
        #expect(lane.begun.map(\.kind) == [.full, .cheap, .full])
        #expect(lane.begun.last?.beganAt == lane.now)
    }

    @Test func `a request is answered by the outcome of a round that began after it`() {
        var lane = LaneDriver()
        lane.tell(.asked(id: "one", .request))
        lane.end(.applied)
        #expect(lane.answers == [])
        #expect(lane.begun.count == 2)
        #expect(lane.begun.last?.causes == [.request])
        lane.tell(.asked(id: "two", .request))
        lane.end()
        #expect(lane.answers.map(\.request) == ["one"])
        lane.end()
        #expect(lane.answers.map(\.request) == ["one", "two"])
        #expect(lane.lane.running == nil)
    }

    @Test func `while a thousand requests wait, another is told at once that it was not taken`() {
        var lane = LaneDriver()
        for number in 1...LaneMemory.requestLimit { lane.tell(.asked(id: "\(number)", .request)) }
        lane.tell(.asked(id: "7", .request))
        #expect(lane.answers == [])
        lane.tell(.asked(id: "late", .request))
        #expect(lane.answers.map(\.request) == ["late"])
        #expect(lane.answers.first?.exitCode == 1)
        #expect(lane.answers.first?.message.hasPrefix("1000 requests for contoso wait") == true)
        lane.end()
        lane.end()
        #expect(Set(lane.answers.map(\.request)).count == LaneMemory.requestLimit + 1)
        #expect(lane.answers.count == LaneMemory.requestLimit + 1)
        lane.tell(.asked(id: "later", .request))
        lane.end()
        #expect(lane.answers.last?.request == "later" && lane.answers.last?.exitCode == 0)
    }

    @Test func `a commit begins at once, and a push to many tenants is spread over a minute`() {
        var lane = LaneDriver()
        lane.end()
        lane.tell(.sourceMoved(revision: "a", tree: "1", isSpread: false))
        #expect(lane.begun.last?.causes == [.commit])
        lane.end()
        lane.tell(.sourceMoved(revision: "b", tree: "2", isSpread: true))
        #expect(lane.lane.running == nil)
        #expect(lane.wake == lane.now.addingTimeInterval(30))
        lane.passUntilRound()
        #expect(lane.begun.last?.causes == [.commit])
    }

    @Test func `a commit that leaves the tenant's folder alone starts nothing`() {
        var lane = LaneDriver()
        lane.tell(.sourceMoved(revision: "a", tree: "1", isSpread: false))
        lane.end()
        lane.end()
        let count = lane.begun.count
        lane.tell(.sourceMoved(revision: "b", tree: "1", isSpread: false))
        #expect(lane.begun.count == count)
        #expect(lane.lane.memory.revision == "b")
    }

    @Test func `after failures it waits one second, two, four, to five minutes, by chance`() {
        var lane = LaneDriver()
        lane.chance = 0.999_999
        var waits: [Int] = []
        for _ in 0..<11 {
            lane.end(.failed, live: .unknown(reason: .serviceError, message: "503"), cause: .passing)
            let failed = lane.now
            lane.passUntilRound()
            waits.append(Int(lane.now.timeIntervalSince(failed).rounded()))
        }
        #expect(waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300])
        lane.end()
        #expect(lane.wake > lane.now.addingTimeInterval(200))
    }

    @Test func `Retry-After wins, over a request too, but not for longer than an hour`() {
        var lane = LaneDriver()
        let until = lane.now.addingTimeInterval(90)
        lane.end(.failed, live: .unknown(reason: .throttled, message: "429"), cause: .passing, next: .at(until))
        lane.tell(.asked(id: "one", .request))
        #expect(lane.lane.running == nil)
        lane.passUntilRound()
        #expect(lane.now == until)
        lane.end(
            .failed,
            live: .unknown(reason: .throttled, message: "429"),
            cause: .passing,
            next: .at(lane.now.addingTimeInterval(1e9))
        )
        let failed = lane.now
        lane.passUntilRound()
        #expect(lane.now.timeIntervalSince(failed) <= 3_601)
    }

    @Test func `a lane that waits is woken when something is due, and not before`() {
        var lane = LaneDriver()
        let until = lane.now.addingTimeInterval(90)
        lane.end(.failed, live: .unknown(reason: .throttled, message: "429"), cause: .passing, next: .at(until))
        lane.now = until
        lane.tell(.tick)
        #expect(lane.lane.running == nil)
        #expect(lane.wake == until.addingTimeInterval(0.5))
    }

    @Test func `what the gate cannot judge is tried after 1, 5 and 15 minutes, and then a person must approve`() {
        var lane = LaneDriver()
        lane.tell(.sourceMoved(revision: "a", tree: "1", isSpread: false))
        lane.end()
        var waits: [TimeInterval] = []
        func hold(_ outcome: inout RoundOutcome) { outcome.gate = GateWord(verdict: .hold, reason: "Unreachable") }
        for _ in 0..<3 {
            lane.end(.held, cause: .gateUndecided, hold)
            let held = lane.now
            repeat {
                lane.passUntilRound()
                if lane.begun.last?.mayApply == false { lane.end(.pending, live: .unmoved) }
            } while lane.lane.running == nil
            waits.append(lane.now.timeIntervalSince(held))
        }
        #expect(waits == [60, 300, 900])
        #expect(!lane.told.contains("Approved/ApprovalRequired raised"))
        lane.end(.held, cause: .gateUndecided, hold)
        #expect(lane.told.contains("Approved/ApprovalRequired raised"))
        #expect(lane.lane.memory.waiting?.cause == .gateUndecided)
    }

    @Test func `a freeze is waited for, and reading goes on`() {
        var lane = LaneDriver()
        lane.tell(.sourceMoved(revision: "a", tree: "1", isSpread: false))
        lane.end()
        let end = lane.now.addingTimeInterval(7_300)
        lane.end(.held, cause: .frozen, next: .at(end)) { $0.guards = ["freeze"] }
        lane.forget()
        while lane.now < end {
            lane.passUntilRound()
            if lane.now < end { #expect(lane.begun.last?.mayApply == false) }
            if lane.now < end { lane.end(lane.begun.last?.kind == .full ? .pending : .inSync) }
        }
        #expect(lane.begun.count > 20)
        #expect(lane.begun.last?.mayApply == true)
        #expect(lane.now == end)
    }

    @Test func `a freeze that is taken out of the configuration is waited for no longer`() {
        var lane = LaneDriver()
        lane.tell(.sourceMoved(revision: "a", tree: "1", isSpread: false))
        lane.end()
        lane.end(.held, cause: .frozen, next: .at(lane.now.addingTimeInterval(200_000))) { $0.guards = ["freeze"] }
        lane.tell(.policyChanged(LanePolicy()))
        lane.passUntilRound()
        #expect(lane.begun.last?.mayApply == false)
        lane.end(lane.begun.last?.kind == .full ? .pending : .inSync)
        lane.tell(.policyChanged(LanePolicy(seal: "without a freeze")))
        let end = lane.now.addingTimeInterval(600)
        while lane.now < end, lane.begun.last?.mayApply != true {
            lane.passUntilRound()
            if lane.begun.last?.mayApply != true { lane.end(lane.begun.last?.kind == .full ? .pending : .inSync) }
        }
        #expect(lane.begun.last?.mayApply == true)
    }

    @Test(
        "What waits for a person is not tried again until git, an approval, a request or the configuration changes",
        arguments: [
            LaneInput.sourceMoved(revision: "b", tree: "2", isSpread: false),
            .approved(Approval(digest: "sha256:0", reason: "seen", by: "ops", at: start)), .asked(id: "one", .retry),
            .policyChanged(LanePolicy(interval: .seconds(60))), .policyChanged(LanePolicy(seal: "another limit")),
        ]
    )
    func waiting(input: LaneInput) {
        var lane = LaneDriver()
        lane.tell(.sourceMoved(revision: "a", tree: "1", isSpread: false))
        lane.end()
        lane.end(.held, cause: .guarded) { $0.guards = ["change-limit"] }
        for _ in 0..<30 {
            lane.passUntilRound()
            #expect(lane.begun.last?.mayApply == false)
            lane.end(lane.begun.last?.kind == .full ? .pending : .inSync)
        }
        #expect(lane.told.contains("Blocked/ThresholdExceeded raised"))
        #expect(!lane.told.contains("Blocked/ThresholdExceeded cleared"))
        lane.tell(input)
        lane.passUntilRound()
        #expect(lane.begun.last?.mayApply == true)
        lane.end(.applied)
        #expect(lane.told.contains("Blocked/ThresholdExceeded cleared"))
    }

    @Test func `a plan that came true another way waits no more, and is asked for again when it is back`() {
        var lane = LaneDriver()
        lane.tell(.sourceMoved(revision: "a", tree: "1", isSpread: false))
        lane.end()
        lane.end(.held, cause: .guarded) { $0.guards = ["not-reviewed"] }
        func full(_ result: RoundOutcome.Result, _ guards: [String] = []) {
            lane.tell(.stirred(.request))
            #expect(lane.begun.last?.mayApply == false)
            lane.end(result) { $0.guards = guards }
        }
        func ready() -> String? { lane.lane.conditions.first { $0.type == .ready }?.reason }
        full(.pending, ["not-reviewed"])
        // Git takes over what weakens: nothing to write, and held all the same.
        full(.inSync, ["not-reviewed"])
        #expect(lane.told == ["Approved/ApprovalRequired raised"])
        #expect(ready() == "ApprovalRequired" && lane.lane.running == nil)
        full(.inSync)
        #expect(lane.told.last == "Approved/ApprovalRequired cleared")
        #expect(ready() == "Succeeded" && lane.lane.running == nil)
        full(.pending, ["not-reviewed"])
        #expect(lane.lane.running?.mayApply == true)
        lane.end(.held, cause: .guarded) { $0.guards = ["not-reviewed"] }
        #expect(lane.told.last == "Approved/ApprovalRequired raised")
        full(.pending, ["not-reviewed"])
        #expect(ready() == "ApprovalRequired" && lane.lane.running == nil)
    }

    @Test func `what comes during a round is not undone by the round's ending`() {
        var lane = LaneDriver()
        lane.tell(.sourceMoved(revision: "a", tree: "1", isSpread: false))
        lane.end()
        lane.tell(.sourceMoved(revision: "b", tree: "2", isSpread: false))
        lane.end(.rolledBack, cause: .refused)
        #expect(lane.begun.last?.mayApply == true)
        #expect(lane.begun.last?.causes == [.commit])
    }

    @Test func `a suspended tenant is read and not written, until the time or a person says so`() {
        var lane = LaneDriver()
        let until = lane.now.addingTimeInterval(1_000)
        lane.tell(.suspended(Suspension(until: until, reason: "migration", by: "ops", since: lane.now)))
        lane.end()
        lane.tell(.sourceMoved(revision: "a", tree: "1", isSpread: false))
        #expect(lane.begun.last?.mayApply == false)
        lane.end(.pending)
        #expect(lane.told == ["Suspended/Suspended raised"])
        lane.forget()
        while lane.now < until {
            lane.passUntilRound()
            if lane.now < until { lane.end() }
        }
        #expect(lane.begun.last?.mayApply == true)
        #expect(lane.told == ["Suspended/Suspended cleared"])
    }

    @Test func `a round that passes its deadline is ended, and given up when it does not end`() {
        var lane = LaneDriver(LanePolicy(deadline: .seconds(600)))
        lane.tell(.asked(id: "one", .request))
        lane.end()
        lane.pass(600)
        #expect(lane.ended == [2])
        #expect(lane.told == ["Stalled/DeadlineExceeded raised"])
        lane.pass(60)
        #expect(lane.answers.map(\.result) == [.failed])
        lane.passUntilRound()
        lane.end()
        #expect(lane.told.contains("Stalled/DeadlineExceeded cleared"))
    }

    @Test func `a commit held by its rollout is not written, and goes once the canaries are through`() {
        var lane = LaneDriver()
        lane.end()
        lane.tell(.rollout(.stopped(tenant: "lab", reason: "rolled back")))
        lane.tell(.sourceMoved(revision: "a", tree: "1", isSpread: false))
        #expect(lane.begun.last?.mayApply == false)
        lane.end(.pending)
        #expect(lane.told == ["rollout-stopped/rollout-stopped raised"])
        #expect(lane.events.last?.message.contains("lab: rolled back") == true)
        lane.tell(.rollout(.go))
        #expect(lane.begun.last?.mayApply == true)
        #expect(lane.told.last == "rollout-stopped/rollout-stopped cleared")
    }

    @Test func `a clock that jumps back or ahead neither stops nor floods the lane`() {
        var lane = LaneDriver()
        lane.end()
        lane.now = lane.now.addingTimeInterval(-86_400 * 365)
        lane.tell(.tick)
        #expect(lane.wake.timeIntervalSince(lane.now) <= 330)
        lane.now = lane.now.addingTimeInterval(86_400 * 3_650)
        lane.tell(.tick)
        #expect(lane.begun.count == 2)
    }

    @Test func `a process that takes a tenant over goes at once on with what was being written`() {
        var lane = LaneDriver()
        lane.tell(.sourceMoved(revision: "a", tree: "1", isSpread: false))
        lane.end()
        #expect(lane.lane.running?.causes == [.commit])
        var next = LaneDriver(isStarted: false)
        next.lane = Lane(tenant: "contoso", policy: LanePolicy(), memory: lane.lane.memory)
        next.tell(.started)
        #expect(next.begun.map(\.causes) == [[.commit]])
        #expect(next.begun.map(\.beganAt) == [start])
    }

    @Test func `a commit that had not begun when the process ended begins within a minute`() {
        var lane = LaneDriver()
        lane.end()
        lane.tell(.sourceMoved(revision: "a", tree: "1", isSpread: true))
        var next = LaneDriver(isStarted: false)
        next.lane = Lane(tenant: "contoso", policy: LanePolicy(), memory: lane.lane.memory)
        next.tell(.started)
        next.passUntilRound()
        #expect(next.begun.map(\.causes) == [[.commit]])
        #expect(next.now == start.addingTimeInterval(30))
    }

    @Test func `a round that fails without saying why is tried again with back-off`() {
        var lane = LaneDriver()
        lane.end(.failed, live: .notAsked)
        #expect(lane.wake == lane.now.addingTimeInterval(0.5))
    }

    @Test func `a lane that goes on from its memory forgets no request and tells nothing twice`() throws {
        var lane = LaneDriver()
        lane.tell(.asked(id: "one", .request))
        lane.end(live: .read(LiveView(drift: [.fixture()])))
        let told = lane.told
        let stored = try JSONCoding.copy(lane.lane.memory)
        #expect(stored == lane.lane.memory)
        var next = LaneDriver(isStarted: false)
        next.lane = Lane(tenant: "contoso", policy: LanePolicy(), memory: stored)
        next.tell(.started)
        next.end(live: .read(LiveView(drift: [.fixture()])))
        #expect(next.answers.map(\.request) == ["one"])
        #expect(told == ["Drifted/FieldsChanged raised"])
        #expect(next.told == [])
    }
}
