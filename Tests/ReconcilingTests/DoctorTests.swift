import ExchangeSimulator
import Foundation
import Laboratory
import Reconciling
import Reports
import Testing

/// What `doctor` says of a tenant, check by check.
@Suite struct DoctorTests {
    private func checks(_ bench: Bench) async throws -> [DoctorCheck] {
        let (reconciler, tenants) = try bench.reconciler()
        return await reconciler.doctor(tenants).checks.filter { $0.tenant != nil }
    }

    @Test func `what keeps us from signing in is said once`() async throws {
        try await Bench.with { bench in
            try bench.simulator.setFaults(
                #"[{"match": {"path": "/oauth2/"}, "times": "always", "effect": {"tokenError": 7000222}}]"#
            )
            let checks = try await checks(bench)
            #expect(checks.filter { $0.message.contains("secret has expired") }.map(\.name) == ["sign-in"])
            #expect(!checks.contains { $0.name == "permission-read" || $0.name == "audit-log" })
        }
    }

    @Test func `whether mail can be watched, and which connectors are blocked, is said`() async throws {
        try await Bench.with { bench in
            let good = try await checks(bench)
            #expect(good.first { $0.name == "message-trace" }?.outcome == .ok)
            #expect(good.first { $0.name == "blocked-connectors" }?.outcome == .ok)
            try bench.simulator.set(
                #"{"tenant": "contoso.onmicrosoft.com", "blockedConnectors": [{"ConnectorId": "x", "Name": "Printers"}]}"#
            )
            try bench.simulator.setFaults(
                #"[{"match": {"cmdlet": "Get-MessageTrace*"}, "times": "always", "effect": {"forbidden": "nul"}}]"#
            )
            let bad = try await checks(bench)
            #expect(bad.first { $0.name == "message-trace" }?.outcome == .warn)
            let blocked = try #require(bad.first { $0.name == "blocked-connectors" })
            #expect(blocked.outcome == .fail)
            #expect(blocked.message.contains("blocked 1 inbound connector as compromised: Printers."))
        }
    }

    @Test func `an organization that the tenant does not have fails`() async throws {
        try await Bench.with { bench in
            let good = try #require(try await checks(bench).first { $0.name == "organization" })
            #expect(good.outcome == .ok)
            let file = bench.laboratory.folder.appending(path: "mitregate.yaml")
            let text = try String(contentsOf: file, encoding: .utf8)
            let wrong = text.replacing("organization: contoso.onmicrosoft.com", with: "organization: contosoo.example")
            #expect(wrong != text)
            try Data(wrong.utf8).write(to: file)
            let bad = try #require(try await checks(bench).first { $0.name == "organization" })
            #expect(bad.outcome == .fail)
            #expect(bad.message.contains("contosoo.example"))
        }
    }
}
