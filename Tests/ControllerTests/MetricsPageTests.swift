import Configuration
import Connectors
import ExchangeOnline
import Foundation
import Laboratory
import Logging
import Planning
import Reconciling
import Reports
import Scheduling
import StateStore
import Testing

@testable import Controller

/// What `/metrics` shows once there is something to show.
struct MetricsPageTests {
    /// The names that a page has values for.
    private static func names(in page: String) -> Set<String> {
        Set(
            page.split(separator: "\n").filter { !$0.hasPrefix("#") }.compactMap { line in
                let name = line.prefix { $0 != "{" && $0 != " " }
                for suffix in ["_bucket", "_sum", "_count"] where name.hasSuffix("_seconds\(suffix)") {
                    return String(name.dropLast(suffix.count))
                }
                return String(name)
            }
        )
    }

    /// One round of each kind, by a real runner: what it sees is what the page is made of.
    @Test func `every metric that is declared has a value after rounds in which each thing happened`() async throws {
        let files = ["fabrikam.yaml": Self.definition]
        try await Laboratory.with(tenant: Self.stranger, files: files) { laboratory in
            let store = try await SQLiteStore(path: laboratory.store)
            let observer = Observer(version: "test")
            var environment = RunEnvironment(
                configuration: try ConfigurationReader.read(
                    path: laboratory.folder.appending(path: "mitregate.yaml").path(percentEncoded: false),
                    environment: [:]
                ),
                store: store,
                executable: "/nowhere/mitregate",
                version: ProgramVersion(number: "1.2.3", commit: nil, date: nil),
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            )
            environment.onRequest = { observer.requested($1, of: $0, status: $2) }
            let made = environment
            let managed = try #require(environment.configuration.tenants.first)
            let keeper = SourceKeeper(environment: { made }, now: { Date() })
            let runner = RoundRunner(
                environment: { made },
                shared: SharedResources(environment),
                sources: keeper,
                gate: RoundGate(1)
            )
            let now = Date()
            let round = Round(number: 1, kind: .full, mayApply: true, beganAt: now, deadline: now + 60)
            let report = await runner.carryOut(round, of: managed, knowing: RoundRunner.Known())
            observer.ended(report, round, took: 0.1, tenant: "contoso")
            var lane = Lane(tenant: "contoso", policy: LanePolicy(managed.tenant))
            _ = lane.handle(.started, at: now, chance: 0)
            _ = lane.handle(.roundEnded(report.outcome), at: now, chance: 0)
            let until = now.addingTimeInterval(3_600)
            let suspension = Suspension(until: until, reason: "migration", by: "ops", since: now)
            for case .raise(let drafts) in lane.handle(.suspended(suspension), at: now, chance: 0) {
                for draft in drafts { observer.raised(draft.event(id: "1", link: nil)) }
            }
            observer.watchEnded("flows", tenant: "contoso")
            observer.rolledBack("contoso", because: "regressed")
            observer.appliedAhead("contoso", "applied")
            var snapshot = LaneSnapshot(managed, since: now)
            snapshot.memory = lane.memory
            snapshot.lastRoundAt = now
            snapshot.gate = report.outcome.gate
            if case .read(let live) = report.outcome.live { snapshot.live = live }
            let page = observer.page(
                [snapshot],
                await keeper.all,
                certificates: [
                    PartnerCertificate(tenant: "contoso", host: "mx", names: "mx", issuer: "CA", notAfter: until)
                ],
                credentials: ["contoso": until],
                watches: ["contoso": 1],
                queue: 0,
                at: now
            )
            let missing = Set(MetricName.allCases.map(\.rawValue)).subtracting(Self.names(in: page))
            #expect(missing.isEmpty, "\(missing.sorted())\n\(page)")
            await store.close()
        }
    }

    /// Judged without asking anyone.
    private static let definition = """
        apiVersion: mitregate.dev/v1
        kind: InboundConnector
        metadata: {name: fabrikam}
        spec: {name: From Fabrikam, connectorType: Partner, senderDomains: [fabrikam.example], requireTls: true,
               restrictDomainsToIPAddresses: true, senderIPAddresses: [192.0.2.1]}

        """

    /// A connector that no definition describes.
    private static let stranger = """
        "inboundConnectors": [{"Name": "Stranger", "ConnectorType": "Partner", "SenderDomains": ["smtp:*;1"],
                               "SenderIPAddresses": ["192.0.2.9"], "Enabled": true}]
        """
}
