import Connectors
import Configuration
import Crypto
import ExchangeOnline
import FoundationEssentials
import GitRepositories
import Logging
import Planning
import Reconciling
import Scheduling
import ServiceLifecycle
import StateStore
import Synchronization
import TLSGate

/// A certificate that a partner's server shows, as metrics tell it.
struct PartnerCertificate: Hashable, Sendable, Codable {
    var tenant: String
    var host: String
    var names: String
    var issuer: String
    var notAfter: Date
}

/// Looks at every managed partner once a day, each at a time of its own, and tells what worsened, changed or ends.
actor PartnerService: Service {
    /// Between two looks at the list of what is due.
    private static let pause: Duration = .seconds(30)
    private static let day: TimeInterval = 86_400

    private let lanes: LaneRegistry
    private let events: EventLog
    private let shared: SharedResources
    private let sources: SourceKeeper
    private let environment: @Sendable () -> RunEnvironment
    private var memories: [String: PartnerMemory] = [:]
    private nonisolated let waiters = Waiters()
    /// Connectors whose mail fails for TLS, by tenant; looked at before anything else.
    private nonisolated let urgent = Mutex<[String: Set<ConnectorKey>]>([:])
    private static let place = "partners"

    init(
        lanes: LaneRegistry,
        events: EventLog,
        shared: SharedResources,
        sources: SourceKeeper,
        environment: @escaping @Sendable () -> RunEnvironment
    ) {
        self.lanes = lanes
        self.events = events
        self.shared = shared
        self.sources = sources
        self.environment = environment
    }

    var certificates: [PartnerCertificate] {
        memories.sorted { $0.key < $1.key }.flatMap { $0.value.certificates.values.flatMap { $0 } }
    }

    func run() async throws {
        let work = Task { await self.work() }
        try? await gracefulShutdown()
        work.cancel()
        await work.value
    }

    /// Looks at these connectors' partners at once: their mail fails, and Exchange says that TLS is why.
    nonisolated func lookNow(_ tenant: String, at connectors: Set<ConnectorKey>) {
        urgent.withLock { $0[tenant, default: []].formUnion(connectors) }
        waiters.wake(Self.place)
    }

    private func work() async {
        while !Task.isCancelled {
            await lookAtUrgent()
            for worker in lanes.all {
                guard !Task.isCancelled else { return }
                await lookAround(worker.snapshot.managed)
                await lookAtUrgent()
            }
            await pause()
        }
    }

    private func lookAtUrgent() async {
        for (tenant, connectors) in takeUrgent().sorted(by: { $0.key < $1.key }) {
            guard let managed = lanes[tenant]?.snapshot.managed, !Task.isCancelled else { continue }
            let now = environment().timing.now()
            guard var memory = await recall(tenant) else { continue }
            memory.hurry(connectors, at: now)
            memories[tenant] = memory
            await lookAround(managed, isUrgent: true)
        }
    }

    private func takeUrgent() -> [String: Set<ConnectorKey>] {
        urgent.withLock { urgent in
            defer { urgent = [:] }
            return urgent
        }
    }

    /// Until some time has passed, or a look is urgent.
    private func pause() async {
        let clock = environment().timing.clock
        let timer = Task { [waiters] in
            guard (try? await clock.sleep(for: Self.pause)) != nil else { return }
            waiters.wake(Self.place)
        }
        await waiters.wait(for: Self.place)
        timer.cancel()
    }

    /// Looks at the partners of one tenant that are due.
    ///
    /// - Parameter isUrgent: Whether what was seen within the last minutes will not do.
    private func lookAround(_ managed: ManagedTenant, isUrgent: Bool = false) async {
        let environment = environment()
        guard let snapshot = await sources.state(of: managed.source.name).snapshot else { return }
        let tenant = managed.tenant.name
        guard var memory = await recall(tenant) else { return }
        if memory.revision != snapshot.commit.id {
            memory.revision = snapshot.commit.id
            let pass = Pass(environment, known: [managed.source.name: snapshot])
            do throws(RunStop) {
                memory.partners = try await Reconciler(environment, shared: shared, pass: pass).partners(of: managed)
            } catch {
                // The lane tells of definitions that cannot be read.
                memories[tenant] = memory
                return
            }
            memory.keep(memory.partners)
            memories[tenant] = memory
        }
        let now = environment.timing.now()
        for connector in memory.partners where memory.isDue(connector, of: tenant, at: now) {
            guard !Task.isCancelled else { return }
            let pass = Pass(environment, known: [managed.source.name: snapshot])
            let reconciler = Reconciler(environment, shared: shared, pass: pass)
            do throws(RunStop) {
                let look = try await reconciler.look(
                    at: connector,
                    of: managed,
                    maximumAge: isUrgent ? 0 : .infinity
                )
                await take(look, of: tenant, at: environment.timing.now())
            } catch {
                environment.logger.debug("\(tenant): \(connector) was not looked at. \(error.message)")
                memories[tenant]?.looked["\(connector)"] = now
            }
        }
    }

    private func take(_ look: PartnerLook, of tenant: String, at now: Date) async {
        guard var memory = await recall(tenant) else { return }
        let drafts = memory.take(look, of: tenant, at: now)
        memories[tenant] = memory
        guard let data = try? JSONEncoder().encode(memory) else { return }
        await events.commit(
            drafts,
            documents: [Document(.partners, tenant, tenant: tenant, json: String(decoding: data, as: UTF8.self))]
        )
    }

    /// `nil` where the store cannot tell what was seen and told before: then nothing is looked at, or all of it would be news.
    private func recall(_ tenant: String) async -> PartnerMemory? {
        if let memory = memories[tenant] { return memory }
        guard let documents = try? await environment().store.documents(DocumentQuery(.partners, key: tenant)) else {
            return nil
        }
        if let memory = memories[tenant] { return memory }
        let stored = documents.first.flatMap {
            try? JSONDecoder().decode(PartnerMemory.self, from: Data($0.json.utf8))
        }
        let memory = stored ?? PartnerMemory(tenant: tenant)
        memories[tenant] = memory
        return memory
    }
}
