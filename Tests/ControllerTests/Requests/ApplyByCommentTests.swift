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
    fileprivate static let on = "apply: comment"

    /// A request that is shown and approved by another person.
    private func withApproved(
        forge: String = Self.on,
        settings: String = "",
        _ body: @Sendable (DeskBench) async throws -> Void
    ) async throws {
        try await DeskBench.with(forge: forge, settings: settings) { bench in
            try await bench.begin()
            _ = try await bench.request(7)
            await bench.desk.look()
            await bench.approve()
            try await body(bench)
        }
    }

    @Test func `what is shown and approved is applied before the merge, and told on the request`() async throws {
        try await withApproved { bench in
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
        try await withApproved { bench in
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
        try await withApproved { bench in
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
        try await withApproved { bench in
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
        try await withApproved { bench in
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
        try await withApproved { bench in
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

    // MARK: What is refused

    struct Refusal: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var reason: String
        var by = "author"
        var forge = ApplyByCommentTests.on
        var settings = ""
        var approver: String? = "reviewer"
        var arrange: @Sendable (DeskBench) async throws -> Void = { _ in }
    }

    @Test(arguments: [
        Refusal(testDescription: "apply: merge", reason: "does not have apply", forge: ""),
        Refusal(testDescription: "no approval", reason: "0 of 1 approvals", approver: nil),
        Refusal(testDescription: "an approval of the author", reason: "0 of 1 approvals", approver: "author"),
        Refusal(testDescription: "an approval of someone who may not write", reason: "0 of 1", approver: "outsider"),
        Refusal(
            testDescription: "fewer approvals than the source asks for",
            reason: "1 of 2 approvals",
            forge: "apply: comment, approvals: 2"
        ),
        Refusal(testDescription: "someone who may not write", reason: "may write to this repository", by: "outsider"),
        Refusal(testDescription: "someone of whom that cannot be found out", reason: "may write") { bench in
            bench.forge.state.withLock { $0.isUnsure = true }
        },
        Refusal(testDescription: "a request for changes", reason: "asks for changes") { bench in
            bench.forge.review(7, by: "other", .changesRequested, at: bench.shift.now)
        },
        Refusal(testDescription: "reviews that were not read in full", reason: "not be read in full") { bench in
            bench.forge.state.withLock { state in
                state.requests[7]?.reviews = []
                state.requests[7]?.reviewsAreComplete = false
            }
        },
        Refusal(testDescription: "a draft", reason: "draft") { bench in
            bench.forge.state.withLock { $0.requests[7]?.isDraft = true }
        },
        Refusal(testDescription: "a fork", reason: "fork") { bench in
            bench.forge.state.withLock { $0.requests[7]?.head.origin = .fork }
        },
        Refusal(testDescription: "a branch that is behind", reason: "not up to date") { bench in
            try bench.laboratory.repository.write("Read me", to: "README.md")
            try await bench.laboratory.repository.commit("Meanwhile")
            await bench.desk.look()
        },
        Refusal(testDescription: "a conflict", reason: "conflict") { bench in
            try bench.laboratory.repository.write(DeskBench.inbound("third"), to: DeskBench.path)
            try await bench.laboratory.repository.commit("Meanwhile")
            await bench.desk.look()
        },
        Refusal(testDescription: "a head that was pushed after the approval", reason: "0 of 1 approvals") { bench in
            let head = try await bench.push(7, "other")
            bench.forge.push(head, to: 7)
            await bench.desk.look()
        },
        Refusal(testDescription: "a suspended tenant", reason: "suspended") { bench in
            bench.lanes.state.withLock { $0.holds["contoso"] = "is suspended until noon." }
        },
        Refusal(
            testDescription: "a freeze",
            reason: "held",
            settings: "freezes: [{cron: \"* * * * *\", duration: 1h}]"
        ),
        Refusal(testDescription: "changes that are only proposed", reason: "held", settings: "changes: propose"),
    ])
    func `it is refused, with the reason, and nothing is written`(row: Refusal) async throws {
        try await DeskBench.with(forge: row.forge, settings: row.settings) { bench in
            if row.settings.contains("freezes") {
                _ = try await bench.apply()
            } else {
                try await bench.begin()
            }
            _ = try await bench.request(7)
            await bench.desk.look()
            if let approver = row.approver { await bench.approve(by: approver) }
            try await row.arrange(bench)
            let id = await bench.comment(by: row.by)
            #expect(bench.forge.state.withLock { $0.reactions[id] } == [.refused])
            #expect(bench.writes.isEmpty && bench.lanes.state.withLock(\.given) == 0)
            let texts = bench.forge.texts(on: 7).joined()
            #expect(texts.contains("last command was refused") && texts.contains(row.reason), "\(texts)")
            #expect(try await bench.stored(7).applying == nil)
        }
    }

    @Test func `a comment that was edited, and one of a program, do nothing`() async throws {
        try await withApproved { bench in
            bench.shift.advance(10)
            let id = bench.forge.say("mitregate apply", on: 7, by: "author", at: bench.shift.now)
            let robot = bench.forge.say("mitregate apply", on: 7, by: "robot", at: bench.shift.now)
            bench.forge.state.withLock { state in
                for index in state.comments.indices where state.comments[index].id == id {
                    state.comments[index].updated += 60
                }
                for index in state.comments.indices where state.comments[index].id == robot {
                    state.comments[index].author.isBot = true
                }
            }
            await bench.desk.look()
            #expect(bench.writes.isEmpty)
            #expect(bench.forge.state.withLock { $0.reactions[id] } == [.refused])
            #expect(bench.forge.state.withLock { $0.reactions[robot] } == nil)
        }
    }

    @Test func `a comment that is told again applies nothing again`() async throws {
        try await withApproved { bench in
            let id = await bench.comment()
            bench.forge.state.withLock { state in
                state.time += 1
                state.requests[7]?.updated = state.time
            }
            await bench.restarted().desk.look()
            #expect(bench.writes == ["Set-InboundConnector"])
            #expect(bench.forge.state.withLock { $0.reactions[id] } == [.seen])
        }
    }

    // MARK: What happens between the comment and its turn

    struct Meanwhile: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var reason: String
        var happens: @Sendable (DeskBench) async throws -> Void
    }

    @Test(arguments: [
        Meanwhile(testDescription: "a force-push", reason: "head has moved") { bench in
            bench.forge.push(try await bench.push(7, "other"), to: 7)
        },
        Meanwhile(testDescription: "a force-push that was looked at", reason: "moved since") { bench in
            bench.forge.push(try await bench.push(7, "other"), to: 7)
            await bench.desk.look()
        },
        Meanwhile(testDescription: "a new tip of the branch", reason: "branch has moved") { bench in
            try bench.laboratory.repository.write("Read me", to: "README.md")
            try await bench.laboratory.repository.commit("Meanwhile")
        },
        Meanwhile(testDescription: "the approval is taken back", reason: "0 of 1 approvals") { bench in
            bench.forge.review(7, by: "reviewer", .dismissed, at: bench.shift.now)
        },
        Meanwhile(testDescription: "it is closed", reason: "not open any more") { bench in
            try await bench.forge.close(7)
        },
        Meanwhile(testDescription: "it becomes a draft", reason: "draft") { bench in
            bench.forge.state.withLock { $0.requests[7]?.isDraft = true }
        },
        Meanwhile(testDescription: "the tenant is suspended", reason: "suspended") { bench in
            bench.lanes.state.withLock { $0.holds["contoso"] = "is suspended until noon." }
        },
        Meanwhile(testDescription: "the forge is down", reason: "forge could not be asked") { bench in
            bench.forge.fail(.unavailable)
        },
        Meanwhile(testDescription: "the tenant moves", reason: "is not what was shown") { bench in
            try await bench.setComment("by hand")
        },
        Meanwhile(testDescription: "the branch's commit is quarantined", reason: "quarantined") { bench in
            try await bench.quarantine()
        },
        Meanwhile(testDescription: "another run has the tenant", reason: "Another run is at work") { bench in
            _ = try await bench.lease()
        },
    ])
    func `whatever moves before its turn has come stops it, and that is told`(row: Meanwhile) async throws {
        try await withApproved { bench in
            bench.lanes.state.withLock { $0.mode = .busy }
            await bench.comment()
            #expect(bench.lanes.state.withLock(\.given) == 1)
            bench.laboratory.simulator.clearRequests()
            try await row.happens(bench)
            await bench.takeTurns()
            #expect(bench.writes.isEmpty)
            let outcome = try #require(try await bench.stored(7).applying?.tenants["contoso"]?.outcome)
            #expect([.held, .failed].contains(outcome.state) && outcome.text.contains(row.reason), "\(outcome)")
            #expect(try await bench.store.aheadRuns(of: "contoso").isEmpty)
            bench.forge.fail(nil)
            await bench.desk.look()
            #expect(bench.forge.texts(on: 7).contains { $0.contains("before the merge: ") })
        }
    }

    // MARK: A process that ends

    @Test func `a process that ends between the run and the telling leaves both to the next`() async throws {
        try await withApproved { bench in
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
        try await withApproved { bench in
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

    @Test func `a write that is refused is rolled back, told, and not tried again with the same changes`() async throws
    {
        try await withApproved { bench in
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

    // MARK: Two requests

    @Test func `two requests that change the same connector are not both ahead`() async throws {
        try await withApproved { bench in
            let head = try await bench.push(8, "third")
            try bench.forge.open(8, head: head)
            await bench.desk.look()
            await bench.comment()
            await bench.desk.look()
            bench.shift.advance(7 * 3_600)
            await bench.desk.look()
            await bench.approve(8)
            bench.laboratory.simulator.clearRequests()
            await bench.comment(on: 8)
            #expect(bench.writes.isEmpty)
            let asked = try #require(try await bench.stored(8).applying?.tenants["contoso"])
            #expect(
                asked.outcome.state == .held && asked.outcome.text.contains("runs ahead of git already"),
                "\(asked)"
            )
        }
    }

    @Test func `two requests that change different connectors may both be ahead`() async throws {
        try await withApproved { bench in
            let text = DeskBench.inbound("new", slug: "litware")
            let head = try await bench.push(8, text: text, file: "tenants/contoso/litware.yaml")
            try bench.forge.open(8, head: head)
            await bench.desk.look()
            await bench.approve(8)
            await bench.comment()
            await bench.desk.look()
            await bench.comment(on: 8)
            #expect(bench.writes.sorted() == ["New-InboundConnector", "Set-InboundConnector"])
            bench.laboratory.simulator.clearRequests()
            let ending = try await bench.apply()
            #expect(ending.stop == nil && bench.writes.isEmpty, "\(String(describing: ending.stop))")
            #expect(ending.ahead?.count == 2 && ending.drift.isEmpty)
        }
    }

    @Test func `a later head of the same request is shown against what was applied, and applied over it`() async throws
    {
        try await withApproved { bench in
            await bench.comment()
            bench.forge.push(try await bench.push(7, "third"), to: 7)
            await bench.desk.look()
            await bench.approve()
            await bench.comment()
            #expect(bench.writes == ["Set-InboundConnector", "Set-InboundConnector"])
            let ahead = try await bench.apply().ahead
            #expect(ahead?.count == 2)
            try await bench.merge(7)
            bench.laboratory.simulator.clearRequests()
            let ending = try await bench.apply()
            #expect(ending.stop == nil && bench.writes.isEmpty && ending.ahead == [])
        }
    }

    @Test func `what another request brought to the branch meanwhile is applied, and what is ahead stays`() async throws
    {
        try await withApproved { bench in
            let text = DeskBench.inbound("new", slug: "litware")
            let head = try await bench.push(8, text: text, file: "tenants/contoso/litware.yaml")
            try bench.forge.open(8, head: head)
            await bench.desk.look()
            await bench.comment()
            bench.laboratory.simulator.clearRequests()
            try await bench.merge(8)
            let ending = try await bench.apply()
            #expect(ending.stop == nil, "\(String(describing: ending.stop))")
            #expect(bench.writes == ["New-InboundConnector"])
            #expect(ending.ahead?.map(\.run.request) == [7])
        }
    }

    @Test func `a change by hand of what is ahead is drift`() async throws {
        try await withApproved { bench in
            await bench.comment()
            try await bench.setComment("by hand")
            let ending = try await bench.apply()
            #expect(ending.drift.map(\.name) == ["fabrikam"])
            #expect(ending.drift.first?.fields.map(\.path) == ["comment"])
        }
    }
}

extension DeskBench {
    /// An administrator changes the connector's comment.
    fileprivate func setComment(_ text: String) async throws {
        try laboratory.simulator.edit(
            tenant: Laboratory.tenantID,
            userId: "eve@contoso.com",
            cmdlet: "Set-InboundConnector",
            parameters: #"{"Identity": "From fabrikam", "Comment": "\#(text)"}"#
        )
    }

    fileprivate func lease() async throws -> Lease {
        let holder = RunHolder.current(run: RunID.make(now: shift.now))
        guard case .granted(let lease) = try await store.acquire("contoso", by: holder, for: .seconds(300)) else {
            throw CancellationError()
        }
        return lease
    }

    fileprivate func quarantine() async throws {
        let lease = try await lease()
        let quarantine = Quarantine(
            tenant: "contoso",
            revision: try await tip(),
            run: RunID.make(now: shift.now),
            reason: "a test",
            since: shift.now
        )
        try await store.commit(StateChange(quarantine: .set(quarantine)), under: lease)
        try await store.release(lease)
    }
}
