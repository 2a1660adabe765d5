import FoundationEssentials
import Scheduling
import Testing

/// How a commit reaches the tenants of one source.
struct RolloutTests {
    private static let names = ["a", "b", "lab", "pilot"]

    private struct Bench {
        var rollout = Rollout(
            source: "mail-flow",
            policy: RolloutPolicy(canaries: ["lab", "pilot"], wait: .seconds(3_600), stopAfter: 1)
        )
        var now = start
        var told: [String: RolloutPermission] = [:]
        var wake: Date?

        mutating func tell(_ input: RolloutInput) {
            wake = nil
            for action in rollout.handle(input, at: now) {
                switch action {
                case .permit(let tenant, let permission): told[tenant] = permission
                case .wake(let time): wake = time
                }
            }
        }

        mutating func move(_ revision: String, _ tree: String, only: Set<String>? = nil) {
            let trees = RolloutTests.names.map { ($0, only?.contains($0) ?? true ? tree : "1") }
            tell(.moved(revision: revision, trees: Dictionary(uniqueKeysWithValues: trees)))
        }

        mutating func end(_ tenant: String, _ ending: RolloutEnding, tree: String = "1") {
            tell(.ended(tenant: tenant, tree: tree, ending))
        }

        func isWaiting(_ tenant: String) -> Bool {
            if case .waiting = told[tenant] { true } else { false }
        }
    }

    @Test func `canaries come first, the others when all of them are through and the wait has passed`() {
        var bench = Bench()
        bench.move("r1", "1")
        #expect(bench.told["lab"] == .go)
        #expect(bench.isWaiting("a"))
        bench.end("lab", .applied(isWatched: false))
        bench.now += 600
        bench.end("pilot", .applied(isWatched: true))
        #expect(bench.isWaiting("a"))
        bench.now += 86_400
        #expect(bench.rollout.permission(for: "a", at: bench.now) != .go)
        bench.end("pilot", .judged)
        #expect(bench.told["a"] == .go)
        #expect(bench.told["b"] == .go)
    }

    @Test func `canaries without a watch count as not judged, and the wait counts from the last write`() {
        var bench = Bench()
        bench.move("r1", "1")
        bench.end("lab", .applied(isWatched: false))
        bench.now += 600
        bench.end("pilot", .applied(isWatched: false))
        #expect(bench.wake == start.addingTimeInterval(4_200))
        bench.now += 3_599
        bench.tell(.tick)
        #expect(bench.isWaiting("a"))
        bench.now += 1
        bench.tell(.tick)
        #expect(bench.told["a"] == .go)
    }

    @Test func `a canary that fails stops the commit for the others, which say who stopped them and why`() {
        var bench = Bench()
        bench.move("r1", "1")
        bench.end("lab", .failed("a rule of Exchange"))
        let stopped = RolloutPermission.stopped(tenant: "lab", reason: "a rule of Exchange")
        #expect(bench.told == ["lab": .go, "pilot": stopped, "a": stopped, "b": stopped])
        bench.now += 1_000_000
        bench.tell(.tick)
        #expect(bench.told["a"] == stopped)
    }

    @Test func `a watch that regresses in any tenant stops those that have not got it yet`() {
        var bench = Bench()
        bench.move("r1", "1")
        bench.end("lab", .applied(isWatched: false))
        bench.end("pilot", .applied(isWatched: false))
        bench.now += 3_600
        bench.tell(.tick)
        bench.end("a", .applied(isWatched: true))
        bench.end("a", .failed("mail fails"))
        #expect(bench.told["b"] == .stopped(tenant: "a", reason: "mail fails"))
        #expect(bench.told["a"] == .go)
        #expect(bench.told["lab"] == .go)
    }

    @Test func `a canary whose watch ended unheard is through once a later look says so, and waits no longer for it`() {
        var bench = Bench()
        bench.move("r1", "1")
        bench.end("lab", .applied(isWatched: false))
        bench.end("pilot", .applied(isWatched: true))
        bench.now += 600
        bench.end("pilot", .applied(isWatched: true))
        #expect(bench.isWaiting("a"))
        bench.end("pilot", .applied(isWatched: false))
        #expect(bench.wake == start.addingTimeInterval(3_600))
        bench.now += 3_000
        bench.tell(.tick)
        #expect(bench.told["a"] == .go)
    }

    @Test func `a canary in which mail fails holds the commit until it is tried again, whatever a later look says`() {
        for later in [RolloutEnding.applied(isWatched: false), .applied(isWatched: true), .judged, .failed("refused")] {
            var bench = Bench()
            bench.move("r1", "1")
            bench.end("lab", .applied(isWatched: true))
            bench.end("pilot", .applied(isWatched: false))
            bench.end("lab", .regressed("mail fails"))
            bench.end("lab", later)
            #expect(bench.told["a"] == .stopped(tenant: "lab", reason: "mail fails"), "\(later)")
            bench.tell(.retried)
            bench.end("lab", .applied(isWatched: false))
            bench.now += 3_600
            bench.tell(.tick)
            #expect(bench.told["a"] == .go, "\(later)")
        }
    }

