import Connectors
import Controller
import ExchangeSimulator
import Forges
import Foundation
import Laboratory
import Planning
import PullRequests
import Reconciling
import Reports
import StateStore
import Synchronization
import Testing

/// `mitregate apply` in a comment: what was shown and approved is applied before the merge, and nothing else.
@Suite struct ApplyByCommentTests {
    @Test func `what is shown and approved is applied before the merge, and told on the request`() async throws {
        try await DeskBench.withApproved { bench in
            let id = await bench.comment()
            #expect(bench.writes == ["Set-InboundConnector"])
            #expect(bench.forge.state.withLock { $0.reactions[id] } == [.seen])
            let text = try #require(bench.forge.texts(on: 7).first { $0.contains("before the merge: ") })
            #expect(text.contains("before the merge: applied in"), "\(text)")
            let asked = try #require(try await bench.stored(7).applying)
            let run = try #require(asked.tenants["contoso"]).run
            #expect(text.contains("mitregate rollback \(run)"))
            let record = try await bench.store.run(matching: run).record
            #expect(record.command == .applyAhead && record.result == .applied && record.startedBy == "author")
            #expect(record.revision == asked.head)
        }
    }

    @Test func `while it is ahead the branch neither undoes it nor calls it drift`() async throws {
        try await DeskBench.withApproved { bench in
            await bench.comment()
            bench.laboratory.simulator.clearRequests()
            let ending = try await bench.apply()
            #expect(ending.stop == nil, "\(String(describing: ending.stop))")
            #expect(bench.writes.isEmpty)
            #expect(ending.drift.isEmpty && ending.plan.plan?.changes.isEmpty == true)
            let standing = try #require(ending.ahead?.first)
            #expect(standing.run.request == 7 && standing.request == .open && !standing.isStranded)
            #expect(standing.connectors.map(\.name) == ["fabrikam"])
            #expect(ending.plan.plan?.notes.contains { $0.contains("runs ahead of git") } == true)
            // The commit in force is the branch's, so that its next commit descends from it.
            let tip = try await bench.tip()
            #expect(try await bench.store.state(of: "contoso").applied.revision == tip)
        }
    }

    @Test(arguments: [DeskBench.Manner.merge, .squash, .rebase])
    func `once it is merged, nothing is written again, and nothing is ahead any more`(
        manner: DeskBench.Manner
    )
        async throws
    {
        try await DeskBench.withApproved { bench in
            await bench.comment()
            await bench.desk.look()
            bench.laboratory.simulator.clearRequests()
            let tip = try await bench.merge(7, manner)
            let ending = try await bench.apply()
            #expect(ending.stop == nil, "\(String(describing: ending.stop))")
            #expect(bench.writes.isEmpty)
            #expect(ending.ahead == [])
            #expect(try await bench.store.aheadRuns(of: "contoso").isEmpty)
            #expect(try await bench.store.state(of: "contoso").applied.revision == tip)
        }
    }

    @Test func `the comment on the plan says that it was applied, and the status that merging writes nothing more`()
        async throws
    {
        try await DeskBench.withApproved { bench in
            await bench.comment()
            bench.shift.advance(7 * 3_600)
            await bench.desk.look()
            let text = try #require(bench.forge.texts(on: 7).first)
            #expect(text.contains("**Applied before the merge**"), "\(text)")
            let head = try await bench.stored(7).head
            let statuses = bench.forge.state.withLock { $0.statuses[CommitID(head)!] } ?? [:]
            #expect(statuses["mitregate/plan"]?.text.contains("merging writes nothing more") == true)
        }
    }

    @Test func `a request that is closed unmerged after it was applied is told, and the tenant is left as it is`()
        async throws
    {
        try await DeskBench.withApproved { bench in
            await bench.comment()
            let woken = bench.woken.all.count
            try await bench.forge.close(7)
            bench.laboratory.simulator.clearRequests()
            await bench.desk.look()
            #expect(bench.woken.all.dropFirst(woken).contains(["contoso"]), "its lane looks at once")
            let text = bench.forge.texts(on: 7).last ?? ""
            #expect(text.contains("closed without a merge, so the tenant is ahead of git"), "\(text)")
            let run = try #require(try await bench.stored(7).applying?.tenants["contoso"]?.run)
            #expect(text.contains("mitregate rollback \(run)"))
            let ending = try await bench.apply()
            #expect(bench.writes.isEmpty)
            #expect(ending.ahead?.map(\.request) == [.closed] && ending.ahead?.first?.isStranded == true)

            // It is taken back as the text says, and then git and tenant agree.
            try await bench.rollBack(run)
            #expect(try await bench.store.standing(of: "contoso").quarantine == nil)
            bench.laboratory.simulator.clearRequests()
            let after = try await bench.apply()
            #expect(after.stop == nil && after.ahead == [] && bench.writes.isEmpty)
            #expect(try await bench.store.aheadRuns(of: "contoso").isEmpty)
        }
    }

