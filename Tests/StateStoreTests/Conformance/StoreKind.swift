import Foundation
import StateStore
import Synchronization

/// One kind of store that has to pass every test in this folder.
///
/// A further kind is added to `all` and nowhere else.
struct StoreKind: Sendable, CustomStringConvertible {
    /// An empty store, and the clock by which its leases run out.
    struct Bed: Sendable {
        let clock: TestClock
        /// Opens the store as another process would.
        let open: @Sendable () async throws -> any StateStore
    }

    let description: String
    let withEmptyStore: @Sendable (_ body: @Sendable (Bed) async throws -> Void) async throws -> Void

    static let all = [
        StoreKind(description: "SQLite") { body in
            try await withStorePath { path in
                let clock = TestClock()
                try await body(Bed(clock: clock) { try await SQLiteStore(path: path) { clock.now } })
            }
        }
    ]

    /// Calls `body` with one open store.
    func with(_ body: @Sendable (any StateStore, TestClock) async throws -> Void) async throws {
        try await withEmptyStore { bed in
            let store = try await bed.open()
            try await body(store, bed.clock)
            await store.close()
        }
    }
}

/// A clock that stands still until a test advances it.
final class TestClock: Sendable {
    private let value = Mutex(Date.start)

    var now: Date { value.withLock { $0 } }

    func advance(by seconds: TimeInterval) { value.withLock { $0.addTimeInterval(seconds) } }
}
