import Configuration
import Controller
import ExchangeSimulator
import Forges
import Foundation
import Laboratory
import PullRequests
import Reconciling
import StateStore
import Synchronization
import Testing

/// Two processes offer the same, or a person acts while one does: nothing is lost, and nothing is said that is not so.
@Suite(.timeLimit(.minutes(5))) struct OfferRaceTests {
    private static let seed = """
        "outboundConnectors": [{"Name": "Court mail", "ConnectorType": "Partner", "RecipientDomains": ["court.example"],
          "UseMXRecord": true, "TlsSettings": "EncryptionOnly"}]
        """
    private static let offers = "unmanaged: pull-request"

    @Test func `a command and the controller that offer the same at once lose nothing of each other`() async throws {
        try await OfferBench.with(offers: Self.offers, seed: Self.seed) { bench in
            let command = bench.restarted()
            let managed = try #require(bench.environment.configuration.tenants.first)
            bench.forge.meanwhile("propose") {
                Self.addConnector(bench)
                await bench.desk.look()
            }
            let answer = try await command.desk.adopt(managed)
            #expect(answer.news.request == "#1" && answer.news.trouble == nil, "\(answer.news)")
            #expect(answer.files.count == 2, "what came to be there meanwhile is offered as well")
            try await Self.expectOne(bench)
            #expect(try bench.proposal(1).title == "Manage 2 connectors of contoso")
        }
    }

    @Test func `the controller that comes second takes over what the command has opened, and calls it ours`()
        async throws
    {
        try await OfferBench.with(offers: Self.offers, seed: Self.seed) { bench in
            let command = bench.restarted()
            let managed = try #require(bench.environment.configuration.tenants.first)
            bench.forge.meanwhile("open") { _ = try? await command.desk.adopt(managed) }
            await bench.desk.look()
            try await Self.expectOne(bench)
        }
    }

    @Test func `a branch that another process of ours moved before our push is nobody else's`() async throws {
        try await OfferBench.with(offers: Self.offers, seed: Self.seed) { bench in
            let command = bench.restarted()
            let managed = try #require(bench.environment.configuration.tenants.first)
            bench.flaky.afterOffer {
                Self.addConnector(bench)
                _ = try? await command.desk.adopt(managed)
            }
            await bench.desk.look()
            try await Self.expectOne(bench)
            #expect(try bench.proposal(1).title == "Manage 2 connectors of contoso")
        }
    }

    private static func addConnector(_ bench: OfferBench) {
        try? bench.laboratory.simulator.edit(
            tenant: Laboratory.tenantID,
            userId: "eve@contoso.com",
            cmdlet: "New-OutboundConnector",
            parameters: #"{"Name": "Hers", "RecipientDomains": ["z.example"], "UseMXRecord": true}"#
        )
    }

    /// One request is open, what is remembered is what is so, and the next look has nothing to do.
    private static func expectOne(_ bench: OfferBench) async throws {
        #expect(bench.open.map(\.number) == [1])
        let tip = try await bench.tip(of: OfferBench.adoption)
        let record = try #require(try await bench.stored(.adoption))
        let commit = try #require(CommitID(tip))
        #expect(record.memory.number == 1)
        #expect(record.memory.isOurs(commit))
        _ = bench.forge.takeCalls()
        await bench.desk.look()
        #expect(bench.news.of(.adoption)?.trouble == nil, "\(String(describing: bench.news.of(.adoption)))")
        #expect(!bench.forge.takeCalls().contains { $0.hasPrefix("propose") })
        #expect(try await bench.tip(of: OfferBench.adoption) == tip)
    }

    @Test func `an update of a request that a person closes meanwhile pushes nothing to it`() async throws {
        try await OfferBench.with { bench in
            try bench.tamper()
            await bench.desk.look()
            let shown = bench.open.first?.head.commit
            try bench.tamper(#"{"Identity": "From fabrikam", "Comment": "hers, later"}"#)
            bench.forge.meanwhile("request 1") { bench.forge.closeByPerson(1) }
            await bench.desk.look()
            await bench.desk.look()
            #expect(bench.forge.state.withLock { $0.requests[1]?.head.commit } == shown)
            // The person has declined what was shown, and nothing of what came later.
            #expect(bench.open.map(\.number) == [2])
            #expect(bench.news.of(.drift)?.trouble == nil)
        }
    }

    @Test func `whoever asks while the request is being closed gets another, and the closed one stays as it was`()
        async throws
    {
        try await OfferBench.with(offers: Self.offers, seed: Self.seed) { bench in
            let managed = try #require(bench.environment.configuration.tenants.first)
            #expect(try await bench.desk.adopt(managed).news.request == "#1")
            let shown = bench.open.first?.head.commit
            Self.addConnector(bench)
            bench.forge.meanwhile("request 1") { bench.forge.closeByPerson(1) }
            let answer = try await bench.desk.adopt(managed)
            #expect(answer.news.request == "#2" && answer.news.trouble == nil, "\(answer.news)")
            #expect(bench.forge.state.withLock { $0.requests[1]?.head.commit } == shown)
        }
    }

    // MARK: A request that is gone

    @Test func `a request that the forge has not any more is opened again, and one of which it does not tell is kept`()
        async throws
    {
        try await OfferBench.with { bench in
            try bench.tamper()
            await bench.desk.look()
            bench.forge.state.withLock { $0.requests = [:] }
            let answers: [(ForgeError.Reason, Int)] = [(.unavailable, 503), (.forbidden, 403), (.notFound, 302)]
            for (reason, status) in answers {
                bench.forge.refuse("request 1", reason, status: status)
                await bench.desk.look()
                #expect(try await bench.stored(.drift)?.memory.number == 1, "\(reason)")
                #expect(bench.open.isEmpty && bench.news.of(.drift)?.trouble != nil, "\(reason)")
                bench.shift.advance(7_200)
            }
            bench.forge.refuse("request 1", nil)
            await bench.desk.look()
            #expect(bench.open.count == 1 && bench.news.of(.drift)?.trouble == nil)
            #expect(bench.forge.takeCalls().filter { $0.hasPrefix("propose") }.count == 2)
        }
    }

    // MARK: What is not known

    @Test func `without the branch, whoever asks for a request is told why there is none`() async throws {
        try await OfferBench.with(offers: Self.offers, seed: Self.seed) { bench in
            let environment = bench.environment
            let forge = bench.forge
            let desk = OfferDesk(
                "mail-flow",
                tools: OfferTools(
                    environment: { environment },
                    shared: SharedResources(environment),
                    open: { _ in forge },
                    branch: { _ in nil },
                    standing: { _ in OfferStanding(live: nil) }
                )
            )
            let managed = try #require(environment.configuration.tenants.first)
            let error = await #expect(throws: RunStop.self) { _ = try await desk.adopt(managed) }
            #expect(error?.message.contains("mail-flow") == true && error?.remedy.isEmpty == false)
        }
    }

    @Test func `a look that is cut short says nothing of the offer, and the next one goes on at once`() async throws {
        try await OfferBench.with { bench in
            try bench.tamper()
            bench.forge.meanwhile("propose") {
                withUnsafeCurrentTask { $0?.cancel() }
                bench.forge.refuse("propose", .unavailable)
            }
            await bench.desk.look()
            bench.forge.refuse("propose", nil)
            let news = bench.news.of(.drift)
            #expect(news?.trouble == nil && news?.isUnknown == true, "\(String(describing: news))")
            await bench.desk.look()
            #expect(bench.open.count == 1 && bench.news.of(.drift)?.trouble == nil)
        }
    }

    @Test func `a failure of which nothing is known says what failed and what to do`() {
        struct Odd: Error, CustomStringConvertible { let description = "the disk is on fire" }
        let trouble = OfferDesk.trouble(Odd())
        #expect(trouble.message.contains("the disk is on fire") && trouble.reason == "Failed")
        #expect(trouble.message.contains("offer") && trouble.remedy.contains("tried again"))
    }

    @Test(arguments: [true, false])
    func `a definition that is written as JSON is edited as such`(isWide: Bool) async throws {
        let wide = """
            {
              "apiVersion": "mitregate.dev/v1",
              "kind": "InboundConnector",
              "metadata": {"name": "fabrikam"},
              "spec": {
                "name": "From fabrikam", "connectorType": "Partner", "senderDomains": ["fabrikam.example"],
                "requireTls": true, "restrictDomainsToIPAddresses": true, "senderIPAddresses": ["192.0.2.1"],
                "comment": "first"
              }
            }

            """
        let json = isWide ? wide : wide.replacing("\n", with: "").replacing("  ", with: "") + "\n"
        try await OfferBench.with { bench in
            try await bench.commit(json)
            #expect(try await bench.apply().stop == nil)
            try bench.tamper()
            await bench.desk.look()
            #expect(bench.news.of(.drift)?.trouble == nil, "\(String(describing: bench.news.of(.drift)?.trouble))")
            let text = try await bench.text(on: OfferBench.drift)
            #expect(text == json.replacing("\"first\"", with: "\"hers\""), "\(text)")
        }
    }
}
