import Controller
import ExchangeSimulator
import Forges
import Foundation
import Laboratory
import Synchronization
import Testing

/// The commits that a merge queue tests before they become the branch's tip.
@Suite struct MergeQueueTests {
    private static let path = "tenants/contoso/litware.yaml"
    static let branches = MergeQueue.branches(below: "refs/heads/gh-readonly-queue/main/")
    static let queues = [branches, .trains]

    /// Two requests that were shown, and a queue that has built a commit of each, the second on the first.
    private func withQueue(
        _ queue: MergeQueue,
        isAltered: Bool = false,
        _ body: @Sendable (DeskBench, _ first: String, _ second: String) async throws -> Void
    ) async throws {
        try await DeskBench.with(kind: queue == .trains ? "gitlab" : "github") { bench in
            bench.forge.state.withLock { $0.queue = queue }
            try await bench.begin()
            _ = try await bench.request(7)
            let other = DeskBench.inbound("new", slug: "litware")
            let head = try await bench.push(8, text: other, file: Self.path)
            try bench.forge.open(8, head: head)
            await bench.desk.look()
            await bench.desk.look()

            let repository = bench.laboratory.repository
            try await repository.git("checkout", "-q", "--detach", "main")
            try await repository.git("merge", "-q", "--no-ff", "-m", "Merge 7", "request-7")
            let first = try await keep(7, in: queue, bench)
            try await repository.git("merge", "-q", "--no-ff", "-m", "Merge 8", "request-8")
            if isAltered {
                try repository.write(DeskBench.inbound("altered", slug: "litware"), to: Self.path)
                try await repository.git("commit", "-q", "-a", "--amend", "-m", "Merge 8")
            }
            let second = try await keep(8, in: queue, bench)
            try await repository.git("checkout", "-q", "main")
            _ = bench.forge.takeCalls()
            try await body(bench, first, second)
        }
    }

    /// Puts what is checked out where a queue keeps what it tests of a request.
    @discardableResult
    private func keep(_ number: Int, in queue: MergeQueue, _ bench: DeskBench) async throws -> String {
        let commit = try await bench.tip(of: "HEAD")
        let reference =
            queue == .trains
            ? MergeQueue.train(of: number) : "\(queue.prefix)pr-\(number)-\(try await bench.tip(of: "HEAD~1"))"
        try await bench.laboratory.repository.git("update-ref", reference, commit)
        return commit
    }

    /// A delivery tells of GitHub's queue, and nothing of a train.
    private func tell(_ bench: DeskBench, of queue: MergeQueue) async {
        if queue != .trains { await bench.desk.queued(at: bench.shift.now) }
    }

    @Test(arguments: queues)
    func `each gets the statuses, of all that would be merged with it`(queue: MergeQueue) async throws {
        try await withQueue(queue) { bench, first, second in
            await tell(bench, of: queue)
            await bench.desk.look()
            for commit in [first, second] {
                let statuses = bench.forge.statuses(of: commit)
                #expect(Set(RequestDeskTests.names).isSubset(of: statuses.keys), "\(statuses)")
                #expect(statuses.values.allSatisfy { $0 == .success }, "\(statuses)")
            }
            #expect(bench.writes.isEmpty, "looking writes nothing")
            #expect(bench.troubles.last == nil)

            // What is said is not said again, and the queue is looked after without another delivery.
            _ = bench.forge.takeCalls()
            await bench.desk.look()
            #expect(bench.forge.takeCalls() == ["open"])
            let repository = bench.laboratory.repository
            let head = try await bench.push(9, text: "Read me", file: "README.md")
            try bench.forge.open(9, head: head)
            try await repository.git("checkout", "-q", "--detach", second)
            try await repository.git("commit", "-q", "--allow-empty", "-m", "Merge 9")
            let third = try await keep(9, in: queue, bench)
            try await repository.git("checkout", "-q", "main")
            await bench.restarted().desk.look()
            #expect(bench.forge.statuses(of: third)["mitregate/gate"] == .success)
        }
    }

    @Test(arguments: queues)
    func `one that is not as it was reviewed fails, and the others do not`(queue: MergeQueue) async throws {
        try await withQueue(queue, isAltered: true) { bench, first, second in
            await tell(bench, of: queue)
            await bench.desk.look()
            #expect(bench.forge.statuses(of: first)["mitregate/plan"] == .success)
            #expect(bench.forge.statuses(of: second)["mitregate/plan"] == .failure)
            #expect(bench.forge.statuses(of: second)["mitregate/validate"] == .success)
        }
    }

    @Test func `a template that no request showed is held in the tenants that use it`() async throws {
        try await DeskBench.with(kind: "github") { bench in
            bench.forge.state.withLock { $0.queue = Self.branches }
            try await bench.useTemplate()
            try await bench.begin()
            let repository = bench.laboratory.repository
            try await repository.git("checkout", "-q", "--detach", "main")
            try repository.write(DeskBench.template("unseen"), to: DeskBench.templatePath)
            try await repository.commit("Merge 7")
            let commit = try await keep(7, in: Self.branches, bench)
            try await repository.git("checkout", "-q", "main")
            await tell(bench, of: Self.branches)
            await bench.desk.look()
            let statuses = bench.forge.statuses(of: commit)
            #expect(statuses["mitregate/validate"] == .success, "\(statuses)")
            #expect(statuses["mitregate/plan"] == .failure, "\(statuses)")
        }
    }

    @Test func `where no queue gives a sign, none is asked for`() async throws {
        try await withQueue(Self.branches) { bench, first, _ in
            await bench.desk.look()
            #expect(bench.forge.statuses(of: first).isEmpty)
            #expect(bench.forge.takeCalls() == ["open"])
            // And a day after the last sign no more.
            await bench.desk.queued(at: bench.shift.now.addingTimeInterval(-86_401))
            await bench.desk.look()
            #expect(bench.forge.statuses(of: first).isEmpty)
        }
    }

    @Test func `a train is planned once its pipeline runs, and one of no open request is left alone`() async throws {
        try await withQueue(.trains) { bench, first, second in
            let stranger = try await bench.tip(of: "request-8")
            try await bench.laboratory.repository.git("update-ref", MergeQueue.train(of: 99), stranger)
            bench.forge.state.withLock { $0.isTesting = false }
            bench.laboratory.simulator.clearRequests()
            await bench.desk.look()
            #expect(bench.forge.takeCalls() == ["open", "testing 7", "testing 8"])
            #expect(bench.laboratory.simulator.requests().isEmpty, "no tenant is asked")
            #expect(bench.troubles.last == nil)

            let known = bench.forge.statuses(of: stranger)
            bench.forge.state.withLock { $0.isTesting = true }
            await bench.desk.look()
            #expect(bench.forge.statuses(of: first)["mitregate/gate"] == .success)
            #expect(bench.forge.statuses(of: second)["mitregate/gate"] == .success)
            #expect(bench.forge.statuses(of: stranger) == known)
            #expect(!bench.forge.takeCalls().contains("testing 99"))
        }
    }
}
