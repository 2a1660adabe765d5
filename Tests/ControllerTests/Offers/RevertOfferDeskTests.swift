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

/// What was rolled back in a tenant is offered to be taken back in git.
@Suite(.timeLimit(.minutes(5))) struct RevertOfferDeskTests {
    private static let second = OfferBench.definition.replacing("\"first\"", with: "\"second\"")
    private static let refusal = """
        [{"match": {"cmdlet": "Set-InboundConnector"}, "times": 1, "effect": {"errorBody": {
          "type": "Microsoft.Exchange.Data.DataValidationException", "text": "It can't be done."}}}]
        """

    @Test func `a commit that was rolled back becomes a revert request that the quarantine names and its merge lifts`()
        async throws
    {
        try await OfferBench.with { bench in
            let bad = try await bench.commit(Self.second, "Make it second")
            let run = try #require(try await bench.apply().outcome.run)
            #expect(try await bench.rollback(run) == nil)
            await bench.desk.look()
            #expect(bench.open.map(\.number) == [1])
            #expect(try await bench.text(on: OfferBench.revert) == OfferBench.definition)
            let proposal = try bench.proposal(1)
            #expect(proposal.title == "Revert \(bad.prefix(12)) in contoso, which was rolled back")
            #expect(proposal.description.contains("rolled back by hand"), "\(proposal.description)")
            let texts = bench.forge.texts(on: 1)
            #expect(texts.count == 1 && texts.first?.contains("What was seen") == true, "\(texts)")
            #expect(bench.woken.all == [["contoso"]], "it is held, and who is held by it is to read of the request")

            let held = try await bench.apply()
            #expect(held.stop?.id == "quarantined-revision")
            #expect(
                held.stop?.message.contains("Request #1 takes it back in git") == true,
                "\(held.stop?.message ?? "")"
            )

            await bench.desk.look()
            #expect(bench.forge.texts(on: 1) == texts && bench.open.count == 1)

            try await bench.merge(1, OfferBench.revert)
            bench.laboratory.simulator.clearRequests()
            let ending = try await bench.apply()
            #expect(ending.stop == nil && ending.outcome.result == .unchanged, "\(String(describing: ending.stop))")
            #expect(bench.writes.isEmpty)
            #expect(try await bench.store.standing(of: "contoso").quarantine == nil)
            await bench.desk.look()
            #expect(bench.open.isEmpty && bench.news.of(.revert)?.request == nil)
        }
    }

    @Test func `an apply that Exchange refuses becomes one as well, and a retry that goes through closes it`()
        async throws
    {
        try await OfferBench.with { bench in
            try await bench.commit(Self.second, "Make it second")
            try bench.laboratory.simulator.setFaults(Self.refusal)
            let failed = try await bench.apply()
            #expect(failed.outcome.result == .rolledBack, "\(failed.outcome.message)")
            await bench.desk.look()
            #expect(bench.open.map(\.number) == [1])
            #expect(try await bench.text(on: OfferBench.revert) == OfferBench.definition)
            #expect(bench.forge.texts(on: 1).first?.contains("It can") == true, "\(bench.forge.texts(on: 1))")

            let managed = try #require(bench.environment.configuration.tenants.first)
            _ = try await Reconciler(bench.environment).retry(managed)
            try await bench.apply()
            await bench.desk.look()
            #expect(bench.open.isEmpty)
            #expect(bench.forge.texts(on: 1).last?.contains("no commit is quarantined") == true)
            #expect(try await bench.tip(of: OfferBench.revert) == "")
        }
    }

    @Test func `where the branch has moved on, only what the commit did is taken back`() async throws {
        try await OfferBench.with { bench in
            try await bench.commit(Self.second, "Make it second")
            let run = try #require(try await bench.apply().outcome.run)
            let later = Self.second.replacing("# Fabrikam: asked for by legal, 2024-03", with: "# Fabrikam: ask legal")
            try await bench.commit(later, "A comment")
            #expect(try await bench.rollback(run) == nil)
            await bench.desk.look()
            #expect(try await bench.text(on: OfferBench.revert) == later.replacing("\"second\"", with: "\"first\""))
            #expect(try bench.proposal(1).description.contains("later changes stay"))
        }
    }

    @Test func `an older run that a person rolls back is the one that is taken back, and not the newest commit`()
        async throws
    {
        try await OfferBench.with { bench in
            let bad = try await bench.commit(Self.second, "Make it second")
            let run = try #require(try await bench.apply().outcome.run)
            let other = DeskBench.inbound("other", slug: "woodgrove")
            try await bench.commit(other, to: "tenants/contoso/woodgrove.yaml", "Another partner")
            let ending = try await bench.apply()
            #expect(ending.stop == nil, "\(String(describing: ending.stop))")
            #expect(try await bench.rollback(run) == nil)
            await bench.desk.look()
            #expect(try bench.proposal(1).title.contains(bad.prefix(12)))
            #expect(try await bench.text(on: OfferBench.revert) == OfferBench.definition)
            #expect(try await bench.text("tenants/contoso/woodgrove.yaml", on: OfferBench.revert) == other)
        }
    }

    // MARK: The evidence

    @Test func `the answer to writing the evidence may be lost, and no second comment is written`() async throws {
        try await Self.withRolledBack { bench in
            bench.forge.state.withLock { $0.lost = ["write"] }
            await bench.desk.look()
            #expect(bench.open.map(\.number) == [1] && bench.forge.texts(on: 1).count == 1)
            #expect(bench.news.of(.revert)?.trouble?.reason == "Unavailable")
            bench.forge.state.withLock { $0.lost = [] }
            bench.shift.advance(61)
            await bench.desk.look()
            // Another process goes on from what was stored as well.
            await bench.restarted().desk.look()
            let texts = bench.forge.texts(on: 1)
            #expect(texts.count == 1 && texts.first?.contains("What was seen") == true, "\(texts)")
            let record = try await bench.stored(.revert)
            #expect(record?.commented == 1)
        }
    }

    @Test func `evidence that was written over without an answer is written again, though it is to read as before`()
        async throws
    {
        try await Self.withRolledBack { bench in
            await bench.desk.look()
            let first = bench.forge.texts(on: 1)
            let key = "broken"
            var change = ControllerChange(documents: [Document(.watch, key, tenant: "contoso", json: "{}")])
            try await bench.store.commit(change)
            bench.forge.state.withLock { $0.lost = ["write"] }
            await bench.restarted().desk.look()
            #expect(bench.forge.texts(on: 1).first?.contains("cannot be read") == true)
            bench.forge.state.withLock { $0.lost = [] }
            change = ControllerChange()
            change.forgotten = [(.watch, key)]
            try await bench.store.commit(change)
            await bench.restarted().desk.look()
            #expect(bench.forge.texts(on: 1) == first)
        }
    }

    @Test func `evidence that cannot be read now is not taken for none`() async throws {
        try await Self.withRolledBack { bench in
            bench.flaky.fail([.watch])
            await bench.desk.look()
            #expect(bench.open.isEmpty && bench.news.of(.revert)?.isUnknown == true)
            bench.flaky.fail([])
            await bench.desk.look()
            #expect(bench.open.map(\.number) == [1])
            #expect(bench.forge.texts(on: 1).first?.contains("What was seen") == true)
        }
    }

    @Test func `a watch that is damaged is told as such, and holds up nothing`() async throws {
        try await Self.withRolledBack { bench in
            let damaged = Document(.watch, "01DAMAGED", tenant: "contoso", json: "{}")
            try await bench.store.commit(ControllerChange(documents: [damaged]))
            await bench.desk.look()
            let text = bench.forge.texts(on: 1).first ?? ""
            #expect(text.contains("01DAMAGED") && text.contains("cannot be read"), "\(text)")
        }
    }

    @Test func `a request that the forge has not any more comes again with its evidence`() async throws {
        try await Self.withRolledBack { bench in
            await bench.desk.look()
            bench.forge.state.withLock { state in
                state.requests = [:]
                state.texts = [:]
            }
            await bench.desk.look()
            #expect(bench.open.map(\.number) == [1], "a forge that was restored gives the number once more")
            #expect(bench.forge.texts(on: 1).count == 1)
        }
    }

    private static func withRolledBack(_ body: @Sendable (OfferBench) async throws -> Void) async throws {
        try await OfferBench.with { bench in
            try await bench.commit(Self.second, "Make it second")
            let run = try #require(try await bench.apply().outcome.run)
            #expect(try await bench.rollback(run) == nil)
            try await body(bench)
        }
    }

    @Test func `switched off, nothing is offered after a rollback`() async throws {
        try await OfferBench.with(offers: "drift: pull-request, rollback: off") { bench in
            try await bench.commit(Self.second, "Make it second")
            let run = try #require(try await bench.apply().outcome.run)
            #expect(try await bench.rollback(run) == nil)
            await bench.desk.look()
            #expect(bench.open.isEmpty)
            #expect(try await bench.apply().stop?.message.contains("Request") == false)
        }
    }
}

extension OfferBench {
    /// Rolls a run back as a person would.
    ///
    /// - Returns: Why it came to nothing.
    func rollback(_ run: String) async throws -> String? {
        let rollback = try await RollbackRun.find(run, environment)
        return await rollback.perform().tenants.first?.error?.message
    }
}
