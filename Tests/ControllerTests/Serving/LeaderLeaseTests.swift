import Configuration
import ExchangeOnline
import Foundation
import Laboratory
import Logging
import Reconciling
import Reports
import StateStore
import Synchronization
import TestSupport
import Testing

@testable import Controller

/// Which of two controllers works.
@Suite(.timeLimit(.minutes(1)))
struct LeaderLeaseTests {
    @Test func `a controller whose lease another has taken over ends at its next renewal`() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.appending(path: "mitregate.db").path(percentEncoded: false)
            let time = VirtualTime()
            let base = try await SQLiteStore(path: path) { time.date }
            let store = LosingStore(base)
            let environment = RunEnvironment(
                configuration: Configuration(
                    file: "mitregate.yaml",
                    sources: [],
                    store: StoreSettings(url: .sqlite(path: path)),
                    mirrors: "/nowhere"
                ),
                store: store,
                timing: time.timing,
                executable: "/nowhere/mitregate",
                version: ProgramVersion(number: "1.2.3", commit: nil, date: nil),
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            )
            let lease = try await LeaderLease.acquire(environment, for: .seconds(30), every: .seconds(10), nil)
            // It stood still for longer than its lease holds.
            time.advance(by: 31)
            let answer = try await base.acquire(LeaderLease.name, by: .current(run: "next"), for: .seconds(30))
            guard case .granted = answer else {
                Issue.record("\(answer)")
                return
            }
            await #expect(throws: StateStoreError.leaseLost(tenant: LeaderLease.name)) { try await lease.run() }
            #expect(store.renewals == 1)
            await base.close()
        }
    }
}

/// A store that lets no one go on after a second try to renew a lease.
private final class LosingStore: WrappedStore {
    let base: any StateStore
    private let count = Mutex(0)

    init(_ base: any StateStore) { self.base = base }

    var renewals: Int { count.withLock { $0 } }

    func renew(_ lease: Lease) async throws(StateStoreError) -> Bool {
        let isSecond = count.withLock { count in
            count += 1
            return count > 1
        }
        if isSecond { throw .leaseLost(tenant: LeaderLease.name) }
        return try await base.renew(lease)
    }
}
