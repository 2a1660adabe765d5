import Configuration
import ExchangeOnline
import Forges
import FoundationEssentials
import Logging
import PullRequests
import Reconciling
import Reports
import StateStore
import Synchronization
import TestSupport
import Testing

@testable import Controller

/// How often deliveries make a source's requests be looked at.
@Suite(.timeLimit(.minutes(30)))
struct RequestPaceTests {
    /// A service of one source, whose looks end where they would ask git.
    private static func with(
        interval: Duration = .seconds(600),
        _ body: (RequestService, HeldClock, _ looks: @escaping @Sendable () -> Int) async throws -> Void
    ) async throws {
        try await withTemporaryFolder { folder in
            let clock = HeldClock()
            let start = Date(timeIntervalSince1970: 1_800_000_000)
            let source = Source(
                name: "mail-flow",
                url: "/mail-flow",
                interval: interval,
                forge: SourceForge(
                    kind: .gitea,
                    url: "http://127.0.0.1:1/api/v1",
                    repository: "contoso/mail-flow",
                    credentials: .token(.environment("TOKEN"))
                ),
                tenants: []
            )
            let path = folder.appending(path: "mitregate.db").path(percentEncoded: false)
            let store = try await SQLiteStore(path: path)
            let environment = RunEnvironment(
                configuration: Configuration(
                    file: "mitregate.yaml",
                    sources: [source],
                    store: StoreSettings(url: .sqlite(path: path)),
                    mirrors: folder.path(percentEncoded: false)
                ),
                store: store,
                timing: Timing(clock: clock, now: { start.addingTimeInterval(clock.now.offset / .seconds(1)) }) { 0.5 },
                executable: "/nowhere/mitregate",
                version: ProgramVersion(number: "1.2.3", commit: nil, date: nil),
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            )
            let looks = Mutex(0)
            var tools = RequestTools(
                environment: { environment },
                shared: SharedResources(environment),
                open: { _ in throw CancellationError() },
                branch: { _ in
                    looks.withLock { $0 += 1 }
                    return nil
                }
            )
            tools.remembered = [:]
            let service = RequestService(
                settings: ConfigurationHolder(environment.configuration),
                tools: tools,
                environment: environment
            )
            let running = Task { try await service.run() }
            try await body(service, clock) { looks.withLock(\.self) }
            running.cancel()
            try? await running.value
            await store.close()
        }
    }

    private static func deliver(_ count: Int, to service: RequestService) {
        for _ in 0..<count {
            service.hint("mail-flow", Hint(event: .request, number: 7), at: Date(timeIntervalSince1970: 1_800_000_000))
        }
    }

    @Test func `a delivery after a quiet time makes a look at once`() async throws {
        try await Self.with { service, clock, looks in
            await eventually { looks() == 1 && clock.sleeping == 1 }
            clock.advance(by: .seconds(60))
            await eventually { clock.sleeping == 1 }
            Self.deliver(1, to: service)
            await eventually { looks() == 2 }
        }
    }

    @Test func `however many deliveries come, looks keep their distance, and the last delivery is seen`() async throws {
        try await Self.with { service, clock, looks in
            await eventually { looks() == 1 && clock.sleeping == 1 }
            for second in 1...20 {
                Self.deliver(50, to: service)
                clock.advance(by: .seconds(1))
                await eventually { clock.sleeping == 1 && looks() == 1 + second / 5 }
            }
            #expect(looks() == 5)
            Self.deliver(50, to: service)
            clock.advance(by: .seconds(5))
            await eventually { looks() == 6 }
        }
    }

    @Test func `a source that is looked at more often than that keeps its own pace`() async throws {
        try await Self.with(interval: .seconds(1)) { _, clock, looks in
            await eventually { looks() == 1 && clock.sleeping == 1 }
            for second in 1...3 {
                clock.advance(by: .seconds(1))
                await eventually { clock.sleeping == 1 && looks() == 1 + second }
            }
        }
    }
}
