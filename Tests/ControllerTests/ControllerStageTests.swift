import ExchangeSimulator
import Foundation
import Laboratory
import Reconciling
import StateStore
import Synchronization
import TestSupport
import Testing

@testable import Controller

/// When a controller may be asked to stop: at any time, also while it only begins.
@Suite(.timeLimit(.minutes(2))) struct ControllerStageTests {
    @Test func `asked to stop just when it comes to lead, it ends, and another may lead`() async throws {
        try await Self.stopped { controller, store in
            store.afterLead { await controller.stop() }
        }
    }

    @Test func `asked to stop before it runs, it ends, and another may lead`() async throws {
        try await Self.stopped { controller, _ in await controller.stop() }
    }

    /// Runs a controller that is asked to stop in some way, to its end.
    private static func stopped(_ ask: @Sendable (Controller, LeadingStore) async -> Void) async throws {
        try await Laboratory.with { laboratory in
            let file = laboratory.folder.appending(path: "mitregate.yaml")
            let text = try String(contentsOf: file, encoding: .utf8)
            try Data("\(text)\nserver: {listen: \"127.0.0.1:\(try FreePort.next())\"}\n".utf8).write(to: file)
            let (base, environment) = try await laboratory.environment(Shift()) { LeadingStore($0) }
            let store = try #require(environment.store as? LeadingStore)
            let controller = try Controller(
                environment,
                serviceEnvironment: [:],
                read: { environment.configuration }
            )
            await ask(controller, store)
            try await controller.run()
            #expect(laboratory.simulator.requests().isEmpty)
            let answer = try await base.acquire(LeaderLease.name, by: .current(run: "next"), for: .seconds(30))
            guard case .granted = answer else {
                Issue.record("\(answer)")
                return
            }
            await base.close()
        }
    }
}

/// A store next to which something happens once it has granted the right to lead.
private final class LeadingStore: WrappedStore {
    let base: any StateStore
    private let happening = Mutex<(@Sendable () async -> Void)?>(nil)

    init(_ base: any StateStore) { self.base = base }

    func afterLead(_ happens: @escaping @Sendable () async -> Void) { happening.withLock { $0 = happens } }

    func acquire(
        _ tenant: String,
        by holder: RunHolder,
        for duration: Duration
    ) async throws(StateStoreError) -> LeaseAnswer {
        let answer = try await base.acquire(tenant, by: holder, for: duration)
        if tenant == LeaderLease.name { await happening.withLock { $0 }?() }
        return answer
    }
}
