import Controller
import ExchangeSimulator
import Foundation
import Forges
import Laboratory
import Planning
import Synchronization
import Testing

/// What a reviewer meets on the forge.
@Suite struct RequestDeskTests {
    static let names = ["mitregate/gate", "mitregate/plan", "mitregate/validate"]

    @Test func `a request gets three statuses and a comment in eight calls, and an idle look is one`() async throws {
        try await DeskBench.with { bench in
            try await bench.begin()
            let head = try await bench.request(7)
            await bench.desk.look()
            let statuses = bench.forge.statuses(of: head)
            #expect(statuses.keys.filter { !$0.contains(":") }.sorted() == Self.names)
            #expect(statuses.values.allSatisfy { $0 == .success }, "\(statuses)")
            let texts = bench.forge.texts(on: 7)
            #expect(texts.count == 1)
            #expect(texts.first?.hasPrefix("<!-- mitregate-plan-key:mitregate/contoso -->\n") == true)
            #expect(texts.first?.contains("second") == true)
            #expect(bench.writes.isEmpty, "looking writes nothing")
            let calls = bench.forge.takeCalls().filter { $0 != "ourselves" }
            #expect(calls.count <= 8, "\(calls)")

            // Our own comment moved the request: it is heard once, and then all is quiet.
            await bench.desk.look()
            #expect(bench.forge.takeCalls() == ["open", "request 7", "comments 7"])
            await bench.desk.look()
            #expect(bench.forge.takeCalls() == ["open"])
            #expect(bench.troubles.last == nil)
        }
    }

