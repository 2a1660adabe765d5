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
    private static func definition(_ host: String) -> String {
        """
        apiVersion: mitregate.dev/v1
        kind: OutboundConnector
        metadata: {name: adatum}
        spec: {name: To adatum, connectorType: Partner, useMXRecord: false, smartHosts: [\(host)],
               recipientDomains: [adatum.example], tlsSettings: EncryptionOnly}

        """
    }

    /// Applies two commits, and gives what takes the second one back.
    private static func with(
        _ body: @Sendable (Laboratory, RunEnvironment, TakeBack) async throws -> Void
    ) async throws {
        try await Laboratory.with(files: ["a.yaml": definition("old.adatum.example")]) { laboratory in
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
            for host in ["old.adatum.example", "new.adatum.example"] {
                try laboratory.repository.write(definition(host), to: "tenants/contoso/a.yaml")
                if host.hasPrefix("new") { try await laboratory.repository.commit("Move it") }
                let ending = await Reconciler(environment).run(managed, TenantRun.reconciling, options: options)
                #expect(ending.stop == nil, "\(String(describing: ending.stop))")
            }
            let run = try #require(try await store.runs(RunQuery(tenant: "contoso", limit: 1)).first)
            let journal = try #require(try await store.journal(run: run.id))
            let guid = try #require(journal.steps.first?.before?.guid)
            let json = """
                {"watch": "w1", "run": "\(RunID.make(now: Date()))", "earlier": "\(run.id)", "mayWeaken": false,
                 "reason": "Mail fails.", "objects": [{"key": {"kind": "OutboundConnector", "name": "adatum"},
                 "guid": "\(guid)", "displayName": "To adatum", "hasOtherParts": false}]}
                """
            try await body(laboratory, environment, try JSONDecoder().decode(TakeBack.self, from: Data(json.utf8)))
            await store.close()
        }
    }

    private static func host(_ laboratory: Laboratory) throws -> [String]? {
        let rows = try laboratory.tenantState()["outboundConnectors"] as? [[String: Any]]
        return rows?.first?["SmartHosts"] as? [String]
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
}
