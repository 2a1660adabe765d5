import Controller
import Foundation
import Forges
import Laboratory
import Planning
import PullRequests
import Reconciling
import Reports
import Synchronization
import Testing

/// Only what was shown in a merged request reaches a tenant, unless a person releases it.
@Suite struct ReviewedIsAppliedTests {
    @Test(arguments: [DeskBench.Manner.merge, .squash, .rebase])
    func `what was shown is applied once it is merged, however it was`(manner: DeskBench.Manner) async throws {
        try await DeskBench.with { bench in
            try await bench.begin()
            _ = try await bench.request(7)
            await bench.desk.look()
            try await bench.merge(7, manner)
            let ending = try await bench.apply()
            #expect(ending.stop == nil, "\(String(describing: ending.stop))")
            #expect(bench.writes == ["Set-InboundConnector"])
        }
    }

    @Test func `rule 14: a direct push is held, and a person can release it`() async throws {
        try await DeskBench.with { bench in
            try await bench.begin()
            try bench.laboratory.repository.write(DeskBench.inbound("third"), to: DeskBench.path)
            try await bench.laboratory.repository.commit("Straight to main")
            let held = try await bench.apply()
            #expect(held.stop?.id == "not-reviewed")
            #expect(held.stop?.status == .held)
            #expect(bench.writes.isEmpty)
            let released = try await bench.apply(approving: try #require(held.made?.plan?.changesDigest))
            #expect(released.stop == nil)
            #expect(bench.writes == ["Set-InboundConnector"])
        }
    }

    @Test func `where reviews are optional a direct push is applied`() async throws {
        try await DeskBench.with(forge: "review: optional") { bench in
            let ending = try await bench.apply()
            #expect(ending.stop == nil)
            #expect(bench.writes == ["New-InboundConnector"])
        }
    }

    @Test func `rule 14: a force-push between the showing and the merge is held`() async throws {
        try await DeskBench.with { bench in
            try await bench.begin()
            _ = try await bench.request(7, "second")
            await bench.desk.look()
            let head = try await bench.push(7, "other")
            bench.forge.push(head, to: 7)
            try await bench.merge(7, .squash)
            let held = try await bench.apply()
            #expect(held.stop?.id == "not-reviewed", "\(String(describing: held.stop))")
            #expect(bench.writes.isEmpty)
        }
    }

    @Test(arguments: [false, true])
    func `the comment on a head that was not merged says so, above what it showed`(isEdited: Bool) async throws {
        try await DeskBench.with { bench in
            try await bench.begin()
            let shown = try await bench.request(7, "second")
            await bench.desk.look()
            #expect(bench.forge.texts(on: 7).first?.contains("ready to merge") == true)
            if isEdited {
                bench.forge.state.withLock { state in
                    for id in state.texts.keys { state.texts[id]?.text += "\n/approve" }
                }
            }
            let head = try await bench.push(7, "other")
            bench.forge.push(head, to: 7)
            let tip = try await bench.merge(7, .squash)
            try await bench.settle()
            let held = TenantOutcome(tenant: "contoso", state: .held, reason: "not-reviewed", at: bench.shift.now)
            await bench.desk.ended(held, revision: tip)
            let texts = bench.forge.texts(on: 7)
            #expect(texts.count == 2 && texts.last?.contains("merged: held") == true, "\(texts)")
            let lines = try #require(texts.first).split(separator: "\n", omittingEmptySubsequences: false)
            #expect(lines.first == "<!-- mitregate-plan-key:mitregate/contoso -->")
            #expect(lines.dropFirst().first == "### ! mitregate: not what was merged")
            #expect(texts[0].contains(shown.prefix(7)) && texts[0].contains(head.prefix(7)))
            #expect(texts[0].contains("#### ✓ mitregate") == !isEdited, "\(texts[0])")
            #expect(!texts[0].contains("/approve"))

            // It is said once.
            _ = bench.forge.takeCalls()
            await bench.desk.look()
            #expect(bench.forge.takeCalls().allSatisfy { !$0.hasPrefix("write") })
        }
    }

    @Test func `a rebase of the same patch needs no new showing of the changes`() async throws {
        try await DeskBench.with { bench in
            try await bench.begin()
            _ = try await bench.request(7)
            await bench.desk.look()
            try bench.laboratory.repository.write("Read me", to: "README.md")
            try await bench.laboratory.repository.commit("Meanwhile")
            let head = try await bench.push(7)
            bench.forge.push(head, to: 7)
            await bench.desk.look()
            try await bench.merge(7, .rebase)
            #expect(try await bench.apply().stop == nil)
            #expect(bench.writes == ["Set-InboundConnector"])
        }
    }

    @Test(arguments: [false, true])
    func `what a merge queue brings in one push is checked on the new tip`(isAltered: Bool) async throws {
        try await DeskBench.with { bench in
            try await bench.begin()
            _ = try await bench.request(7)
            let other = DeskBench.inbound("new", slug: "litware")
            let path = "tenants/contoso/litware.yaml"
            let head = try await bench.push(8, text: other, file: path)
            try bench.forge.open(8, head: head)
            await bench.desk.look()

            // The queue makes one commit of each request on top of the branch, tests the last one, and moves the branch there.
            let repository = bench.laboratory.repository
            try await repository.git("checkout", "-q", "-b", "queue", "main")
            try await repository.git("merge", "-q", "--no-ff", "-m", "Merge 7", "request-7")
            let first = try await bench.tip(of: "queue")
            try await repository.git("merge", "-q", "--no-ff", "-m", "Merge 8", "request-8")
            if isAltered {
                try repository.write(DeskBench.inbound("altered", slug: "litware"), to: path)
                try await repository.git("commit", "-q", "-a", "--amend", "-m", "Merge 8")
            }
            try await repository.git("checkout", "-q", "main")
            try await repository.git("merge", "-q", "--ff-only", "queue")
            bench.forge.merge(7, as: first)
            bench.forge.merge(8, as: try await bench.tip())

            let ending = try await bench.apply()
            #expect(ending.stop?.id == (isAltered ? "not-reviewed" : nil), "\(String(describing: ending.stop))")
            #expect(bench.writes.sorted() == (isAltered ? [] : ["New-InboundConnector", "Set-InboundConnector"]))
            if isAltered { #expect(ending.stop?.message.contains("litware") == true) }
        }
    }

    @Test func `two requests that are merged between two looks are both known`() async throws {
        try await DeskBench.with { bench in
            try await bench.begin()
            _ = try await bench.request(7)
            let other = DeskBench.inbound("new", slug: "litware")
            let head = try await bench.push(8, text: other, file: "tenants/contoso/litware.yaml")
            try bench.forge.open(8, head: head)
            await bench.desk.look()
            #expect(bench.forge.texts(on: 8).count == 1)
            try await bench.merge(7)
            try await bench.merge(8)
            #expect(try await bench.apply().stop == nil)
            #expect(bench.writes.sorted() == ["New-InboundConnector", "Set-InboundConnector"])
        }
    }

    @Test(arguments: [DeskBench.Manner.merge, .squash, .rebase])
    func `a forge that is down holds up no change that was shown`(manner: DeskBench.Manner) async throws {
        try await DeskBench.with { bench in
            try await bench.begin()
            _ = try await bench.request(7)
            await bench.desk.look()
            bench.forge.fail(.unavailable)
            try await bench.merge(7, manner)
            let ending = try await bench.apply()
            #expect(ending.stop == nil, "\(String(describing: ending.stop))")
            #expect(bench.writes == ["Set-InboundConnector"])
        }
    }

    @Test func `rule 14: a forge that is down lets nothing through that was not shown`() async throws {
        try await DeskBench.with { bench in
            try await bench.begin()
            _ = try await bench.request(7)
            await bench.desk.look()
            bench.forge.fail(.unavailable)
            try await bench.push(7, "other")
            try await bench.merge(7, .squash, isTold: false)
            #expect(try await bench.apply().stop?.id == "not-reviewed")
            #expect(bench.writes.isEmpty)
        }
    }

    @Test func `while a forge is down no other push passes for the merge of a request`() async throws {
        try await DeskBench.with { bench in
            try await bench.begin()
            _ = try await bench.request(7, "second")
            await bench.desk.look()
            bench.forge.fail(.unavailable)
            for note in ["third", "second"] {
                try bench.laboratory.repository.write(DeskBench.inbound(note), to: DeskBench.path)
                try await bench.laboratory.repository.commit("Straight to main: \(note)")
                #expect(try await bench.apply().stop?.id == "not-reviewed")
                bench.forge.fail(nil)
            }
            #expect(bench.writes.isEmpty)
        }
    }

    @Test func `approvals count for what was shown, by persons other than the author, and can be taken back`()
        async throws
    {
        try await DeskBench.with(forge: "approvals: 1") { bench in
            try await bench.begin()
            _ = try await bench.request(7)
            await bench.desk.look()
            bench.shift.advance(10)
            bench.forge.review(7, by: "author", at: bench.shift.now)
            bench.forge.review(7, by: "outsider", at: bench.shift.now)
            await bench.desk.look()
            bench.forge.review(7, by: "reviewer", at: bench.shift.now)
            await bench.desk.look()
            bench.forge.review(7, by: "reviewer", .dismissed, at: bench.shift.now)
            await bench.desk.look()
            try await bench.merge(7)
            let held = try await bench.apply()
            #expect(held.stop?.id == "not-reviewed")
            #expect(held.stop?.message.contains("0 of 1 approvals") == true, "\(held.stop?.message ?? "")")
        }
    }

    @Test func `an approval by another person who may write lets it through`() async throws {
        try await DeskBench.with(forge: "approvals: 1") { bench in
            try await bench.begin()
            _ = try await bench.request(7)
            await bench.desk.look()
            bench.shift.advance(10)
            bench.forge.review(7, by: "reviewer", at: bench.shift.now)
            await bench.desk.look()
            try await bench.merge(7)
            #expect(try await bench.apply().stop == nil)
        }
    }

    @Test func `the comment on a new head names no one who approved only the one before`() async throws {
        try await DeskBench.with(forge: "approvals: 1") { bench in
            try await bench.begin()
            _ = try await bench.request(7)
            await bench.desk.look()
            await bench.approve()
            #expect(bench.forge.texts(on: 7).first?.contains("approvals **1 of 1**") == true)
            bench.forge.push(try await bench.push(7, "third"), to: 7)
            await bench.desk.look()
            let text = try #require(bench.forge.texts(on: 7).first)
            #expect(text.contains("third") && text.contains("approvals **0 of 1**"), "\(text)")
            #expect(text.contains("Approved something else before"))
        }
    }

    @Test func `a stranger who approves is asked about once an hour, and who counts each time`() async throws {
        try await DeskBench.with(forge: "approvals: 1") { bench in
            try await bench.begin()
            _ = try await bench.request(7)
            await bench.desk.look()
            await bench.approve(by: "outsider")
            await bench.approve()
            _ = bench.forge.takeCalls()
            await bench.approve(by: "other")
            let asked = bench.forge.takeCalls().filter { $0.hasPrefix("may ") }
            #expect(asked.sorted() == ["may other", "may reviewer"])
            bench.shift.advance(3_600)
            await bench.approve(by: "stranger")
            #expect(bench.forge.takeCalls().contains("may outsider"))
        }
    }

    @Test func `a crowd of strangers costs a bounded number of calls, and keeps no one out for good`() async throws {
        try await DeskBench.with(forge: "approvals: 1") { bench in
            try await bench.begin()
            _ = try await bench.request(7)
            await bench.desk.look()
            bench.shift.advance(10)
            for number in 0..<250 { bench.forge.review(7, by: "stranger-\(number)", at: bench.shift.now) }
            await bench.approve()
            await bench.approve(by: "stranger-0")
            #expect(bench.forge.takeCalls().count { $0.hasPrefix("may ") } == 200)
            #expect(bench.forge.texts(on: 7).first?.contains("approvals **0 of 1**") == true)
            bench.shift.advance(3_600)
            await bench.approve(by: "stranger-1")
            #expect(bench.forge.takeCalls().count { $0.hasPrefix("may ") } <= 201)
            #expect(bench.forge.texts(on: 7).first?.contains("approvals **1 of 1**") == true)
        }
    }

    @Test func `where no approval is needed nobody is asked about`() async throws {
        try await DeskBench.with { bench in
            try await bench.begin()
            _ = try await bench.request(7)
            await bench.desk.look()
            await bench.approve()
            #expect(!bench.forge.takeCalls().contains { $0.hasPrefix("may ") })
        }
    }

    @Test func `an approval that could not be checked at the merge is asked for again`() async throws {
        try await DeskBench.with(forge: "approvals: 1") { bench in
            try await bench.begin()
            _ = try await bench.request(7)
            await bench.desk.look()
            bench.shift.advance(10)
            bench.forge.review(7, by: "reviewer", at: bench.shift.now)
            bench.forge.state.withLock { $0.isUnsure = true }
            try await bench.merge(7)
            let held = try await bench.apply()
            #expect(held.stop?.message.contains("0 of 1 approvals") == true, "\(held.stop?.message ?? "")")
            bench.forge.state.withLock { $0.isUnsure = false }
            await bench.restarted().desk.look()
            #expect(try await bench.apply().stop == nil)
        }
    }

    @Test func `an approval without a time counts though the forge's list does not tell that it came`() async throws {
        try await DeskBench.with(forge: "approvals: 1") { bench in
            bench.forge.state.withLock { $0.listTellsOfComments = false }
            try await bench.begin()
            _ = try await bench.request(7)
            await bench.desk.look()
            let updated = bench.forge.state.withLock { $0.requests[7]?.updated }
            bench.shift.advance(10)
            bench.forge.review(7, by: "reviewer")
            bench.forge.state.withLock { state in if let updated { state.requests[7]?.updated = updated } }
            await bench.desk.look()
            try await bench.merge(7)
            #expect(try await bench.apply().stop == nil)
        }
    }

    @Test func `an approval in a comment counts for the digest that it names`() async throws {
        try await DeskBench.with(forge: "approvals: 1") { bench in
            try await bench.begin()
            _ = try await bench.request(7)
            await bench.desk.look()
            let text = try #require(bench.forge.texts(on: 7).first)
            let digest = try #require(text.firstMatch(of: /mitregate approve ([0-9a-f]{12})/)?.1)
            bench.shift.advance(10)
            let wrong = bench.forge.say("mitregate approve 0123456789ab", on: 7, by: "reviewer", at: bench.shift.now)
            let right = bench.forge.say("mitregate approve \(digest)", on: 7, by: "reviewer", at: bench.shift.now)
            await bench.desk.look()
            #expect(bench.forge.state.withLock { $0.reactions[wrong] } == [.refused])
            #expect(bench.forge.state.withLock { $0.reactions[right] } == [.done])
            try await bench.merge(7)
            #expect(try await bench.apply().stop == nil)
        }
    }

    @Test func `what became of a merged request is written to it`() async throws {
        try await DeskBench.with { bench in
            try await bench.begin()
            _ = try await bench.request(7)
            await bench.desk.look()
            let tip = try await bench.merge(7)
            #expect(try await bench.apply().stop == nil)
            await bench.desk.ended(.applied("contoso", at: bench.shift.now), revision: tip)
            let outcome = bench.forge.texts(on: 7).last ?? ""
            #expect(outcome.contains("merged: applied in"), "\(outcome)")
            _ = bench.forge.takeCalls()
            await bench.desk.ended(.applied("contoso", at: bench.shift.now), revision: tip)
            #expect(bench.forge.takeCalls().isEmpty, "the same once more is not news")
        }
    }
}

extension TenantOutcome {
    fileprivate static func applied(_ tenant: String, at time: Date) -> TenantOutcome {
        TenantOutcome(tenant: tenant, state: .applied, text: "1 change was applied.", run: "R1", at: time)
    }
}
