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

/// Connectors without a definition are offered one, where the operator asks for that.
@Suite(.timeLimit(.minutes(5))) struct AdoptionOfferDeskTests {
    private static let seed = """
        "outboundConnectors": [{"Name": "Court mail", "ConnectorType": "Partner", "RecipientDomains": ["court.example"],
          "UseMXRecord": true, "TlsSettings": "EncryptionOnly"}]
        """

    @Test func `an unmanaged connector becomes a request with its definition, and merged it is managed as it is`()
        async throws
    {
        try await OfferBench.with(offers: "unmanaged: pull-request", seed: Self.seed) { bench in
            await bench.desk.look()
            #expect(bench.open.map(\.number) == [1])
            #expect(try bench.proposal(1).title == "Manage 1 connector of contoso")
            let files = try await bench.server.git("diff", "--name-only", "main", OfferBench.adoption)
            let path = files.trimmingCharacters(in: .whitespacesAndNewlines)
            #expect(path.hasPrefix("tenants/contoso/"), "\(files)")
            #expect(try await bench.text(path, on: OfferBench.adoption).contains("Court mail"))

            // Neither the tenant nor git is read again for the same connectors.
            bench.laboratory.simulator.clearRequests()
            let head = try await bench.tip(of: OfferBench.adoption)
            await bench.desk.look()
            #expect(try await bench.tip(of: OfferBench.adoption) == head)

            try await bench.merge(1, OfferBench.adoption)
            bench.laboratory.simulator.clearRequests()
            let ending = try await bench.apply()
            #expect(ending.stop == nil, "\(String(describing: ending.stop))")
            #expect(bench.writes.isEmpty)
            await bench.desk.look()
            #expect(bench.open.isEmpty)
        }
    }

    @Test func `it is off by default`() async throws {
        try await OfferBench.with(seed: Self.seed) { bench in
            await bench.desk.look()
            #expect(bench.open.isEmpty)
        }
    }

    @Test func `declined, it is not offered again until another connector is found`() async throws {
        try await OfferBench.with(offers: "unmanaged: pull-request", seed: Self.seed) { bench in
            await bench.desk.look()
            bench.forge.closeByPerson(1)
            await bench.desk.look()
            #expect(bench.open.isEmpty)
            try bench.laboratory.simulator.edit(
                tenant: Laboratory.tenantID,
                userId: "eve@contoso.com",
                cmdlet: "New-OutboundConnector",
                parameters: #"{"Name": "Hers", "RecipientDomains": ["z.example"], "UseMXRecord": true}"#
            )
            await bench.desk.look()
            #expect(bench.open.map(\.number) == [2])
        }
    }
}
