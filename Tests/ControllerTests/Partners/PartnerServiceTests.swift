import Configuration
import Connectors
import ExchangeOnline
import FoundationEssentials
import Laboratory
import Logging
import Reconciling
import Reports
import Scheduling
import StateStore
import Synchronization
import TLSGate
import TestSupport
import Testing

@testable import Controller

/// The looks at partners over time, with a clock that a test moves on.
@Suite(.timeLimit(.minutes(30)))
struct PartnerServiceTests {
    /// What the looks see, and how many there were.
    private final class Partners: Sendable {
        private struct State {
            var sight: @Sendable (String) -> Sight? = { _ in nil }
            var findings: [(String, Outcome, String)] = []
            var isHeld = false
            var underWay = 0
            var peak = 0
            var looked: [String] = []
            var waiting: [CheckedContinuation<Void, Never>] = []
            var told: [OwnVantage.Trouble?] = []
        }

        private let state = Mutex(State())

        var underWay: Int { state.withLock(\.underWay) }
        var peak: Int { state.withLock(\.peak) }
        var looked: [String] { state.withLock(\.looked) }
        var told: [OwnVantage.Trouble?] { state.withLock(\.told) }

        /// - Parameter sight: By the partner's name; `nil`: all is seen.
        func see(_ sight: @escaping @Sendable (String) -> Sight?) { state.withLock { $0.sight = sight } }

        /// - Parameter findings: Check, outcome and host.
        func find(_ findings: [(String, Outcome, String)]) { state.withLock { $0.findings = findings } }

        /// Looks wait until they are let through.
        func hold() { state.withLock { $0.isHeld = true } }

        func release(_ count: Int = .max) {
            let some = state.withLock { state in
                let some = state.waiting.prefix(count)
                state.waiting.removeFirst(some.count)
                if count == .max { state.isHeld = false }
                return some
            }
            for continuation in some { continuation.resume() }
        }

        func tell(_ trouble: OwnVantage.Trouble?) { state.withLock { $0.told.append(trouble) } }

