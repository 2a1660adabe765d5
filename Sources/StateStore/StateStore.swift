import Dispatch
import GRDB

/// What Mitregate remembers between runs, in one SQLite file.
///
/// A method that writes returns when the write is durable. Every method runs on the store's own thread, never on one of Swift's
/// shared ones, and is not cut short by the cancellation of the task that calls it: a run that is interrupted still saves
/// its journal. Several processes may use the file at once; a writer waits for the others up to `patience`.
package final class StateStore: Sendable {
    /// How long a call waits for another process's write to end.
    package static let patience: Duration = .seconds(10)

    package let path: String
    private let queue: DatabaseQueue

    /// Opens the store, or makes it where there is none.
    ///
    /// A file that is damaged, newer or another program's is left exactly as it is.
    package init(path: String) async throws(StateStoreError) {
        self.path = path
        let opened: Result<DatabaseQueue, StateStoreError> = await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(
                    returning: Result { () throws(StateStoreError) in
                        do {
                            return try Self.open(path)
                        } catch {
                            throw StateStoreError(error, path: path)
                        }
                    }
                )
            }
        }
        queue = try opened.get()
    }

    /// Ends the use of the file, whose log is then folded into it; a store that is merely dropped does so a little later.
    ///
    /// Nothing may be asked of the store afterwards.
    package func close() async {
        let queue = queue
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                try? queue.close()
                continuation.resume()
            }
        }
    }

    private static func open(_ path: String) throws -> DatabaseQueue {
        let file = try StoreFile(path: path)
        return try file.whileLocked {
            try file.prepare()
            var configuration = Configuration()
            configuration.busyMode = .timeout(10)
            configuration.label = "mitregate.store"
            configuration.readonly = true
            // Reading it all finds a damaged page before it is written over; a large store is spared the wait.
            let isSmall = file.size <= 64 << 20
            try DatabaseQueue(path: file.sqlitePath, configuration: configuration).read { database in
                try StoreSchema.inspect(database, path: path, deep: isSmall)
            }
            configuration.readonly = false
            configuration.journalMode = .wal
            let queue = try DatabaseQueue(path: file.sqlitePath, configuration: configuration)
            try queue.writeWithoutTransaction { database in
                // NORMAL, which GRDB sets, loses the last commits with the power. Source: sqlite.org/pragma.html#pragma_synchronous.
                try database.execute(sql: "PRAGMA synchronous = FULL")
                try StoreSchema.migrate(database)
            }
            return queue
        }
    }

    /// How the store keeps its promises, for `doctor`; reads all of it.
    package func health() async throws(StateStoreError) -> StoreHealth {
        let path = path
        return try await read { database in
            try StoreSchema.inspect(database, path: path, deep: true)
            return StoreHealth(
                format: try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0,
                journalMode: try String.fetchOne(database, sql: "PRAGMA journal_mode") ?? "",
                isDurable: try Int.fetchOne(database, sql: "PRAGMA synchronous") ?? 0 >= 2
            )
        }
    }

    /// Calls `body` in a read transaction, on the store's thread.
    func read<T: Sendable>(_ body: @escaping @Sendable (Database) throws -> T) async throws(StateStoreError) -> T {
        try await transaction(.deferred, body)
    }

    /// Calls `body` in a transaction that is durable on return, on the store's thread.
    func write<T: Sendable>(_ body: @escaping @Sendable (Database) throws -> T) async throws(StateStoreError) -> T {
        try await transaction(.immediate, body)
    }

    private func transaction<T: Sendable>(
        _ kind: Database.TransactionKind,
        _ body: @escaping @Sendable (Database) throws -> T
    ) async throws(StateStoreError) -> T {
        let path = path
        let result: Result<T, StateStoreError> = await withCheckedContinuation { continuation in
            // GRDB's own `async` functions end with their task, in the middle of a run's last write.
            queue.asyncWriteWithoutTransaction { database in
                continuation.resume(
                    returning: Result { () throws(StateStoreError) in
                        do {
                            var value: T?
                            try database.inTransaction(kind) {
                                value = try body(database)
                                return .commit
                            }
                            guard let value else { throw DatabaseError(message: "the transaction did not run") }
                            return value
                        } catch {
                            throw StateStoreError(error, path: path)
                        }
                    }
                )
            }
        }
        return try result.get()
    }
}

extension StateStoreError {
    /// Says in our words what SQLite said in its own.
    init(_ error: any Error, path: String) {
        guard let failure = error as? DatabaseError else {
            self = error as? StateStoreError ?? .cannotUse(path: path, detail: "\(error)")
            return
        }
        let detail = failure.message ?? "SQLite error \(failure.extendedResultCode.rawValue)"
        self =
            switch failure.resultCode {
            case .SQLITE_CORRUPT, .SQLITE_NOTADB: .damaged(path: path, detail: detail)
            case .SQLITE_BUSY, .SQLITE_LOCKED: .busy(path: path)
            case .SQLITE_FULL: .full(path: path)
            case .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_READONLY, .SQLITE_AUTH: .cannotOpen(path: path, detail: detail)
            default: .cannotUse(path: path, detail: detail)
            }
    }
}
