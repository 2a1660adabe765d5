import Configuration
import Connectors
import ExchangeOnline
import FoundationEssentials
import Logging
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
///
/// Some are looked at at once, so that one that does not answer delays few; how often one server is asked is for the prober's
/// manners, which hold for all of them together.
actor PartnerService: Service {
    /// Between two looks at the list of what is due.
    private static let pause: Duration = .seconds(30)
    /// Looks that are under way at once.
    static let window = 8
    private static let place = "partners"

    private let tools: PartnerTools
    private var memories: [String: PartnerMemory] = [:]
    /// Tenants whose memory the store did not take.
    private var unstored: Set<String> = []
    private var vantage = OwnVantage()
    /// Whether it was told how our own network is, since the process began.
    private var hasTold = false
    private nonisolated let waiters = Waiters()
    /// Connectors whose mail fails for TLS, by tenant; looked at before anything else.
    private nonisolated let urgent = Mutex<[String: Set<ConnectorKey>]>([:])

    init(_ tools: PartnerTools) { self.tools = tools }

    private struct Turn: Sendable {
        var connector: ConnectorKey
        var managed: ManagedTenant
    }

    private var environment: RunEnvironment { tools.environment() }
    private var now: Date { environment.timing.now() }

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
            var due = await self.due()
            if vantage.trouble != nil, !due.isEmpty {
                // One by chance tells whether it is over.
                due = [due[min(due.count - 1, Int(environment.timing.random() * Double(due.count)))]]
            }
            _ = await due.concurrently(window: Self.window) { turn in
                await self.lookAtUrgent()
                await self.look(at: turn)
            }
            await pause()
        }
    }

    /// Until some time has passed, or a look is urgent.
    private func pause() async {
        let clock = environment.timing.clock
        let timer = Task { [waiters] in
            guard (try? await clock.sleep(for: Self.pause)) != nil else { return }
            waiters.wake(Self.place)
        }
        await waiters.wait(for: Self.place)
        timer.cancel()
    }

    private func lookAtUrgent() async {
        let urgent = urgent.withLock { urgent in
            defer { urgent = [:] }
            return urgent
        }
        guard !urgent.isEmpty else { return }
        let tenants = tools.tenants()
        for (tenant, connectors) in urgent.sorted(by: { $0.key < $1.key }) {
            guard let managed = tenants.first(where: { $0.tenant.name == tenant }), await refresh(managed),
                !Task.isCancelled
            else { continue }
            memories[tenant]?.hurry(connectors, at: now)
            let turns = memories[tenant]?.due(at: now).filter(connectors.contains) ?? []
            _ = await turns.concurrently(window: Self.window) {
                // What was seen within the last minutes will not do.
                await self.look(at: Turn(connector: $0, managed: managed), isUrgent: true)
            }
        }
    }

    /// All partners whose turn has come; those of tenants that are no longer configured are forgotten.
    private func due() async -> [Turn] {
        let tenants = tools.tenants()
        let names = Set(tenants.map(\.tenant.name))
        memories = memories.filter { names.contains($0.key) }
        var turns: [Turn] = []
        for managed in tenants {
            guard !Task.isCancelled else { return [] }
            guard await refresh(managed) else { continue }
            let now = now
            let drafts = memories[managed.tenant.name]?.reminders(at: now) ?? []
            if !drafts.isEmpty || unstored.contains(managed.tenant.name) { await store(managed.tenant.name, drafts) }
            let due = memories[managed.tenant.name]?.due(at: now) ?? []
            turns += due.map { Turn(connector: $0, managed: managed) }
        }
        return turns
    }

    /// Takes over the partners that a tenant's definitions name now.
    ///
    /// - Returns: Whether it is known what was seen of them.
    private func refresh(_ managed: ManagedTenant) async -> Bool {
        let tenant = managed.tenant.name
        guard let memory = await recall(tenant) else { return false }
        guard let named = await tools.partners(managed, memory.revision) else { return true }
        guard let partners = named.partners else {
            memories[tenant]?.pass(named.revision)
            return true
        }
        let drafts = memories[tenant]?.keep(partners, of: named.revision, at: now) ?? []
        if !drafts.isEmpty { await store(tenant, drafts) }
        return true
    }

    private func look(at turn: Turn, isUrgent: Bool = false) async {
        let tenant = turn.managed.tenant.name
        guard !Task.isCancelled, isUrgent || !vantage.isPaused(at: now) else { return }
        do throws(RunStop) {
            let look = try await tools.look(turn.connector, turn.managed, isUrgent ? 0 : .infinity)
            await take(look, of: tenant)
        } catch {
            guard !Task.isCancelled else { return }
            environment.logger.debug(
                "\(tenant): \(turn.connector) was not looked at. \(error.message)",
                metadata: ["tenant": "\(tenant)", "object": "\(turn.connector)"]
            )
            memories[tenant]?.miss(turn.connector, at: now, chance: environment.timing.random())
        }
    }

    private func take(_ look: PartnerLook, of tenant: String) async {
        let before = vantage.trouble
        vantage.take(look.sight, at: now)
        // What our own network hides is not a miss: it is asked again as soon as that is over.
        if vantage.trouble == nil || !look.sight.isBlind, var memory = memories[tenant] {
            let drafts = memory.take(look, at: now, chance: environment.timing.random())
            memories[tenant] = memory
            if !look.sight.isBlind || !drafts.isEmpty { await store(tenant, drafts) }
        }
        if before != nil, vantage.trouble == nil {
            for tenant in memories.keys { memories[tenant]?.forgetMisses() }
        }
        // What an earlier process told is over once a server was heard.
        guard before != vantage.trouble || !hasTold && look.sight.hasHeard else { return }
        hasTold = true
        await tools.tell(vantage.trouble)
    }

    private func store(_ tenant: String, _ drafts: [EventDraft]) async {
        guard let memory = memories[tenant], let data = try? JSONEncoder().encode(memory) else { return }
        unstored.remove(tenant)
        let hasStored = await tools.events.commit(
            drafts,
            documents: [Document(.partners, tenant, tenant: tenant, json: String(decoding: data, as: UTF8.self))]
        )
        if !hasStored { unstored.insert(tenant) }
    }

    /// `nil` where the store cannot tell what was seen and told before: then nothing is looked at, or all of it would be news.
    private func recall(_ tenant: String) async -> PartnerMemory? {
        if let memory = memories[tenant] { return memory }
        guard let documents = try? await environment.store.documents(DocumentQuery(.partners, key: tenant)) else {
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
