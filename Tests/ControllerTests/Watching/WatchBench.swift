import Configuration
import ExchangeOnline
import ExchangeSimulator
import Foundation
import Laboratory
import Logging
import Reconciling
import Reports
import Scheduling
import StateStore
import TestSupport
import Testing

@testable import Controller

/// A tenant whose rounds are made by hand, and whose mail is watched.
struct WatchBench: Sendable {
    static let tenant = "contoso"

    let laboratory: Laboratory
    let store: FlakyStore
    let environment: RunEnvironment
    let managed: ManagedTenant

    /// An outbound connector to a relay of its own.
    static func outbound(_ name: String = "fabrikam", _ more: String = "comment: First") -> String {
        """
        apiVersion: mitregate.dev/v1
        kind: OutboundConnector
        metadata: {name: \(name), annotations: {mitregate.dev/accept-risk: "Agreed."}}
        spec: {name: To \(name), connectorType: Partner, useMXRecord: false, smartHosts: ["127.0.0.1"],
               recipientDomains: [\(name).example], \(more)}

        """
    }

    /// The partner's relay takes no STARTTLS, and nothing listens where the gate looks.
    private static let mail = """
        "quirks": {"privateSmartHostsAllowed": true},
        "mail": {"trace": {"lag": 0, "repeats": 0},
          "servers": [{"name": "relay1.fabrikam.example", "address": "127.0.0.1"}],
          "faults": [{"fault": "starttls-gone", "host": "relay1.fabrikam.example"}]}
        """

    static func with(
        onRegression: String = "hold",
        _ body: @Sendable (WatchBench) async throws -> Void
    ) async throws {
        try await Laboratory.with(
            tenant: mail,
            settings: "watch: {mail: trace, for: 24h, settle: 0s, onRegression: \(onRegression)}",
            gate: "networks: any, port: 1, timeout: 1s",
            files: ["fabrikam.yaml": outbound()]
        ) { laboratory in
            let file = laboratory.folder.appending(path: "mitregate.yaml").path(percentEncoded: false)
            let store = FlakyStore(try await SQLiteStore(path: laboratory.store))
            let environment = RunEnvironment(
                configuration: try ConfigurationReader.read(path: file, environment: [:]),
                store: store,
                timing: Timing(clock: SkippingClock(), now: { Date() }, random: { 0.5 }),
                executable: "/nowhere/mitregate",
                version: ProgramVersion(number: "1.2.3", commit: nil, date: nil),
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            )
            let managed = try #require(environment.configuration.tenants.first)
            let bench = WatchBench(laboratory: laboratory, store: store, environment: environment, managed: managed)
            try await body(bench)
            await store.close()
        }
    }

    /// The watches as a process knows them that has just started.
    func keeper() -> WatchKeeper {
        let environment = environment
        let events = EventLog(store: store, logger: environment.logger, now: environment.timing.now)
        return WatchKeeper(
            environment: { environment },
            shared: SharedResources(environment),
            events: events,
            observer: Observer(version: "test"),
            conditions: ObjectConditions(store: store, events: events, now: environment.timing.now)
        )
    }

    /// A round that may write the commit, which first gets these definitions.
    func round(_ files: [String: String] = [:]) async throws -> RoundReport {
        for (path, text) in files { try laboratory.repository.write(text, to: "tenants/contoso/\(path)") }
        if !files.isEmpty { try await laboratory.repository.commit("Another") }
        var options = TenantRun.Options()
        options.judgesPartners = false
        let ending = await Reconciler(environment).run(managed, TenantRun.reconciling, options: options)
        #expect(ending.stop == nil, "\(String(describing: ending.stop))")
        var report = RoundReport(outcome: RoundOutcome(round: 1, ending, mayWrite: true))
        report.mayApply = true
        return report
    }

    /// Six people write to the partner.
    func sendMail() throws {
        for number in 1...6 {
            try laboratory.simulator.send(
                tenant: Laboratory.tenantID,
                from: "person\(number)@contoso.com",
                to: ["partner\(number)@fabrikam.example"]
            )
        }
    }

    /// Lets time pass in steps that the watches believe, at most ten minutes each, and looks after each.
    func pass(_ steps: Int, of seconds: Int, _ keeper: WatchKeeper) async throws {
        for _ in 0..<steps {
            try laboratory.simulator.moveClock(by: seconds)
            _ = await keeper.look(at: managed, isSuspended: false)
        }
    }

    /// Someone changes the connector by hand.
    func tamper(_ change: String) throws {
        try laboratory.simulator.edit(
            tenant: Laboratory.tenantID,
            userId: "eve@contoso.com",
            cmdlet: "Set-OutboundConnector",
            parameters: #"{"Identity": "To fabrikam", \#(change)}"#
        )
    }

    /// Whether the service answers questions about the tenant.
    func answer(_ answers: Bool) throws {
        let fault =
            #"{"match": {"cmdlet": "Get-*"}, "times": "always", "effect": {"throttle": {}, "retryAfter": 400}}"#
        try laboratory.simulator.setFaults(answers ? "[]" : "[\(fault)]")
    }
}
