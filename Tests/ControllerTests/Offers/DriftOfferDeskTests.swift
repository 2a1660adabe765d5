import Configuration
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

/// What was changed in a tenant becomes one request, and git says it once that is merged.
@Suite(.timeLimit(.minutes(5))) struct DriftOfferDeskTests {
    @Test func `drift becomes one request whose commit keeps the file's comments, and merging it writes nothing`()
        async throws
    {
        try await OfferBench.with { bench in
            await bench.desk.look()
            #expect(bench.open.isEmpty && bench.forge.takeCalls().isEmpty, "without drift the forge is not asked")

            try bench.tamper()
            await bench.desk.look()
            #expect(bench.open.map(\.number) == [1])
            let text = try await bench.text(on: OfferBench.drift)
            #expect(text == OfferBench.definition.replacing("\"first\"", with: "\"hers\""), "\(text)")
            let proposal = try bench.proposal(1)
            #expect(proposal.head == OfferBench.drift && proposal.base == "main")
            #expect(proposal.title == "Drift in contoso: comment of InboundConnector/fabrikam")
            #expect(proposal.description.contains("eve") && proposal.description.contains("Nothing is written"))
            #expect(proposal.description.contains("To put the tenant back instead"))
            #expect(bench.news.of(.drift)?.request == "#1" && bench.news.of(.drift)?.trouble == nil)
            #expect(bench.news.of(.drift)?.page == "https://forge.example/1")

            // The request is as it should be: one look at the list, and git is left alone.
            let head = try await bench.tip(of: OfferBench.drift)
            _ = bench.forge.takeCalls()
            await bench.desk.look()
            #expect(bench.forge.takeCalls() == ["open"])
            #expect(try await bench.tip(of: OfferBench.drift) == head)

            try await bench.merge(1, OfferBench.drift)
            bench.laboratory.simulator.clearRequests()
            let ending = try await bench.apply()
            #expect(ending.stop == nil && ending.outcome.result == .unchanged, "\(String(describing: ending.stop))")
            #expect(bench.writes.isEmpty, "the tenant says it already")
            await bench.desk.look()
            #expect(bench.open.isEmpty)
            #expect(bench.news.of(.drift)?.request == nil && bench.news.of(.drift)?.trouble == nil)

            // The same deviation later is another one.
            try bench.tamper(#"{"Identity": "From fabrikam", "Comment": "his"}"#)
            await bench.desk.look()
            #expect(bench.open.map(\.number) == [2])
            #expect(try await bench.text(on: OfferBench.drift).contains("\"his\""))
        }
    }

    @Test func `our commit is no older than the one that it stands on`() async throws {
        try await OfferBench.with { bench in
            try bench.tamper()
            await bench.desk.look()
            let dates = try await bench.server.git("log", "-2", "--format=%ct", OfferBench.drift)
                .split(separator: "\n").compactMap { Int($0) }
            // The drift began an hour before the branch's commit.
            #expect(dates.count == 2 && dates.first ?? 0 >= dates.last ?? 0, "\(dates)")
        }
    }

    @Test func `a second change by hand updates the request, and its end closes it`() async throws {
        try await OfferBench.with { bench in
            try bench.tamper()
            await bench.desk.look()
            try bench.tamper(#"{"Identity": "From fabrikam", "Comment": "hers, later"}"#)
            await bench.desk.look()
            #expect(bench.open.map(\.number) == [1])
            #expect(try await bench.text(on: OfferBench.drift).contains("\"hers, later\""))
            #expect(try await bench.server.git("rev-list", "--count", "main..\(OfferBench.drift)").hasPrefix("1"))

            try bench.tamper(#"{"Identity": "From fabrikam", "Comment": "first"}"#)
            await bench.desk.look()
            #expect(bench.open.isEmpty)
            #expect(try await bench.tip(of: OfferBench.drift) == "", "our branch goes with it")
            let texts = bench.forge.texts(on: 1)
            #expect(texts.count == 1 && texts.first?.contains("agree again") == true, "\(texts)")
            await bench.desk.look()
            await bench.desk.look()
            #expect(bench.forge.texts(on: 1).count == 1)
            #expect(try await bench.stored(.drift)?.memory.number == nil)
        }
    }

    @Test func `a commit by a person on our branch is never overwritten, and said so`() async throws {
        try await OfferBench.with { bench in
            try bench.tamper()
            await bench.desk.look()
            let theirs = try await bench.commit("# Mine\n\(OfferBench.definition)", onto: OfferBench.drift)
            try bench.tamper(#"{"Identity": "From fabrikam", "Comment": "hers, later"}"#)
            await bench.desk.look()
            #expect(try await bench.tip(of: OfferBench.drift) == theirs)
            #expect(bench.news.of(.drift)?.trouble?.reason == "ForeignCommit")

            // Nor is their request closed when the drift ends.
            try bench.tamper(#"{"Identity": "From fabrikam", "Comment": "first"}"#)
            await bench.desk.look()
            #expect(bench.open.map(\.number) == [1])
            #expect(try await bench.tip(of: OfferBench.drift) == theirs)

            try await bench.merge(1, OfferBench.drift)
            try await bench.apply()
            await bench.desk.look()
            #expect(bench.open.isEmpty && bench.news.of(.drift)?.trouble == nil)
        }
    }

    @Test func `a person who pushes between our look and our push is not overwritten either`() async throws {
        try await OfferBench.with { bench in
            try bench.tamper()
            await bench.desk.look()
            try bench.tamper(#"{"Identity": "From fabrikam", "Comment": "hers, later"}"#)
            // The forge still says that the head is ours, and so does the list.
            let old = try await bench.tip(of: OfferBench.drift)
            let theirs = try await bench.commit("# Mine\n\(OfferBench.definition)", onto: OfferBench.drift)
            bench.forge.state.withLock { $0.tips = { _ in old } }
            await bench.desk.look()
            #expect(try await bench.tip(of: OfferBench.drift) == theirs)
            #expect(bench.news.of(.drift)?.trouble?.reason == "ForeignCommit")
        }
    }

    @Test func `a request that a person closed is not opened again for the same drift`() async throws {
        try await OfferBench.with { bench in
            try bench.tamper()
            await bench.desk.look()
            bench.forge.closeByPerson(1)
            for _ in 0..<3 { await bench.desk.look() }
            #expect(bench.open.isEmpty && bench.news.of(.drift)?.trouble == nil)
            #expect(bench.forge.takeCalls().filter { $0.hasPrefix("propose") }.count == 1)

            try bench.tamper(#"{"Identity": "From fabrikam", "Comment": "something else"}"#)
            await bench.desk.look()
            #expect(bench.open.map(\.number) == [2])
        }
    }

    @Test func `a tenant that cannot be read opens and closes nothing`() async throws {
        try await OfferBench.with { bench in
            try bench.tamper()
            bench.blindness.isBlind.withLock { $0 = true }
            await bench.desk.look()
            #expect(bench.open.isEmpty)
            bench.blindness.isBlind.withLock { $0 = false }
            await bench.desk.look()
            #expect(bench.open.count == 1)
            bench.blindness.isBlind.withLock { $0 = true }
            await bench.desk.look()
            #expect(bench.open.count == 1)
        }
    }

    @Test func `what is changed back and forth is not offered`() async throws {
        try await OfferBench.with { bench in
            try bench.tamper()
            bench.blindness.isFought.withLock { $0 = true }
            await bench.desk.look()
            #expect(bench.open.isEmpty)
            #expect(bench.news.of(.drift)?.trouble?.reason == "Fought")
        }
    }

    @Test func `drift that has just begun is left alone for an interval, and twice that after correcting`() async throws
    {
        try await OfferBench.with(settings: "drift: correct, interval: 30m, correctAfter: 1h") { bench in
            try bench.tamper()
            // It is as it is for an hour, and correcting has that and two intervals.
            await bench.desk.look()
            #expect(bench.open.isEmpty)
        }
        try await OfferBench.with(settings: "drift: report, interval: 50m") { bench in
            try bench.tamper()
            await bench.desk.look()
            #expect(bench.open.count == 1)
        }
    }

    @Test func `the answers to opening and to writing may be lost, and nothing comes twice`() async throws {
        try await OfferBench.with { bench in
            try bench.tamper()
            bench.forge.state.withLock { $0.losesAnswers = true }
            await bench.desk.look()
            #expect(bench.open.count == 1)
            #expect(bench.news.of(.drift)?.trouble?.reason == "Unavailable")
            bench.forge.state.withLock { $0.losesAnswers = false }
            // Another process goes on from what was stored.
            let second = bench.restarted()
            await second.desk.look()
            await second.desk.look()
            #expect(bench.open.map(\.number) == [1])
            #expect(second.news.of(.drift)?.request == "#1" && second.news.of(.drift)?.trouble == nil)
            #expect(try await bench.server.git("rev-list", "--count", "main..\(OfferBench.drift)").hasPrefix("1"))
        }
    }

    @Test(arguments: [
        (ForgeError.Reason.unauthorized, "AuthenticationFailed"), (.forbidden, "PermissionMissing"),
        (.unavailable, "Unavailable"), (.invalid, "Refused"),
    ])
    func `a forge that refuses the request is told, left alone for a while, and asked again`(
        reason: ForgeError.Reason,
        word: String
    ) async throws {
        try await OfferBench.with { bench in
            try bench.tamper()
            bench.forge.refuse("propose", reason)
            await bench.desk.look()
            #expect(bench.news.of(.drift)?.trouble?.reason == word)
            await bench.desk.look()
            await bench.desk.look()
            #expect(bench.forge.takeCalls().filter { $0.hasPrefix("propose") }.count == 1)
            bench.forge.refuse("propose", nil)
            bench.shift.advance(61)
            await bench.desk.look()
            #expect(bench.open.count == 1 && bench.news.of(.drift)?.trouble == nil)
        }
    }

    @Test func `a forge that is down opens nothing, and holds up nothing later`() async throws {
        try await OfferBench.with { bench in
            try bench.tamper()
            bench.forge.fail(.unavailable)
            await bench.desk.look()
            #expect(bench.open.isEmpty)
            #expect(try await bench.tip(of: OfferBench.drift) == "")
            bench.forge.fail(nil)
            await bench.desk.look()
            #expect(bench.open.count == 1)
        }
    }

    @Test func `a file that cannot be edited is said with its place and the reason`() async throws {
        try await OfferBench.with { bench in
            let anchored = OfferBench.definition.replacing(
                "comment: \"first\"   # told on the phone",
                with: "comment: *text"
            )
            .replacing("  name: From fabrikam", with: "  name: From fabrikam\n  #")
            .replacing("metadata: {name: fabrikam}", with: "metadata: {name: fabrikam, labels: {note: &text first}}")
            try await bench.commit(anchored)
            let ending = try await bench.apply()
            #expect(ending.stop == nil, "\(String(describing: ending.stop))")
            try bench.tamper()
            await bench.desk.look()
            #expect(bench.open.isEmpty)
            let trouble = try #require(bench.news.of(.drift)?.trouble)
            #expect(trouble.reason == "NotEditable")
            #expect(trouble.message.contains("tenants/contoso/fabrikam.yaml:"), "\(trouble.message)")
        }
    }

    @Test func `drift that weakens says so, and merged without its approval it is held`() async throws {
        try await OfferBench.with { bench in
            try bench.tamper(#"{"Identity": "From fabrikam", "RequireTls": false}"#)
            await bench.desk.look()
            let proposal = try bench.proposal(1)
            #expect(proposal.description.contains("This weakens security"))
            #expect(proposal.description.contains("mitregate.dev/accept-risk"))
            try await bench.merge(1, OfferBench.drift)
            let held = try await bench.apply()
            #expect(held.stop?.id == "approval-missing", "\(String(describing: held.stop))")
            #expect(held.stop?.message.contains("fabrikam.yaml") == true)

            let text = try await bench.text(on: "main").replacing(
                "metadata: {name: fabrikam}",
                with: "metadata: {name: fabrikam, annotations: {mitregate.dev/accept-risk: their server lost TLS}}"
            )
            try await bench.commit(text)
            let taken = try await bench.apply()
            #expect(taken.stop == nil, "\(String(describing: taken.stop))")
            #expect(taken.outcome.result == .unchanged)
        }
    }

    @Test func `a private repository is shown everything in each look, and one opened to the public a summary`()
        async throws
    {
        try await OfferBench.with(visibility: nil) { bench in
            bench.forge.state.withLock { $0.terms.isPublic = false }
            try bench.tamper()
            await bench.desk.look()
            await bench.desk.look()
            #expect(try bench.proposal(1).description.contains("From fabrikam"))
            bench.forge.state.withLock { $0.terms.isPublic = true }
            await bench.desk.look()
            #expect(try !bench.proposal(1).description.contains("From fabrikam"))
            #expect(bench.open.map(\.number) == [1])
        }
    }

    @Test func `our commits are signed with the configured key, in the configured name`() async throws {
        let key = FileManager.default.temporaryDirectory.appending(path: "mitregate-key-\(UUID())").path
        defer { for end in ["", ".pub"] { try? FileManager.default.removeItem(atPath: key + end) } }
        let made = try await Program("/usr/bin/ssh-keygen", in: FileManager.default.temporaryDirectory)
            .run(["-q", "-t", "ed25519", "-N", "", "-C", "", "-f", key])
        #expect(made.code == 0, "\(made.errors)")
        let identity = "identity: {name: Mail Robot, email: robot@contoso.example, signingKey: {file: \(key)}}"
        try await OfferBench.with(offers: "drift: pull-request, \(identity)") { bench in
            try bench.tamper()
            await bench.desk.look()
            let person = try await bench.server.git("log", "-1", "--format=%an <%ae> %cn", OfferBench.drift)
            #expect(person.hasPrefix("Mail Robot <robot@contoso.example> Mail Robot"))
            let signers = bench.laboratory.folder.appending(path: "signers").path
            let text = try String(contentsOfFile: "\(key).pub", encoding: .utf8)
            try "robot@contoso.example \(text)".write(toFile: signers, atomically: true, encoding: .utf8)
            let check = try await bench.server.git(
                "-c",
                "gpg.ssh.allowedSignersFile=\(signers)",
                "log",
                "-1",
                "--format=%G?",
                OfferBench.drift
            )
            #expect(check.hasPrefix("G"), "\(check)")
        }
    }
}