    @Test func `no changed definitions are success, without a comment`() async throws {
        try await DeskBench.with { bench in
            try await bench.begin()
            let head = try await bench.push(3, "ninth", file: "README.md")
            try bench.forge.open(3, head: head)
            await bench.desk.look()
            #expect(
                bench.forge.statuses(of: head) == Dictionary(uniqueKeysWithValues: Self.names.map { ($0, .success) })
            )
            #expect(bench.forge.texts(on: 3).isEmpty)
        }
    }

    @Test func `errors in definitions are a failed status, and the comment says where`() async throws {
        try await DeskBench.with { bench in
            try await bench.begin()
            let text = DeskBench.inbound("wrong").replacingOccurrences(of: "192.0.2.1", with: "nowhere")
            let head = try await bench.push(3, text: text)
            try bench.forge.open(3, head: head)
            await bench.desk.look()
            #expect(bench.forge.statuses(of: head)["mitregate/validate"] == .failure)
            #expect(bench.forge.texts(on: 3).first?.contains("fabrikam.yaml") == true)
        }
    }

    @Test func `a request that changes a template touches the tenants that use it`() async throws {
        try await DeskBench.with { bench in
            let unused = "templates/other.yaml"
            try bench.laboratory.repository.write(DeskBench.template("first", name: "other"), to: unused)
            try await bench.useTemplate()
            try await bench.begin()
            let other = try await bench.push(3, text: DeskBench.template("second", name: "other"), file: unused)
            try bench.forge.open(3, head: other)
            let text = DeskBench.template("by template")
            let head = try await bench.push(4, text: text, file: DeskBench.templatePath)
            try bench.forge.open(4, head: head)
            await bench.desk.look()
            #expect(bench.forge.texts(on: 3).isEmpty, "no tenant uses the other one")
            let comment = try #require(bench.forge.texts(on: 4).first)
            #expect(comment.contains("by template") && comment.contains("woodgrove"), "\(comment)")
            #expect(bench.forge.statuses(of: head)["mitregate/plan"] == .success)
        }
    }

    @Test func `a conflict is a status, and over when it is resolved`() async throws {
        try await DeskBench.with { bench in
            try await bench.begin()
            let head = try await bench.request(3, "second")
            try bench.laboratory.repository.write(DeskBench.inbound("third"), to: DeskBench.path)
            try await bench.laboratory.repository.commit("Meanwhile")
            await bench.desk.look()
            #expect(bench.forge.statuses(of: head)["mitregate/plan"] == .failure)
            let resolved = try await bench.push(3, "fourth")
            bench.forge.push(resolved, to: 3)
            await bench.desk.look()
            #expect(bench.forge.statuses(of: resolved)["mitregate/validate"] == .success)
        }
    }

    @Test func `a fork is validated and never planned unasked, and then only for a person who may write`() async throws
    {
        try await DeskBench.with { bench in
            try await bench.begin()
            let head = try await bench.push(5)
            try bench.forge.open(5, head: head, origin: .fork)
            await bench.desk.look()
            #expect(bench.laboratory.simulator.requests().isEmpty, "the tenant is not asked")
            #expect(bench.forge.statuses(of: head)["mitregate/validate"] == .success)
            #expect(bench.forge.statuses(of: head)["mitregate/plan"] == .pending)
            #expect(bench.forge.statuses(of: head)["mitregate/gate"] == .pending)

            bench.shift.advance(10)
            let refused = bench.forge.say("mitregate plan", on: 5, by: "outsider", at: bench.shift.now)
            await bench.desk.look()
            #expect(bench.laboratory.simulator.requests().isEmpty)
            #expect(bench.forge.state.withLock { $0.reactions[refused] } == [.refused])

            bench.shift.advance(10)
            let seen = bench.forge.say("mitregate plan\nplease", on: 5, by: "reviewer", at: bench.shift.now)
            await bench.desk.look()
            #expect(bench.forge.state.withLock { $0.reactions[seen] } == [.seen])
            #expect(bench.forge.statuses(of: head)["mitregate/plan"] == .success)
            #expect(bench.forge.texts(on: 5).contains { $0.contains("second") })

            // Another head was not asked for.
            bench.laboratory.simulator.clearRequests()
            let other = try await bench.push(5, "other")
            bench.forge.push(other, to: 5)
            await bench.desk.look()
            #expect(bench.laboratory.simulator.requests().isEmpty)
            #expect(bench.forge.statuses(of: other)["mitregate/plan"] == .pending)
            let text = try #require(bench.forge.texts(on: 5).first)
            #expect(text.contains("not planned: from a fork") && !text.contains("second"), "\(text)")
        }
    }

    @Test func `why a command was refused is told until the head moves`() async throws {
        try await DeskBench.with { bench in
            try await bench.begin()
            _ = try await bench.request(7)
            await bench.desk.look()
            await bench.comment("mitregate nonsense")
            #expect(bench.forge.texts(on: 7).first?.contains("last command was refused") == true)
            bench.forge.push(try await bench.push(7, "third"), to: 7)
            await bench.desk.look()
            let text = try #require(bench.forge.texts(on: 7).first)
            #expect(text.contains("third") && !text.contains("last command was refused"), "\(text)")
        }
    }

    @Test func `who may write and asks for help is told what can be typed, once`() async throws {
        try await DeskBench.with { bench in
            try await bench.begin()
            _ = try await bench.request(7)
            await bench.desk.look()
            #expect(bench.forge.texts(on: 7).count == 1)
            let refused = await bench.comment("mitregate help", by: "outsider")
            #expect(bench.forge.state.withLock { $0.reactions[refused] } == [.refused])
            #expect(bench.forge.texts(on: 7).count == 1)

            let asked = await bench.comment("mitregate help", by: "reviewer")
            #expect(bench.forge.state.withLock { $0.reactions[asked] } == [.done])
            let texts = bench.forge.texts(on: 7)
            #expect(texts.count == 2)
            let help = try #require(texts.last)
            for command in ["mitregate plan", "mitregate approve", "mitregate help"] { #expect(help.contains(command)) }
            await bench.desk.look()
            await bench.restarted().desk.look()
            #expect(bench.forge.texts(on: 7).count == 2)
        }
    }

    @Test func `a comment that someone deleted is written as a new one, and one that was edited is replaced`()
        async throws
    {
        try await DeskBench.with { bench in
            try await bench.begin()
            _ = try await bench.request(7)
            await bench.desk.look()
            bench.forge.state.withLock { $0.texts = [:] }
            let head = try await bench.push(7, "fifth")
            bench.forge.push(head, to: 7)
            await bench.desk.look()
            let texts = bench.forge.texts(on: 7)
            #expect(texts.count == 1 && texts.first?.contains("fifth") == true)

            bench.forge.state.withLock { state in
                for id in state.texts.keys { state.texts[id]?.text = "All is well, merge it." }
            }
            let next = try await bench.push(7, "sixth")
            bench.forge.push(next, to: 7)
            await bench.desk.look()
            let replaced = bench.forge.texts(on: 7)
            #expect(replaced.count == 1 && replaced.first?.contains("sixth") == true)
            #expect(replaced.first?.contains("All is well") == false)
        }
    }

    @Test(arguments: [
        ("", true, false), ("", false, true), ("", nil, false), ("visibility: full", true, true),
        ("visibility: summary", false, false),
    ])
    func `a repository not known to be private is shown no values unless the operator says so`(
        line: String,
        isPublic: Bool?,
        isShown: Bool
    ) async throws {
        try await DeskBench.with(forge: line) { bench in
            try await bench.begin()
            _ = try await bench.request(7)
            bench.forge.state.withLock { $0.requests[7]?.base.isPublic = isPublic }
            await bench.desk.look()
            let text = try #require(bench.forge.texts(on: 7).first)
            #expect(text.contains("second") == isShown)
        }
    }

    @Test func `a commit that is gone drops its statuses for good`() async throws {
        try await DeskBench.with { bench in
            try await bench.begin()
            let head = try await bench.request(7)
            bench.forge.state.withLock { state in _ = CommitID(head).map { state.gone.insert($0) } }
            await bench.desk.look()
            _ = bench.forge.takeCalls()
            await bench.desk.look()
            await bench.desk.look()
            #expect(bench.forge.takeCalls().allSatisfy { !$0.hasPrefix("set ") })
        }
    }

    @Test func `a forge that is down delays comments, and another process writes them`() async throws {
        try await DeskBench.with { bench in
            try await bench.begin()
            let head = try await bench.request(7)
            bench.forge.fail(.unavailable)
            await bench.desk.look()
            #expect(bench.troubles.last?.reason == "Unavailable")
            bench.forge.fail(nil)
            await bench.restarted().desk.look()
            #expect(bench.forge.statuses(of: head)["mitregate/gate"] == .success)
            #expect(bench.forge.texts(on: 7).count == 1)
        }
    }
}
