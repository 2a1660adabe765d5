import Configuration
import Connectors
import Definitions
import ExchangeSimulator
import Foundation
import Laboratory
import Planning
import Reconciling
import Reports
import StateStore
import Testing
import TestSupport

/// From a tenant to definitions and back.
@Suite struct ImportTests {
    @Test(arguments: 1...12)
    func `a plan of what was imported has no changes, whatever the tenant holds`(seed: UInt64) async throws {
        var rows = RandomRows(seed: seed)
        try await Bench.with(tenant: try rows.tenant()) { bench in
            let definitions = try await Self.importAll(bench)
            let plan = try await bench.plan()
            #expect(plan.exitStatus == .done, "\(plan.errors) \(plan.plan?.guards ?? [])")
            #expect(plan.plan?.changes == [])
            #expect(plan.plan?.summary.unchanged == definitions.count)
            let before = try bench.picture()
            bench.forget()
            #expect(try await bench.apply().exitStatus == .done)
            #expect(bench.writes.isEmpty)
            #expect(try bench.picture() == before)
            #expect(try await bench.applied().connectors.count == definitions.count)
            #expect(try await bench.drift().items.isEmpty)
        }
    }

    @Test func `rule 7: what the hybrid wizard made is imported as a comment, and then left alone`() async throws {
        let seed = #"""
            "inboundConnectors": [{"Name": "Inbound from 6f1d0c9e", "ConnectorType": "OnPremises", "ConnectorSource": "HybridWizard",
              "SenderDomains": ["smtp:*;1"], "RequireTls": true, "TlsSenderCertificateName": "mail.contoso.com", "CloudServicesMailEnabled": true}],
            "outboundConnectors": [{"Name": "To Fabrikam", "RecipientDomains": ["fabrikam.example"], "UseMXRecord": true, "TlsSettings": "EncryptionOnly"}]
            """#
        try await Bench.with(tenant: seed, settings: "drift: correct, prune: delete") { bench in
            #expect(try await Self.importAll(bench).map(\.displayName) == ["To Fabrikam"])
            let plan = try #require(try await bench.plan().plan)
            #expect(plan.changes.isEmpty)
            #expect(plan.unmanaged.map(\.displayName) == ["Inbound from 6f1d0c9e"])
            #expect(try await bench.apply().exitStatus == .done)
            #expect(bench.writes.isEmpty)
        }
    }

    @Test func `a tenant that cannot be read is not imported as empty`() async throws {
        try await Bench.with { bench in
            try bench.faults(Fault.fault("Get-TransportRule", times: #""always""#, #""forbidden": "empty""#))
            let stop = await #expect(throws: RunStop.self) { try await Self.observed(bench) }
            #expect(stop?.status == .unknown)
        }
    }

    private static func observed(_ bench: Bench) async throws -> ObservedTenant {
        let (reconciler, tenants) = try bench.reconciler()
        return try await reconciler.observed(try #require(tenants.first))
    }

    /// Imports into the tenant's folder, commits, and gives the files that are definitions.
    private static func importAll(_ bench: Bench) async throws -> [ImportedFile] {
        let files = DefinitionWriter.files(for: try await observed(bench).connectors)
        for file in files { try bench.repository.write(file.text, to: "tenants/contoso/\(file.name)") }
        try await bench.repository.commit("Import")
        return files.filter(\.isDefinition)
    }
}
