import ExchangeSimulator
import Foundation
import Laboratory
import Testing
import TestSupport
import Transfers

/// One commit over two tenants, as a running controller rolls it out.
@Suite struct ControllerRolloutTests {
    private static let tenant = "99999999-2222-3333-4444-555555555555"

    private static func seed() -> String {
        """
        {"tenants": [{
          "tenantId": "\(tenant)", "organization": "fabrikam.onmicrosoft.com",
          "acceptedDomains": [{"DomainName": "fabrikam.onmicrosoft.com", "InitialDomain": true}],
          "applications": [{"clientId": "\(Laboratory.clientID)", "clientSecret": "\(Laboratory.secret)",
                            "roles": ["Exchange.ManageAsApp"], "directoryRoles": ["Exchange Administrator"]}]}]}
        """
    }

    /// A second tenant, in a simulator of its own, that follows the first.
    ///
    /// - Parameter interval: How often the source is looked at; what is asked for is looked at in addition.
    private static func with(
        interval: String = "1s",
        _ body: @escaping @Sendable (ControllerBed, ExchangeSimulator) async throws -> Void
    ) async throws {
        let other = try await ExchangeSimulator.start(seed: seed(), port: try FreePort.next())
        let line = """
                  - {name: fabrikam, path: tenants/fabrikam, tenantId: \(tenant), organization: fabrikam.onmicrosoft.com,
                     credentials: {clientId: \(Laboratory.clientID), clientSecret: {file: secret}}, interval: 1s,
                     endpoints: {login: "\(other.url)", exchange: "\(other.url)", graph: "\(other.url)"}}

            """
        let address = "192.0.2.1"
        let files = ["fabrikam.yaml": Sample.inbound("fabrikam", "From Fabrikam", address)]
        do {
            try await ControllerBed.with(
                files: files,
                edit: { text in
                    text.replacingOccurrences(of: "store: {url", with: line + "store: {url")
                        .replacingOccurrences(
                            of: "    branch: main\n",
                            with: "    branch: main\n    rollout: {canaries: [contoso], wait: 1s, stopAfter: 1}\n"
                        ).replacingOccurrences(of: "\n    interval: 1s", with: "\n    interval: \(interval)")
                }
            ) { (bed: ControllerBed, _: Running) async throws in
                try await commit(bed, "comment: One")
                for tenant in ["contoso", "fabrikam"] {
                    _ = try await bed.command("reconcile", "--tenant", tenant, "--wait")
                }
                try await bed.until("both written") { changes(other) == 1 }
                try await body(bed, other)
            }
        } catch {
            await other.stop()
            throw error
        }
        await other.stop()
    }

    /// Changes the same connector of both tenants.
    private static func commit(_ bed: ControllerBed, _ more: String) async throws {
        for tenant in ["contoso", "fabrikam"] {
            try bed.laboratory.repository.write(
                Sample.inbound("fabrikam", "From Fabrikam", "192.0.2.1", more: "  \(more)"),
                to: "tenants/\(tenant)/fabrikam.yaml"
            )
        }
        try await bed.laboratory.repository.commit(more)
    }

    private static func changes(_ simulator: ExchangeSimulator) -> Int {
        simulator.requests().count { $0.changedTenant }
    }

    @Test func `a bad commit stops at the canary, and the next good one goes through to all`() async throws {
        try await Self.with { bed, other in
            try bed.laboratory.simulator.setFaults(
                #"""
                [{"match": {"cmdlet": "Set-InboundConnector"}, "times": 1, "effect": {"errorBody":
                  {"type": "Microsoft.Exchange.Data.DataValidationException", "text": "It can't be done."}}}]
                """#
            )
            try await Self.commit(bed, "comment: Bad")
            try await bed.until("stopped") { try await bed.hasEvent("rollout-stopped") }
            let event = try #require(try await bed.lastEvent("rollout-stopped"))
            #expect(event["tenant"] as? String == "fabrikam")
            #expect((event["message"] as? String)?.contains("contoso") == true)
            _ = try await bed.command("reconcile", "--tenant", "fabrikam", "--wait")
            #expect(Self.changes(other) == 1, "the other tenant never saw it")
            try await Self.commit(bed, "comment: Good")
            try await bed.until("both written") { Self.changes(other) == 2 }
            try await bed.until("in sync") { try await bed.state() == "in-sync" }
        }
    }

    @Test func `a tenant that reads a commit before anyone else still waits for its canary`() async throws {
        try await Self.with(interval: "1h") { bed, other in
            try await Self.commit(bed, "comment: Two")
            _ = try await bed.command("reconcile", "--tenant", "fabrikam", "--wait")
            #expect(Self.changes(other) == 1, "its canary comes first")
            _ = try await bed.command("reconcile", "--tenant", "contoso", "--wait")
            try await bed.until("both written") { Self.changes(other) == 2 }
        }
    }
}
