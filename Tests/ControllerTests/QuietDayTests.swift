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
import Synchronization
import Testing

@testable import Controller

/// What a tenant is asked in a day in which nothing happens, by real rounds against a simulated tenant.
struct QuietDayTests {
    private static let definition = """
        apiVersion: mitregate.dev/v1
        kind: InboundConnector
        metadata: {name: fabrikam}
        spec: {name: From Fabrikam, connectorType: Partner, senderDomains: [fabrikam.example], requireTls: true,
               restrictDomainsToIPAddresses: true, senderIPAddresses: [192.0.2.1]}

        """

    @Test func `it is asked at most 700 times, tokens included, and every request is counted`() async throws {
        try await Laboratory.with(files: ["fabrikam.yaml": Self.definition]) { laboratory in
            // A round takes no time here, and chance makes no interval longer: the busiest quiet day that there can be.
            let time = VirtualTime(Date())
            let counted = Mutex<[String: Int]>([:])
            let store = try await SQLiteStore(path: laboratory.store) { time.date }
            var environment = RunEnvironment(
                configuration: try ConfigurationReader.read(
                    path: laboratory.folder.appending(path: "mitregate.yaml").path(percentEncoded: false),
                    environment: [:]
                ),
                store: store,
                timing: time.timing,
                executable: "/nowhere/mitregate",
                version: ProgramVersion(number: "1.2.3", commit: nil, date: nil),
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            )
            environment.onRequest = { _, name, _ in counted.withLock { $0[name, default: 0] += 1 } }
            let made = environment
            let managed = try #require(environment.configuration.tenants.first)
            let shared = SharedResources(environment)
            let runner = RoundRunner(
                environment: { made },
                shared: shared,
                sources: SourceKeeper(environment: { made }, now: { time.date }),
                gate: RoundGate(1)
            )
            var day = Day(managed: managed, runner: runner, time: time)
            await day.pass(7_200)
            #expect(laboratory.changes.count == 1)

            counted.withLock { $0 = [:] }
            laboratory.simulator.clearRequests()
            let rounds = day.rounds
            await day.pass(86_400)
            let connection = try shared.connections.connection(to: managed.tenant, environment)
            _ = await TenantReader(connection).credentialEnd()
            let requests = counted.withLock(\.self)
            let all = requests.values.reduce(0, +)
            #expect(all <= 700, "\(requests)")
            #expect(all == laboratory.simulator.requests().count)
            #expect(requests["Get-OrganizationConfig"] == 1 && requests["Get-AdminAuditLogConfig"] == 1)
            #expect((requests["token"] ?? 0) >= 24)
            #expect(day.rounds - rounds >= 280)
            #expect(laboratory.changes.isEmpty)
            await store.close()
        }
    }

    /// A lane that is driven from wake to wake.
    private struct Day {
        let managed: ManagedTenant
        let runner: RoundRunner
        let time: VirtualTime
        var lane: Lane
        var wake: Date
        var known = RoundRunner.Known()
        var rounds = 0
        var isStarted = false

        init(managed: ManagedTenant, runner: RoundRunner, time: VirtualTime) {
            self.managed = managed
            self.runner = runner
            self.time = time
            lane = Lane(tenant: managed.tenant.name, policy: LanePolicy(managed.tenant))
            wake = time.date
        }

        mutating func pass(_ seconds: TimeInterval) async {
            let end = time.date.addingTimeInterval(seconds)
            if !isStarted { await tell(.started) }
            isStarted = true
            while wake < end {
                time.advance(by: max(0, wake.timeIntervalSince(time.date)))
                await tell(.tick)
            }
            time.advance(by: max(0, end.timeIntervalSince(time.date)))
        }

        private mutating func tell(_ input: LaneInput) async {
            var inputs = [input]
            while let input = inputs.popLast() {
                for action in lane.handle(input, at: time.date, chance: 0) {
                    switch action {
                    case .begin(let round):
                        rounds += 1
                        let report = await runner.carryOut(round, of: managed, knowing: known)
                        if report.outcome.live != .notAsked || report.digest != nil { known.digest = report.digest }
                        if let settings = report.settings { known.settings = settings }
                        inputs.append(.roundEnded(report.outcome))
                    case .wake(let time): wake = time
                    case .raise, .end, .answer: break
                    }
                }
            }
        }
    }
}
