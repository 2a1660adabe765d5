import ExchangeSimulator
import Foundation
import Laboratory
import Reconciling
import Reports
import TestSupport
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

    @Test func `mirrors are looked at where a source is fetched, and a folder that others may write to fails`()
        async throws
    {
        try await Bench.with(files: ["fabrikam.yaml": Definition.outbound("fabrikam")]) { bench in
            func check() async throws -> DoctorCheck? {
                let (reconciler, tenants) = try bench.reconciler()
                return await reconciler.doctor(tenants).checks.first { $0.name == "mirrors" }
            }
            #expect(try await check() == nil, "nothing is fetched")
            try bench.laboratory.configure(url: "file://\(bench.repository.folder.path(percentEncoded: false))")
            let file = bench.laboratory.folder.appending(path: "mitregate.yaml")
            let text = try String(contentsOf: file, encoding: .utf8)
            try Data("\(text)\nmirrors: clones\n".utf8).write(to: file)
            let good = try #require(try await check())
            #expect(good.outcome == .ok, "\(good)")
            let clones = bench.laboratory.folder.appending(path: "clones").path(percentEncoded: false)
            #expect(good.message.contains(clones))
            for (mode, outcome) in [(0o770, DoctorCheck.Outcome.warn), (0o777, .fail)] {
                try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: clones)
                #expect(try await check()?.outcome == outcome)
            }
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

    @Test func `a resolver that does not answer fails, with what that means`() async throws {
        try await Bench.with(files: ["fabrikam.yaml": Definition.outbound("fabrikam")]) { bench in
            try bench.laboratory.configure(gate: "resolver: 127.0.0.1@1, timeout: 1s")
            let (reconciler, tenants) = try bench.reconciler()
            let check = try #require(await reconciler.doctor(tenants).checks.first { $0.name == "dns" })
            #expect(check.outcome == .fail, "\(check)")
            #expect(check.message == "The resolver 127.0.0.1@1 does not answer. No partner can be judged.")
            #expect(check.remedy == "Let gate.resolver name a server that answers.")
        }
    }

    @Test(arguments: [(2, DoctorCheck.Outcome.warn), (60, .ok)])
    func `the end of the application's own certificate warns below 30 days`(
        days: Int,
        outcome: DoctorCheck.Outcome
    ) async throws {
        try await Bench.with { bench in
            let folder = bench.laboratory.folder
            try await TestSupport.run(
                "/usr/bin/openssl",
                [
                    "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "\(days)", "-subj", "/CN=app",
                    "-keyout", "key.pem", "-out", "certificate.pem",
                ],
                in: folder
            )
            let file = folder.appending(path: "mitregate.yaml")
            let text = try String(contentsOf: file, encoding: .utf8)
            let own = text.replacing(
                "clientSecret: {file: secret}",
                with: "certificate: {certificate: {file: certificate.pem}, privateKey: {file: key.pem}}"
            )
            try #require(own != text)
            try Data(own.utf8).write(to: file)
            let check = try #require(try await checks(bench).first { $0.name == "sign-in-certificate" })
            #expect(check.outcome == outcome, "\(check)")
            #expect(check.message.hasSuffix("in \(days - 1) days."), "\(check)")
            #expect(check.remedy.contains("Make a new certificate and key") == (outcome == .warn))
        }
    }
}