    @Test func `a watch that ends well after the commit failed does not undo the failure`() {
        var bench = Bench()
        bench.move("r1", "1")
        bench.end("lab", .applied(isWatched: true))
        bench.end("lab", .failed("refused"))
        bench.end("lab", .judged)
        #expect(bench.rollout.isStopped)
        #expect(bench.told["a"] == .stopped(tenant: "lab", reason: "refused"))
    }

    @Test func `a tenant that is configured no longer stops no other`() {
        var bench = Bench()
        bench.move("r1", "1")
        bench.end("lab", .failed("refused"))
        bench.tell(.moved(revision: "r2", trees: ["a": "1", "b": "1", "pilot": "1"]))
        #expect(!bench.rollout.isStopped)
        #expect(bench.told["pilot"] == .go)
        #expect(bench.isWaiting("a"))
    }

    @Test func `with stopAfter 2 one failure stops nothing, but a canary that failed is waited for`() {
        var bench = Bench()
        bench.tell(.policyChanged(RolloutPolicy(canaries: ["lab"], wait: .zero, stopAfter: 2)))
        bench.move("r1", "1")
        bench.end("lab", .failed("refused"))
        #expect(bench.told["a"] == .waiting("The commit failed in the canary lab: refused"))
        #expect(!bench.rollout.isStopped)
        bench.tell(.retried)
        bench.end("lab", .applied(isWatched: false))
        #expect(bench.told["a"] == .go)
    }

    @Test func `retry lifts the stop, and so does a commit that changes what failed`() {
        for isRetry in [true, false] {
            var bench = Bench()
            bench.move("r1", "1")
            bench.end("lab", .failed("refused"))
            if isRetry { bench.tell(.retried) } else { bench.move("r2", "2") }
            #expect(bench.told["lab"] == .go)
            #expect(bench.isWaiting("a"))
        }
    }

    @Test func `a commit that leaves the failed folder alone does not lift the stop`() {
        var bench = Bench()
        bench.move("r1", "1")
        bench.end("lab", .failed("refused"))
        bench.move("r2", "2", only: ["a"])
        #expect(bench.told["a"] == .stopped(tenant: "lab", reason: "refused"))
    }

    @Test func `a commit that touches no canary does not wait once the canaries are through`() {
        var bench = Bench()
        bench.move("r1", "1")
        bench.end("lab", .applied(isWatched: false))
        bench.end("pilot", .applied(isWatched: false))
        bench.now += 3_600
        bench.tell(.tick)
        bench.end("a", .applied(isWatched: false))
        bench.move("r2", "2", only: ["a"])
        #expect(bench.told["a"] == .go)
    }

    @Test func `what is told of an older commit counts for nothing`() {
        var bench = Bench()
        bench.move("r1", "1")
        bench.move("r2", "2")
        bench.end("lab", .failed("refused"), tree: "1")
        #expect(!bench.rollout.isStopped)
        #expect(bench.told["pilot"] == .go)
    }

    @Test func `without canaries all get it at once`() {
        var bench = Bench()
        bench.tell(.policyChanged(RolloutPolicy()))
        bench.move("r1", "1")
        #expect(Set(bench.told.values) == [.go])
    }

    @Test func `a rollout that was stored goes on where it was`() throws {
        var bench = Bench()
        bench.move("r1", "1")
        bench.end("lab", .failed("refused"))
        bench.end("pilot", .regressed("mail fails"))
        #expect(try JSONCoding.copy(bench.rollout) == bench.rollout)
    }

    @Test func `whatever happens in whatever order, no tenant gets ahead of a canary, and a stop holds`() {
        for seed in 0..<500 {
            var random = SplitMix(seed)
            var bench = Bench()
            bench.move("r1", "1")
            var written: [String: Date] = [:]
            for _ in 0..<40 {
                bench.now += TimeInterval.random(in: 0..<2_000, using: &random)
                let tenant = Self.names.randomElement(using: &random) ?? "a"
                let isOthers = !["lab", "pilot"].contains(tenant)
                bench.tell(.tick)
                guard bench.told[tenant] == .go, written[tenant] == nil else { continue }
                #expect(!bench.rollout.isStopped, "seed \(seed)")
                if isOthers {
                    let first = max(written["lab"] ?? .distantFuture, written["pilot"] ?? .distantFuture)
                    #expect(bench.now >= first.addingTimeInterval(3_600), "seed \(seed)")
                }
                let fails = Int.random(in: 0..<8, using: &random) == 0
                bench.end(tenant, fails ? .failed("refused") : .applied(isWatched: Bool.random(using: &random)))
                written[tenant] = bench.now
                if !fails && Bool.random(using: &random) { bench.end(tenant, .judged) }
            }
        }
    }
}
