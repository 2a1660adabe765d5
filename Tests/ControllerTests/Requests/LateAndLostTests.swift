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

/// What is known late, cannot be read, or is refused.
@Suite struct LateAndLostTests {
    @Test(arguments: [DeskBench.Manner.merge, .squash, .rebase])
    func `where the forge answers and names no request, git tells of the merge`(
        manner: DeskBench.Manner
    ) async throws {
        try await DeskBench.with { bench in
            try await bench.begin()
            _ = try await bench.request(7)
            await bench.desk.look()
            try await bench.merge(7, manner, isTold: false)
            let ending = try await bench.apply()
            #expect(ending.stop == nil, "\(String(describing: ending.stop))")
            #expect(bench.writes == ["Set-InboundConnector"])
            #expect(bench.woken.all == [["contoso"]])
        }
    }

    @Test func `a merge that only a look finds out wakes its tenants, once`() async throws {
        try await DeskBench.with { bench in
            try await bench.begin()
            _ = try await bench.request(7)
            await bench.desk.look()
            bench.forge.fail(.unavailable)
            try await bench.push(7, "other")
            try await bench.merge(7, .squash, isTold: false)
            #expect(try await bench.apply().stop?.id == "not-reviewed")
            #expect(bench.woken.all.isEmpty)
            bench.forge.fail(nil)
            bench.forge.merge(7, as: try await bench.tip())
            await bench.desk.look()
            await bench.desk.look()
            #expect(bench.woken.all == [["contoso"]])
        }
    }

    @Test func `a request without commits of its own is not merged by a push to the branch`() async throws {
        try await DeskBench.with { bench in
            try await bench.begin()
            let tip = try await bench.tip()
            try await bench.laboratory.repository.git("update-ref", "refs/pull/3/head", tip)
            try bench.forge.open(3, head: tip)
            await bench.desk.look()
            bench.forge.fail(.unavailable)
            try bench.laboratory.repository.write("Read me", to: "README.md")
            try await bench.laboratory.repository.commit("Straight to main")
            try await bench.settle()
            #expect(try await bench.stored(3).isMerged == false)
        }
    }

