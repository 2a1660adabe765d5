import Connectors
import Controller
import ExchangeSimulator
import Forges
import Foundation
import Laboratory
import Planning
import PullRequests
import Reconciling
import StateStore
import Synchronization
import Testing

/// When `mitregate apply` in a comment is refused, and what stops it before its turn has come.
@Suite struct ApplyRefusedTests {
    struct Refusal: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var reason: String
        var by = "author"
        var forge = DeskBench.appliesByComment
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
        Refusal(
            testDescription: "a request for changes by someone of whom it is not known whether he may write",
            reason: "asks for changes"
        ) { bench in
            bench.forge.review(7, by: "other", .changesRequested, at: bench.shift.now)
            bench.forge.refuse("may other", .unavailable)
        },
        Refusal(testDescription: "an approval of who made a commit that another committed", reason: "0 of 1") { bench in
            let repository = bench.laboratory.repository
            try await repository.git("checkout", "-q", "request-7")
            try await repository.git("commit", "-q", "--amend", "--no-edit", "--author", "reviewer <r@contoso.example>")
            let head = try await bench.tip(of: "request-7")
            try await repository.git("update-ref", "refs/pull/7/head", head)
            try await repository.git("checkout", "-q", "main")
            bench.forge.push(head, to: 7)
            await bench.desk.look()
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
        try await DeskBench.withApproved { bench in
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
        try await DeskBench.withApproved { bench in
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
        Meanwhile(testDescription: "the store cannot be read", reason: "the store could not be read") { bench in
            bench.flaky.fail([.pullRequest])
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
        try await DeskBench.withApproved { bench in
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
            bench.flaky.fail([])
            await bench.desk.look()
            #expect(bench.forge.texts(on: 7).contains { $0.contains("before the merge: ") })
        }
    }
}
