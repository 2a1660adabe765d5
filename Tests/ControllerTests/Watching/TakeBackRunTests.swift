import Configuration
import Connectors
import Controller
import ExchangeOnline
import ExchangeSimulator
import Foundation
import Laboratory
import Logging
import MailWatch
import Planning
import Reconciling
import Reports
import StateStore
import TestSupport
import Testing

/// Taking back what a watch decided, against a simulated tenant and a real store.
@Suite struct TakeBackRunTests {
    private static func definition(
        _ host: String,
        name: String = "adatum",
        tls: String = "EncryptionOnly"
    ) -> String {
        """
        apiVersion: mitregate.dev/v1
        kind: OutboundConnector
        metadata: {name: \(name)}
        spec: {name: To \(name), connectorType: Partner, useMXRecord: false, smartHosts: [\(host)],
               recipientDomains: [\(name).example], tlsSettings: \(tls)}

        """
    }

    private static let moved = [
        ["a.yaml": definition("old.adatum.example")], ["a.yaml": definition("new.adatum.example")],
    ]

    /// Applies two commits, and gives what takes the second one's change of "adatum" back.
    private static func with(
        _ commits: [[String: String]] = moved,
        mayWeaken: Bool = false,
        _ body: @Sendable (Laboratory, RunEnvironment, TakeBack) async throws -> Void
    ) async throws {
        try await Laboratory.with(files: commits[0]) { laboratory in
            let file = laboratory.folder.appending(path: "mitregate.yaml").path(percentEncoded: false)
            let store = try await SQLiteStore(path: laboratory.store)
            let environment = RunEnvironment(
                configuration: try ConfigurationReader.read(path: file, environment: [:]),
                store: store,
                timing: Timing(clock: SkippingClock(), now: { Date() }, random: { 0.5 }),
                executable: "/nowhere/mitregate",
                version: ProgramVersion(number: "1.2.3", commit: nil, date: nil),
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            )
            var options = TenantRun.Options()
            options.judgesPartners = false
            let managed = try #require(environment.configuration.tenants.first)
            for (number, files) in commits.enumerated() {
                for (path, text) in files { try laboratory.repository.write(text, to: "tenants/contoso/\(path)") }
                if number > 0 { try await laboratory.repository.commit("Move it") }
                let ending = await Reconciler(environment).run(managed, TenantRun.reconciling, options: options)
                #expect(ending.stop == nil, "\(String(describing: ending.stop))")
            }
            let run = try #require(try await store.runs(RunQuery(tenant: "contoso", limit: 1)).first)
            let journal = try #require(try await store.journal(run: run.id))
            let guid = try #require(journal.steps.first { $0.write.name == "adatum" }?.before?.guid)
            let json = """
                {"watch": "w1", "run": "\(RunID.make(now: Date()))", "earlier": "\(run.id)", "mayWeaken": \(mayWeaken),
                 "reason": "Mail fails.", "objects": [{"key": {"kind": "OutboundConnector", "name": "adatum"},
                 "guid": "\(guid)", "displayName": "To adatum", "hasOtherParts": false}]}
                """
            try await body(laboratory, environment, try JSONDecoder().decode(TakeBack.self, from: Data(json.utf8)))
            await store.close()
        }
    }

    private static func row(_ laboratory: Laboratory, _ name: String = "adatum") throws -> [String: Any]? {
        let rows = try laboratory.tenantState()["outboundConnectors"] as? [[String: Any]]
        return rows?.first { $0["Name"] as? String == "To \(name)" }
    }

    private static func host(_ laboratory: Laboratory, of name: String = "adatum") throws -> [String]? {
        try row(laboratory, name)?["SmartHosts"] as? [String]
    }

