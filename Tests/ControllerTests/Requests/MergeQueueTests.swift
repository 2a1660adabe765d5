import Controller
import Forges
import Foundation
import Laboratory
import Synchronization
import Testing

/// The commits that a merge queue tests before they become the branch's tip.
@Suite struct MergeQueueTests {
    private static let path = "tenants/contoso/litware.yaml"

    /// Two requests that were shown, and a queue that has built a commit of each, the second on the first.
    private func withQueue(
        isAltered: Bool = false,
        _ body: @Sendable (DeskBench, _ first: String, _ second: String) async throws -> Void
    ) async throws {
        try await DeskBench.with(kind: "github") { bench in
            try await bench.begin()
            _ = try await bench.request(7)
            let other = DeskBench.inbound("new", slug: "litware")
            let head = try await bench.push(8, text: other, file: Self.path)
            try bench.forge.open(8, head: head)
            await bench.desk.look()
            await bench.desk.look()

            let repository = bench.laboratory.repository
            let tip = try await bench.tip()
            try await repository.git("checkout", "-q", "-b", "gh-readonly-queue/main/pr-7-\(tip)", "main")
            try await repository.git("merge", "-q", "--no-ff", "-m", "Merge 7", "request-7")
            let first = try await bench.tip(of: "HEAD")
            try await repository.git("checkout", "-q", "-b", "gh-readonly-queue/main/pr-8-\(first)")
            try await repository.git("merge", "-q", "--no-ff", "-m", "Merge 8", "request-8")
            if isAltered {
                try repository.write(DeskBench.inbound("altered", slug: "litware"), to: Self.path)
                try await repository.git("commit", "-q", "-a", "--amend", "-m", "Merge 8")
            }
            let second = try await bench.tip(of: "HEAD")
            try await repository.git("checkout", "-q", "main")
            _ = bench.forge.takeCalls()
            try await body(bench, first, second)
        }
    }

    @Test func `each gets the statuses, of all that would be merged with it`() async throws {
        try await withQueue { bench, first, second in
            await bench.desk.queued(at: bench.shift.now)
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
            #expect(bench.forge.takeCalls().allSatisfy { !$0.hasPrefix("set ") })
            let repository = bench.laboratory.repository
            try await repository.git("checkout", "-q", "-b", "gh-readonly-queue/main/pr-9-\(second)", second)
            try await repository.git("commit", "-q", "--allow-empty", "-m", "Merge 9")
            let third = try await bench.tip(of: "HEAD")
            try await repository.git("checkout", "-q", "main")
            await bench.restarted().desk.look()
            #expect(bench.forge.statuses(of: third)["mitregate/gate"] == .success)
        }
    }

    @Test func `one that is not as it was reviewed fails, and the others do not`() async throws {
        try await withQueue(isAltered: true) { bench, first, second in
            await bench.desk.queued(at: bench.shift.now)
            await bench.desk.look()
            #expect(bench.forge.statuses(of: first)["mitregate/plan"] == .success)
            #expect(bench.forge.statuses(of: second)["mitregate/plan"] == .failure)
            #expect(bench.forge.statuses(of: second)["mitregate/validate"] == .success)
        }
    }

    @Test func `where no queue gives a sign, none is asked for`() async throws {
        try await withQueue { bench, first, _ in
            await bench.desk.look()
            #expect(bench.forge.statuses(of: first).isEmpty)
            #expect(bench.forge.takeCalls() == ["open"])
            // And a day after the last sign no more.
            await bench.desk.queued(at: bench.shift.now.addingTimeInterval(-86_401))
            await bench.desk.look()
            #expect(bench.forge.statuses(of: first).isEmpty)
        }
    }
}