    @Test func `a request that is reopened is awaited again`() async throws {
        try await DeskBench.withApproved { bench in
            await bench.comment()
            try await bench.forge.close(7)
            await bench.desk.look()
            let woken = bench.woken.all.count
            bench.forge.state.withLock { state in
                state.time += 1
                state.requests[7]?.state = .open
                state.requests[7]?.updated = state.time
            }
            await bench.desk.look()
            #expect(bench.woken.all.dropFirst(woken).contains(["contoso"]))
            #expect(try await bench.apply().ahead?.map(\.request) == [.open])
            #expect(bench.forge.texts(on: 7).contains { $0.contains("until this request is merged.**") })
        }
    }

    @Test func `what stands is told though a later head is not applied after all`() async throws {
        try await DeskBench.withApproved { bench in
            await bench.comment()
            let run = try #require(try await bench.stored(7).applying?.tenants["contoso"]?.run)
            bench.forge.push(try await bench.push(7, "third"), to: 7)
            await bench.desk.look()
            await bench.approve()
            bench.lanes.state.withLock { $0.mode = .busy }
            await bench.comment()
            bench.lanes.state.withLock { $0.holds["contoso"] = "is suspended until noon." }
            await bench.takeTurns()
            let text = try #require(bench.forge.texts(on: 7).first { $0.contains("before the merge: ") })
            #expect(text.contains("held in") && text.contains("mitregate rollback \(run)"), "\(text)")
        }
    }

    // MARK: A process that ends

    @Test func `a process that ends between the run and the telling leaves both to the next`() async throws {
        try await DeskBench.withApproved { bench in
            bench.lanes.state.withLock { $0.mode = .dyingAfter }
            await bench.comment()
            #expect(bench.writes == ["Set-InboundConnector"])
            #expect(bench.forge.texts(on: 7).contains { $0.contains("being applied in") })
            let next = bench.restarted()
            await next.desk.look()
            #expect(next.forge.texts(on: 7).contains { $0.contains("before the merge: applied in") })
            #expect(bench.writes == ["Set-InboundConnector"], "once")
            let ahead = try await bench.apply().ahead
            #expect(ahead?.count == 1)
        }
    }

    @Test func `a run that never began is told, and not begun by the next process`() async throws {
        try await DeskBench.withApproved { bench in
            bench.lanes.state.withLock { $0.mode = .busy }
            await bench.comment()
            let next = bench.restarted()
            await next.desk.look()
            #expect(bench.writes.isEmpty && next.lanes.state.withLock(\.given) == 0)
            let text = try #require(bench.forge.texts(on: 7).first { $0.contains("before the merge: ") })
            #expect(text.contains("failed in") && text.contains("comment mitregate apply again"), "\(text)")
            // Asked again, it is done.
            await next.comment()
            #expect(bench.writes == ["Set-InboundConnector"])
        }
    }

    @Test func `a run that another process is just claiming the tenant for is not told as never begun`() async throws {
        try await DeskBench.withApproved { bench in
            bench.lanes.state.withLock { $0.mode = .busy }
            await bench.comment()
            let run = try #require(try await bench.stored(7).applying?.tenants["contoso"]?.run)
            let lease = try await bench.lease(for: run)
            let next = bench.restarted()
            await next.desk.look()
            #expect(try await bench.stored(7).applying?.isUnderWay == true)
            try await bench.store.release(lease)
            await next.desk.look()
            #expect(try await bench.stored(7).applying?.tenants["contoso"]?.outcome.state == .failed)
        }
    }

    @Test func `a write that is refused is rolled back, told, and not tried again with the same changes`() async throws
    {
        try await DeskBench.withApproved { bench in
            try bench.laboratory.simulator.setFaults(
                #"[{"match": {"cmdlet": "Set-InboundConnector"}, "times": 1, "effect": {"#
                    + #""errorBody": {"type": "Microsoft.Exchange.Data.DataValidationException", "text": "No."}}}]"#
            )
            await bench.comment()
            let asked = try #require(try await bench.stored(7).applying?.tenants["contoso"])
            #expect([.rolledBack, .failed].contains(asked.outcome.state), "\(asked)")
            #expect(try await bench.store.standing(of: "contoso").quarantine == nil, "the branch is not to blame")
            let ending = try await bench.apply()
            #expect(ending.stop == nil && ending.ahead == [])
        }
    }
}
