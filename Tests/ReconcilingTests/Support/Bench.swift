import Configuration
import ExchangeOnline
import ExchangeSimulator
import Foundation
import Laboratory
import Logging
import Planning
import Reconciling
import Reports
import StateStore
import Synchronization
import TestSupport
import Testing

/// A laboratory whose pipeline runs in this process: real HTTP, real SQLite, real git, and no waiting.
struct Bench: Sendable {
    let laboratory: Laboratory
    let store: SQLiteStore
    let clock = SkippingClock()
    /// How far the pipeline's calendar is ahead, in seconds.
    let shift: Shift

    var simulator: ExchangeSimulator { laboratory.simulator }
    var repository: Repository { laboratory.repository }

    final class Shift: Sendable {
        private let value = Mutex<TimeInterval>(0)

        var seconds: TimeInterval { value.withLock { $0 } }

        func advance(by seconds: TimeInterval) { value.withLock { $0 += seconds } }
    }

    /// Builds a laboratory up, calls `body`, and takes it down again.
    static func with(
        tenant: String = "",
        settings: String = "",
        files: [String: String] = [:],
        _ body: @Sendable (Bench) async throws -> Void
    ) async throws {
        try await Laboratory.with(tenant: tenant, settings: settings, files: files) { laboratory in
            let shift = Shift()
            let store = try await SQLiteStore(path: laboratory.store) { Date().addingTimeInterval(shift.seconds) }
            let bench = Bench(laboratory: laboratory, store: store, shift: shift)
            try await body(bench)
            await bench.store.close()
        }
    }

    /// - Parameters:
    ///   - store: `nil` for the bench's own.
    ///   - waits: Whether deadlines are those of a real clock, for a child process that has one.
    func environment(
        store: (any StateStore)? = nil,
        executable: String = "/nowhere/mitregate",
        waits: Bool = false,
        leavesWaits: Bool = false,
        report: @escaping @Sendable (RunEvent) -> Void = { _ in }
    ) throws -> RunEnvironment {
        let file = laboratory.folder.appending(path: "mitregate.yaml").path(percentEncoded: false)
        let shift = shift
        var environment = RunEnvironment(
            configuration: try ConfigurationReader.read(path: file, environment: [:]),
            store: store ?? self.store,
            timing: Timing(
                clock: waits ? ContinuousClock() : clock,
                now: { Date().addingTimeInterval(shift.seconds) },
                random: { 0.5 }
            ),
            executable: executable,
            version: ProgramVersion(number: "1.2.3", commit: nil, date: nil),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            report: report
        )
        environment.leavesWaits = leavesWaits
        return environment
    }

    /// What one invocation of the program starts with; each call is another invocation.
    func reconciler(
        store: (any StateStore)? = nil,
        executable: String = "/nowhere/mitregate",
        waits: Bool = false,
        leavesWaits: Bool = false,
        report: @escaping @Sendable (RunEvent) -> Void = { _ in }
    ) throws -> (Reconciler, tenants: [ManagedTenant]) {
        let environment = try environment(
            store: store,
            executable: executable,
            waits: waits,
            leavesWaits: leavesWaits,
            report: report
        )
        return (Reconciler(environment), environment.configuration.tenants)
    }
}

/// What tests ask for most, on the one tenant.
extension Bench {
    /// Partners are judged only where a test says so: most have no servers here.
    static func options(_ change: (inout TenantRun.Options) -> Void = { _ in }) -> TenantRun.Options {
        var options = TenantRun.Options()
        options.judgesPartners = false
        change(&options)
        return options
    }

    func plan(_ options: TenantRun.Options = options()) async throws -> TenantPlan {
        try #require(await planDocument(options).tenants.first)
    }

    func planDocument(_ options: TenantRun.Options = options()) async throws -> PlanDocument {
        let (reconciler, tenants) = try reconciler()
        return PlanDocument(tenants: await reconciler.plan(tenants, options: options).map(\.plan))
    }

    @discardableResult
    func apply(
        _ options: TenantRun.Options = options(),
        saved: PlanDocument? = nil,
        leavesWaits: Bool = false,
        isInterrupted: @escaping @Sendable () -> Bool = { false }
    ) async throws -> TenantApply {
        let endings = try await interrupting(isInterrupted) { report in
            let (reconciler, tenants) = try reconciler(leavesWaits: leavesWaits, report: report)
            return await reconciler.apply(tenants, options: options, expected: Self.expected(saved))
        }
        return try #require(endings.first?.outcome)
    }

    /// What the tenants of a saved plan must bring out again.
    static func expected(_ saved: PlanDocument?) -> [String: Reconciler.Expected] {
        Dictionary((saved?.tenants ?? []).map { ($0.tenant, $0.expected) }) { first, _ in first }
    }

    /// Does the work in a task that is cancelled, as Ctrl-C does, at the first event after `isInterrupted` has come true.
    func interrupting<Value: Sendable>(
        _ isInterrupted: @escaping @Sendable () -> Bool,
        _ work: @escaping @Sendable (_ report: @escaping @Sendable (RunEvent) -> Void) async throws -> Value
    ) async throws -> Value {
        let cancel = LockedValue<(@Sendable () -> Void)?>(nil)
        let task = Task {
            if isInterrupted() { withUnsafeCurrentTask { $0?.cancel() } }
            return try await work { _ in if isInterrupted() { cancel.value?() } }
        }
        cancel.set { task.cancel() }
        clock.afterSleep { if isInterrupted() { task.cancel() } }
        defer { clock.afterSleep(nil) }
        return try await task.value
    }

    func drift() async throws -> TenantDrift {
        let (reconciler, tenants) = try reconciler()
        return try #require(await reconciler.drift(tenants).tenants.first)
    }

    func status(observes: Bool = true) async throws -> TenantStatus {
        let (reconciler, tenants) = try reconciler()
        return try #require(try await reconciler.status(tenants, observes: observes).tenants.first)
    }

    /// Finishes what an earlier run left when it was cut off, and nothing else.
    func finish() async throws {
        let (reconciler, tenants) = try reconciler()
        #expect(await reconciler.finishUnfinished(tenants).isEmpty)
    }

    func rollback(
        _ run: String,
        skipsChanged: Bool = false,
        acceptsWeaker: Bool = true,
        isInterrupted: @escaping @Sendable () -> Bool = { false }
    ) async throws -> TenantApply {
        let document = try await interrupting(isInterrupted) { report in
            let rollback = try await RollbackRun.find(
                run,
                environment(report: report),
                consent: RollbackRun.Consent(skipsChanged: skipsChanged, acceptsWeaker: acceptsWeaker)
            )
            _ = try await rollback.plan()
            return await rollback.perform()
        }
        return try #require(document.tenants.first)
    }
}
