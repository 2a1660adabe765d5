import Configuration
import ExchangeOnline
import FoundationEssentials
import Logging
import Reconciling
import Scheduling
import ServiceLifecycle
import StateStore

/// Knows when the credential of each tenant ends, and tells it in time.
///
/// A certificate's file is read again every hour, so that one that was renewed clears at once; Graph is asked for the end of
/// a secret once a day.
actor CredentialService: Service {
    /// Between two looks at all tenants.
    private static let pause: Duration = .seconds(3_600)
    /// Before the first look, so that a tenant's first round comes first.
    private static let delay: Duration = .seconds(1)
    private static let day: TimeInterval = 86_400
    /// Tenants that are asked at once, so that one that does not answer delays few.
    private static let window = 16

    private let lanes: LaneRegistry
    private let events: EventLog
    private let shared: SharedResources
    private let environment: @Sendable () -> RunEnvironment
    private var memories: [String: CredentialMemory] = [:]
    /// Whose end was asked for last, by tenant: what replaced it is asked about at once.
    private var asked: [String: CredentialConfiguration] = [:]

    init(
        lanes: LaneRegistry,
        events: EventLog,
        shared: SharedResources,
        environment: @escaping @Sendable () -> RunEnvironment
    ) {
        self.lanes = lanes
        self.events = events
        self.shared = shared
        self.environment = environment
    }

    /// The end of each tenant's credential, where it is known.
    var ends: [String: Date] { memories.compactMapValues(\.end) }

    func run() async throws {
        let work = Task { await self.work() }
        try? await gracefulShutdown()
        work.cancel()
        await work.value
    }

    private func work() async {
        guard (try? await environment().timing.clock.sleep(for: Self.delay)) != nil else { return }
        while !Task.isCancelled {
            _ = await lanes.all.concurrently(window: Self.window) { await self.look(at: $0.managed) }
            guard (try? await environment().timing.clock.sleep(for: Self.pause)) != nil else { return }
        }
    }

    private func look(at managed: ManagedTenant) async {
        guard !Task.isCancelled else { return }
        let environment = environment()
        let tenant = managed.tenant.name
        guard var memory = await recall(tenant) else { return }
        let now = environment.timing.now()
        let credentials = managed.tenant.credentials
        if case .clientSecret = credentials.proof, asked[tenant] == credentials, let askedAt = memory.askedAt,
            askedAt <= now, now.timeIntervalSince(askedAt) < Self.day
        {
            return
        }
        guard let connection = try? shared.connections.connection(to: managed.tenant, environment) else { return }
        switch await TenantReader(connection).credentialEnd(deadline: managed.tenant.readTimeout) {
        case .known(let end):
            let drafts = memory.take(end, of: tenant, at: now)
            memories[tenant] = memory
            guard let data = try? JSONEncoder().encode(memory) else { return }
            let hasStored = await events.commit(
                drafts,
                documents: [Document(.credential, tenant, tenant: tenant, json: String(decoding: data, as: UTF8.self))]
            )
            // What the store did not take is asked for, and stored, at the next look.
            asked[tenant] = hasStored ? credentials : nil
        case .unknown(let error):
            // The lane tells of a tenant that does not answer; what was known of the end stays.
            environment.logger.debug(
                "\(tenant): when its credential ends was not told. \(error.message)",
                metadata: ["tenant": "\(tenant)"]
            )
        }
    }

    /// `nil` where the store cannot tell what was told already.
    private func recall(_ tenant: String) async -> CredentialMemory? {
        if let memory = memories[tenant] { return memory }
        guard let documents = try? await environment().store.documents(DocumentQuery(.credential, key: tenant)) else {
            return nil
        }
        if let memory = memories[tenant] { return memory }
        let stored = documents.first.flatMap {
            try? JSONDecoder().decode(CredentialMemory.self, from: Data($0.json.utf8))
        }
        let memory = stored ?? CredentialMemory(tenant: tenant)
        memories[tenant] = memory
        return memory
    }
}