    @Test func `a document that cannot be read is told, stops all, and is not written over`() async throws {
        try await DeskBench.with { bench in
            try await bench.begin()
            _ = try await bench.request(9)
            let key = "mail-flow/9"
            try await bench.store.commit(
                ControllerChange(documents: [Document(.pullRequest, key, json: #"{"number":9}"#)])
            )
            _ = bench.forge.takeCalls()
            let other = bench.restarted()
            await other.desk.look()
            try await other.settle()
            await other.desk.ended(
                TenantOutcome(tenant: "contoso", state: .applied, at: bench.shift.now),
                revision: try await bench.tip()
            )
            await #expect(throws: RunStop.self) { _ = try await other.desk.answer(9) }
            #expect(other.troubles.last?.reason == "StoreFailed")
            #expect(bench.forge.takeCalls().isEmpty)
            let stored = try await bench.store.documents(DocumentQuery(.pullRequest, key: key))
            #expect(stored.map(\.json) == [#"{"number":9}"#])

            // Nor does a run pass it over as if there had been no such request.
            try bench.laboratory.repository.write(DeskBench.inbound("third"), to: DeskBench.path)
            try await bench.laboratory.repository.commit("Straight to main")
            let ending = try await other.apply()
            #expect(ending.stop?.cause == .storeFailed, "\(String(describing: ending.stop))")
            #expect(bench.writes.isEmpty)
        }
    }

    @Test func `a comment whose answer was lost is found again, and not written twice`() async throws {
        try await DeskBench.with { bench in
            try await bench.begin()
            _ = try await bench.request(7)
            bench.forge.state.withLock { $0.losesAnswers = true }
            await bench.desk.look()
            #expect(bench.forge.texts(on: 7).count == 1)
            bench.forge.state.withLock { $0.losesAnswers = false }
            // Another process knows it as well, as it was stored before.
            let other = bench.restarted()
            await other.desk.look()
            await other.desk.look()
            #expect(bench.forge.texts(on: 7).count == 1)
            #expect(try await bench.stored(7).comment(.tenant("contoso")) != nil)
            #expect(try await bench.stored(7).showings["contoso"] != nil)
            #expect(other.troubles.last == nil)
        }
    }

    @Test func `a process that dies when the forge has the comment leaves no second one to the next`() async throws {
        try await DeskBench.with { bench in
            try await bench.begin()
            _ = try await bench.request(7)
            let stored = Mutex<[Document]>([])
            bench.forge.meanwhile("write 7") {
                let query = DocumentQuery(.pullRequest, key: "mail-flow/7")
                let documents = try? await bench.store.documents(query)
                stored.withLock { $0 = documents ?? [] }
            }
            await bench.desk.look()
            // As if the process had ended there: what it stored after it began to write never came to be.
            try await bench.store.commit(ControllerChange(documents: stored.withLock(\.self)))
            #expect(try await bench.stored(7).comment(.tenant("contoso")) == nil)
            await bench.restarted().desk.look()
            #expect(bench.forge.texts(on: 7).count == 1)
            #expect(try await bench.stored(7).comment(.tenant("contoso")) != nil)
        }
    }

    @Test func `a comment that could not be read is heard in the next look`() async throws {
        try await DeskBench.with { bench in
            try await bench.begin()
            _ = try await bench.request(7)
            await bench.desk.look()
            bench.forge.refuse("comments 7", .unavailable)
            let id = await bench.comment("mitregate nonsense")
            #expect(bench.troubles.last?.reason == "Unavailable")
            #expect(bench.forge.state.withLock { $0.reactions[id] } == nil)
            bench.forge.refuse("comments 7", nil)
            await bench.desk.look()
            #expect(bench.forge.state.withLock { $0.reactions[id] } == [.refused])
        }
    }

    @Test func `a comment that never came is written once the forge's list can be believed`() async throws {
        try await DeskBench.with { bench in
            try await bench.begin()
            _ = try await bench.request(7)
            bench.forge.state.withLock { $0.losesAnswers = true }
            await bench.desk.look()
            bench.forge.state.withLock { state in
                state.losesAnswers = false
                state.texts = [:]
            }
            await bench.desk.look()
            #expect(bench.forge.texts(on: 7).isEmpty, "the list may lag behind what was written")
            bench.shift.advance(61)
            await bench.desk.look()
            #expect(bench.forge.texts(on: 7).count == 1)
        }
    }

    @Test(arguments: [false, true])
    func `a comment that was written over without an answer is written again, though it is to read as before`(
        isRestarted: Bool
    ) async throws {
        try await DeskBench.with { bench in
            try await bench.begin()
            let first = try await bench.request(7)
            await bench.desk.look()
            bench.forge.state.withLock { $0.losesAnswers = true }
            bench.forge.push(try await bench.push(7, "third"), to: 7)
            await bench.desk.look()
            #expect(bench.forge.texts(on: 7).last?.contains("third") == true)
            bench.forge.state.withLock { $0.losesAnswers = false }
            try await bench.laboratory.repository.git("update-ref", "refs/pull/7/head", first)
            bench.forge.push(first, to: 7)
            let other = isRestarted ? bench.restarted() : bench
            await other.desk.look()
            let texts = bench.forge.texts(on: 7)
            #expect(texts.count == 1 && texts.last?.contains("third") == false, "\(texts)")
            #expect(try await bench.stored(7).isDoubtful(.tenant("contoso")) == false)
        }
    }

    @Test func `a write that is refused says nothing of an earlier one without an answer`() async throws {
        try await DeskBench.with { bench in
            try await bench.begin()
            let first = try await bench.request(7)
            await bench.desk.look()
            bench.forge.state.withLock { $0.losesAnswers = true }
            bench.forge.push(try await bench.push(7, "third"), to: 7)
            await bench.desk.look()
            bench.forge.state.withLock { $0.losesAnswers = false }
            bench.forge.refuse("write 7", .invalid)
            try await bench.laboratory.repository.git("update-ref", "refs/pull/7/head", first)
            bench.forge.push(first, to: 7)
            await bench.desk.look()
            #expect(bench.forge.texts(on: 7).last?.contains("third") == true)
            bench.forge.refuse("write 7", nil)
            await bench.desk.look()
            let texts = bench.forge.texts(on: 7)
            #expect(texts.count == 1 && texts.last?.contains("third") == false, "\(texts)")
        }
    }

    @Test func `a plan that was stored but not shown is shown by the next process`() async throws {
        try await DeskBench.with { bench in
            try await bench.begin()
            _ = try await bench.request(7)
            await bench.desk.look()
            bench.forge.refuse("set", .unavailable)
            bench.forge.push(try await bench.push(7, "third"), to: 7)
            await bench.desk.look()
            #expect(bench.forge.texts(on: 7).last?.contains("third") == false)
            bench.forge.refuse("set", nil)
            let other = bench.restarted()
            await other.desk.look()
            let texts = bench.forge.texts(on: 7)
            #expect(texts.count == 1 && texts.last?.contains("third") == true, "\(texts)")
            // Once it is shown, nothing is planned or written again.
            _ = bench.forge.takeCalls()
            await bench.restarted().desk.look()
            #expect(bench.forge.takeCalls().filter { $0.hasPrefix("write") || $0.hasPrefix("set") }.isEmpty)
        }
    }

    @Test(arguments: ["mitregate nonsense", "mitregate apply"])
    func `why a command is refused is told by a process that did not make the plan`(command: String) async throws {
        try await DeskBench.with(forge: DeskBench.appliesByComment) { bench in
            try await bench.begin()
            _ = try await bench.request(7)
            await bench.desk.look()
            let other = bench.restarted()
            await other.desk.look()
            await other.comment(command)
            let texts = bench.forge.texts(on: 7)
            #expect(texts.count == 1 && texts.first?.contains("last command was refused") == true, "\(texts)")
            // What is told takes no other plan.
            bench.laboratory.simulator.clearRequests()
            await bench.restarted().desk.look()
            #expect(bench.laboratory.simulator.requests().isEmpty)
        }
    }

    @Test func `an approval is told by a process that did not make the plan`() async throws {
        try await DeskBench.with(forge: "approvals: 1") { bench in
            try await bench.begin()
            _ = try await bench.request(7)
            await bench.desk.look()
            let other = bench.restarted()
            await other.approve()
            #expect(bench.forge.texts(on: 7).first?.contains("approvals **1 of 1**") == true)
        }
    }

    @Test func `errors that an earlier process told of a fork stay told`() async throws {
        try await DeskBench.with { bench in
            try await bench.begin()
            let text = DeskBench.inbound("wrong").replacingOccurrences(of: "192.0.2.1", with: "nowhere")
            let head = try await bench.push(3, text: text)
            try bench.forge.open(3, head: head, origin: .fork)
            for desk in [bench.desk, bench.restarted().desk] {
                await desk.look()
                let texts = bench.forge.texts(on: 3)
                #expect(texts.count == 1 && texts.first?.contains("fabrikam.yaml") == true, "\(texts)")
            }
        }
    }

    @Test func `a comment that may not be written over for a while stays ours, and no second one comes`() async throws {
        try await DeskBench.with { bench in
            try await bench.begin()
            _ = try await bench.request(7)
            await bench.desk.look()
            bench.forge.state.withLock { _ = $0.locked.insert(7) }
            bench.forge.push(try await bench.push(7, "third"), to: 7)
            await bench.desk.look()
            #expect(bench.troubles.last?.reason == "PermissionMissing")
            bench.forge.state.withLock { _ = $0.locked.remove(7) }
            await bench.desk.look()
            let texts = bench.forge.texts(on: 7)
            #expect(texts.count == 1 && texts.first?.contains("third") == true, "\(texts)")
        }
    }

    @Test func `a request that takes no comment silences none of the others`() async throws {
        try await DeskBench.with { bench in
            try await bench.begin()
            _ = try await bench.request(7)
            let text = DeskBench.inbound("new", slug: "litware")
            let head = try await bench.push(8, text: text, file: "tenants/contoso/litware.yaml")
            try bench.forge.open(8, head: head)
            await bench.desk.look()
            try await bench.merge(7)
            let tip = try await bench.merge(8)
            #expect(try await bench.apply().stop == nil)
            bench.forge.state.withLock { _ = $0.locked.insert(7) }
            let outcome = TenantOutcome(tenant: "contoso", state: .applied, run: "R1", at: bench.shift.now)
            await bench.desk.ended(outcome, revision: tip)
            #expect(bench.forge.texts(on: 8).last?.contains("merged: applied in") == true)
            _ = bench.forge.takeCalls()
            await bench.desk.look()
            #expect(bench.forge.takeCalls().allSatisfy { !$0.hasPrefix("write") }, "it is not tried for ever")
            #expect(bench.troubles.last == nil)
        }
    }

    @Test func `who would approve an unreviewed plan is told what the gate says of it`() async throws {
        try await DeskBench.with { bench in
            try await bench.begin()
            // No certificate of theirs was ever seen, which a person must accept.
            let text = DeskBench.inbound("new", slug: "litware")
                .replacingOccurrences(of: "  restrictDomainsToIPAddresses: true\n", with: "")
                .replacingOccurrences(
                    of: "  senderIPAddresses: [192.0.2.1]",
                    with: "  restrictDomainsToCertificate: true\n  tlsSenderCertificateName: mail.litware.example"
                )
            try bench.laboratory.repository.write(text, to: "tenants/contoso/litware.yaml")
            try await bench.laboratory.repository.commit("Straight to main")
            let held = try await bench.apply()
            #expect(held.stop?.id == "not-reviewed")
            let message = held.stop?.message ?? ""
            #expect(message.contains("The TLS gate says approve of it"), "\(message)")
        }
    }
}
