import Controller
import ExchangeSimulator
import Foundation
import Forges
import Laboratory
import Planning
import PullRequests
import Synchronization
import TestSupport
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

    /// What the operator says of it, whether anyone may read the repository, and whether everything is told there.
    private static let audiences: [(String, Bool?, Bool)] = [
        ("", true, false), ("", false, true), ("", nil, false), ("visibility: full", true, true),
        ("visibility: summary", false, false),
    ]

    @Test(arguments: audiences)
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

    @Test(arguments: audiences)
    func `nor is it told there what is wrong with definitions, or why a merged request is held`(
        line: String,
        isPublic: Bool?,
        isShown: Bool
    ) async throws {
        try await DeskBench.with(forge: line) { bench in
            try await bench.begin()
            _ = try await bench.request(7)
            let wrong = DeskBench.inbound("wrong").replacingOccurrences(of: "192.0.2.1", with: "nowhere")
            let head = try #require(CommitID(try await bench.push(8, text: wrong)))
            try bench.forge.open(8, head: head.hex)
            bench.forge.state.withLock { state in
                for number in [7, 8] { state.requests[number]?.base.isPublic = isPublic }
            }
            await bench.desk.look()
            let status = bench.forge.state.withLock { $0.statuses[head]?["mitregate/validate"] }
            #expect(status?.state == .failure)
            #expect(status?.text.contains("fabrikam.yaml") == isShown, "\(status?.text ?? "")")

            let tip = try await bench.merge(7)
            try await bench.settle()
            let held = TenantOutcome(
                tenant: "contoso",
                state: .held,
                reason: "freeze",
                text: "It is frozen until Monday.",
                run: nil,
                at: bench.shift.now
            )
            await bench.desk.ended(held, revision: tip)
            let outcome = try #require(bench.forge.texts(on: 7).last)
            #expect(outcome.contains("merged: held in") && outcome.contains("until Monday") == isShown, "\(outcome)")
        }
    }

    @Test func `a request is looked at again once what its plan rests on moves in a tenant`() async throws {
        try await DeskBench.with { bench in
            try await bench.begin()
            bench.lanes.state.withLock { $0.states = ["contoso": "s0"] }
            _ = try await bench.request(7)
            for _ in 0..<2 { await bench.desk.look() }
            bench.laboratory.simulator.clearRequests()
            await bench.desk.look()
            #expect(bench.laboratory.simulator.requests().isEmpty)
            bench.lanes.state.withLock { $0.states = ["contoso": "s1"] }
            await bench.desk.look()
            #expect(!bench.laboratory.simulator.requests().isEmpty)
            bench.laboratory.simulator.clearRequests()
            await bench.desk.look()
            #expect(bench.laboratory.simulator.requests().isEmpty)
        }
    }

    @Test func `no partner's server is asked for a draft`() async throws {
        try await withServer({ _, _ in }) { server in
            let gate = "networks: any, port: \(server.port), timeout: 2s"
            try await DeskBench.with(prepare: { try $0.configure(gate: gate) }) { bench in
                try await bench.begin()
                let text = """
                    apiVersion: mitregate.dev/v1
                    kind: OutboundConnector
                    metadata: {name: woodgrove}
                    spec: {name: To woodgrove, connectorType: Partner, useMXRecord: false, smartHosts: ["127.0.0.1"],
                           recipientDomains: [woodgrove.example], tlsSettings: EncryptionOnly}

                    """
                let head = try await bench.push(7, text: text, file: "tenants/contoso/woodgrove.yaml")
                try bench.forge.open(7, head: head, isDraft: true)
                await bench.desk.look()
                #expect(bench.forge.texts(on: 7).first?.contains("woodgrove") == true)
                #expect(server.connectionCount == 0)
                bench.forge.state.withLock { $0.requests[7]?.isDraft = false }
                await bench.desk.look(hinted: [7])
                #expect(server.connectionCount > 0)
            }
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