    @Test func `what cannot be read now is tried again under the same id, and then taken back once`() async throws {
        try await Self.with { laboratory, environment, takeBack in
            #expect(try Self.host(laboratory) == ["new.adatum.example"])
            try laboratory.simulator.setFaults(
                #"[{"match": {"cmdlet": "Get-*"}, "times": "always", "effect": {"throttle": {}, "retryAfter": 400}}]"#
            )
            #expect(await TakeBackRun(takeBack, environment).perform() == nil)
            try laboratory.simulator.setFaults("[]")
            let end = await TakeBackRun(takeBack, environment).perform()
            #expect(end == .ended(.applied), "\(String(describing: end))")
            #expect(try Self.host(laboratory) == ["old.adatum.example"])
            laboratory.simulator.clearRequests()
            #expect(await TakeBackRun(takeBack, environment).perform() == end)
            #expect(laboratory.simulator.requests().isEmpty)
        }
    }

    @Test func `a write that is throttled is tried again by another run`() async throws {
        try await Self.with { laboratory, environment, takeBack in
            try laboratory.simulator.setFaults(
                #"[{"match": {"cmdlet": "Set-*"}, "times": "always", "effect": {"throttle": {}, "retryAfter": 400}}]"#
            )
            let end = await TakeBackRun(takeBack, environment).perform()
            guard case .postponed(let next)? = end, next != takeBack.run else {
                Issue.record("\(String(describing: end))")
                return
            }
            #expect(try Self.host(laboratory) == ["new.adatum.example"])
            try laboratory.simulator.setFaults("[]")
            var again = takeBack
            again.run = next
            #expect(await TakeBackRun(again, environment).perform() == .ended(.applied))
            #expect(try Self.host(laboratory) == ["old.adatum.example"])
        }
    }

    @Test func `what someone else changed since is refused, and stays`() async throws {
        try await Self.with { laboratory, environment, takeBack in
            try laboratory.simulator.edit(
                tenant: Laboratory.tenantID,
                userId: "eve@contoso.com",
                cmdlet: "Set-OutboundConnector",
                parameters: #"{"Identity": "To adatum", "SmartHosts": ["eve.adatum.example"]}"#
            )
            let end = await TakeBackRun(takeBack, environment).perform()
            guard case .refused? = end else {
                Issue.record("\(String(describing: end))")
                return
            }
            #expect(try Self.host(laboratory) == ["eve.adatum.example"])
        }
    }

    @Test func `only the connector whose mail fails is taken back, and the rest of its run stays`() async throws {
        let commits = ["old", "new"].map { host in
            [
                "a.yaml": Self.definition("\(host).adatum.example"),
                "b.yaml": Self.definition("\(host).fabrikam.example", name: "fabrikam"),
            ]
        }
        try await Self.with(commits) {
            (laboratory: Laboratory, environment: RunEnvironment, takeBack: TakeBack) async throws in
            #expect(await TakeBackRun(takeBack, environment).perform() == .ended(.applied))
            #expect(try Self.host(laboratory) == ["old.adatum.example"])
            #expect(try Self.host(laboratory, of: "fabrikam") == ["new.fabrikam.example"])
        }
    }

    @Test(arguments: [false, true])
    func `what would weaken security is taken back only where the operator's file says so`(
        _ mayWeaken: Bool
    ) async throws {
        let commits = ["EncryptionOnly", "CertificateValidation"].map { level in
            ["a.yaml": Self.definition("mx.adatum.example", tls: level)]
        }
        try await Self.with(commits, mayWeaken: mayWeaken) { laboratory, environment, takeBack in
            let end = await TakeBackRun(takeBack, environment).perform()
            if mayWeaken {
                #expect(end == .ended(.applied), "\(String(describing: end))")
            } else if case .refused(let why)? = end {
                #expect(why.contains("would weaken security"), "\(why)")
            } else {
                Issue.record("\(String(describing: end))")
            }
            let level = try Self.row(laboratory)?["TlsSettings"] as? String
            #expect(level == (mayWeaken ? "EncryptionOnly" : "CertificateValidation"))
        }
    }
}