        func look(at connector: ConnectorKey) async -> PartnerLook {
            let (see, findings) = state.withLock { state in
                state.underWay += 1
                state.peak = max(state.peak, state.underWay)
                return (state.sight, state.findings)
            }
            await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
                let goes = state.withLock { state in
                    if state.isHeld { state.waiting.append(continuation) }
                    return !state.isHeld
                }
                if goes { continuation.resume() }
            }
            state.withLock { state in
                state.underWay -= 1
                state.looked.append(connector.name)
            }
            return .fixture(connector, findings: findings, sight: see(connector.name))
        }
    }

    private struct Bed {
        let service: PartnerService
        let partners: Partners
        let clock: HeldClock
        let store: FlakyStore

        /// Until all that is due was looked at, and the service waits for the next time.
        func rest() async { await eventually { clock.sleeping == 1 && partners.underWay == 0 } }

        func pass(_ duration: Duration) async {
            clock.advance(by: duration)
            await rest()
        }
    }

    private static func with(
        _ count: Int,
        prepare: (Partners) -> Void = { _ in },
        _ body: (Bed) async throws -> Void
    ) async throws {
        try await withTemporaryFolder { folder in
            let (clock, partners) = (HeldClock(), Partners())
            let start = Date(timeIntervalSince1970: 1_800_000_000)
            let tenant = TenantConfiguration(
                name: "contoso",
                path: "contoso",
                tenantId: "11111111-2222-3333-4444-555555555555",
                organization: "contoso.onmicrosoft.com",
                credentials: CredentialConfiguration(clientId: "app", proof: .clientSecret(.file("secret")))
            )
            let source = Source(name: "mail-flow", url: "/mail-flow", tenants: [tenant])
            let path = folder.appending(path: "mitregate.db").path(percentEncoded: false)
            let store = FlakyStore(try await SQLiteStore(path: path))
            let environment = RunEnvironment(
                configuration: Configuration(
                    file: "mitregate.yaml",
                    sources: [source],
                    store: StoreSettings(url: .sqlite(path: path)),
                    mirrors: folder.path(percentEncoded: false)
                ),
                store: store,
                timing: Timing(clock: clock, now: { start.addingTimeInterval(clock.now.offset / .seconds(1)) }) { 0 },
                executable: "/nowhere/mitregate",
                version: ProgramVersion(number: "1.2.3", commit: nil, date: nil),
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            )
            let names = (0..<count).map { ConnectorKey(kind: .outboundConnector, name: "partner\($0)") }
            let service = PartnerService(
                PartnerTools(
                    environment: { environment },
                    events: EventLog(store: store, logger: environment.logger, now: environment.timing.now),
                    tenants: { [ManagedTenant(source: source, tenant: tenant)] },
                    partners: { _, revision in
                        revision == "1" ? nil : NamedPartners(revision: "1", partners: names)
                    },
                    look: { (connector, _, _) async throws(RunStop) -> PartnerLook in
                        await partners.look(at: connector)
                    },
                    tell: { partners.tell($0) }
                )
            )
            prepare(partners)
            let running = Task { try await service.run() }
            try await body(Bed(service: service, partners: partners, clock: clock, store: store))
            partners.release()
            running.cancel()
            try? await running.value
            await store.close()
        }
    }

    @Test func `eight partners are looked at at once, and one that does not answer holds up none of the others`()
        async throws
    {
        try await Self.with(20, prepare: { $0.hold() }) { bed in
            await eventually { bed.partners.underWay == PartnerService.window }
            for done in 1...19 {
                bed.partners.release(1)
                await eventually { bed.partners.looked.count == done }
                await eventually { bed.partners.underWay == min(PartnerService.window, 20 - done) }
            }
            #expect(bed.partners.peak == PartnerService.window)
            #expect(Set(bed.partners.looked).count == 19)
        }
    }

    @Test func `a partner that was looked at waits for the next day`() async throws {
        try await Self.with(3) { bed in
            await bed.rest()
            #expect(bed.partners.looked.count == 3)
            for _ in 0..<24 { await bed.pass(.seconds(3_600)) }
            await bed.pass(.seconds(1))
            #expect(bed.partners.looked.count == 6)
        }
    }

    @Test func `a look that saw nothing is made again within minutes and not the next day`() async throws {
        try await Self.with(1, prepare: { $0.see { _ in .silent("192.0.2.1") } }) { bed in
            await bed.rest()
            await bed.pass(.seconds(200))
            #expect(bed.partners.looked.count == 1)
            await bed.pass(.seconds(60))
            #expect(bed.partners.looked.count == 2)
            bed.partners.see { _ in nil }
            await bed.pass(.seconds(600))
            #expect(bed.partners.looked.count == 3)
            await bed.pass(.seconds(600))
            #expect(bed.partners.looked.count == 3)
        }
    }

    @Test func `while our resolver is silent all looks pause, single ones try, and all follow once it answers`()
        async throws
    {
        try await Self.with(30, prepare: { $0.see { _ in .withoutDNS } }) { bed in
            await bed.rest()
            #expect(bed.partners.told == [.dns])
            let first = bed.partners.looked.count
            #expect(first <= PartnerService.window)
            await bed.pass(.seconds(31))
            #expect(bed.partners.looked.count == first)
            await bed.pass(.seconds(31))
            #expect(bed.partners.looked.count == first + 1)
            bed.partners.see { _ in nil }
            await bed.pass(.seconds(121))
            #expect(bed.partners.told == [.dns, nil])
            await bed.pass(.seconds(31))
            #expect(Set(bed.partners.looked).count == 30)
        }
    }

    @Test func `a blocked port is told, and no partner waits for the next day because of it`() async throws {
        try await Self.with(5, prepare: { $0.see { .silent("server of \($0)") } }) { bed in
            await bed.rest()
            #expect(bed.partners.told == [.port(silentServers: 3)])
            bed.partners.see { _ in nil }
            let before = bed.partners.looked.count
            await bed.pass(.seconds(61))
            #expect(bed.partners.looked.count == before + 1)
            #expect(bed.partners.told == [.port(silentServers: 3), nil])
            await bed.pass(.seconds(31))
            #expect(bed.partners.looked.count == before + 5)
        }
    }

    @Test func `an alarm that the store did not take is told as soon as it can be`() async throws {
        try await Self.with(1) { bed in
            await bed.rest()
            bed.store.refuse(true)
            bed.partners.find([("cert-expired", .fail, "mx.fabrikam.example")])
            bed.service.lookNow("contoso", at: [ConnectorKey(kind: .outboundConnector, name: "partner0")])
            await eventually { bed.partners.looked.count == 2 }
            await bed.rest()
            #expect(try await bed.store.events(EventQuery(limit: 10)).isEmpty)
            bed.store.refuse(false)
            await bed.pass(.seconds(31))
            #expect(try await bed.store.events(EventQuery(limit: 10)).map(\.reason) == ["cert-expired"])
            let stored = try await bed.store.documents(DocumentQuery(.partners, key: "contoso"))
            #expect(stored.first?.json.contains("cert-expired") == true, "a restart tells it no second time")
        }
    }

    @Test func `mail that fails for TLS has its partner looked at before its time`() async throws {
        try await Self.with(3) { bed in
            await bed.rest()
            let connector = ConnectorKey(kind: .outboundConnector, name: "partner1")
            bed.service.lookNow("contoso", at: [connector])
            await eventually { bed.partners.looked.count == 4 }
            #expect(bed.partners.looked.last == "partner1")
        }
    }
}
