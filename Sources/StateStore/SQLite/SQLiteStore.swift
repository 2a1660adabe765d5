import Dispatch
package import FoundationEssentials
import GRDB

/// A store in one SQLite file.
///
/// Writes run one after another on a thread of the store's own, never on one of Swift's shared ones; reads run next to
/// them, each on its own snapshot, and wait for no write. Several processes of one machine may use the file at once; a
/// writer waits for the others up to `patience`.
package final class SQLiteStore: StateStore {
    /// How long a call waits for another process's write to end.
    package static let patience: Duration = .seconds(10)

    package let place: String
    let file: StoreFile
    /// The store's clock, by which leases run out.
    let now: @Sendable () -> Date
    private let pool: any DatabaseWriter

    /// Opens the store, or makes it where there is none.
    ///
    /// A file that is damaged, newer, another program's or another user's is left exactly as it is.
    ///
    /// - Parameter now: The clock by which leases run out; all who use one file must have the same time.
    package init(path: String, now: @escaping @Sendable () -> Date = { Date() }) async throws(StateStoreError) {
        place = path
        self.now = now
        let opened: Result<(StoreFile, any DatabaseWriter), StateStoreError> = await withCheckedContinuation {
            continuation in
            DispatchQueue.global().async {
                continuation.resume(
                    returning: Result { () throws(StateStoreError) in
                        let file = try StoreFile(path: path)
                        return (file, try Self.open(file))
                    }
                )
            }
        }
        (file, pool) = try opened.get()
    }

    /// Ends the use of the file, whose log is then folded into it; a store that is merely dropped does so a little later.
    package func close() async {
        let pool = pool
        let file = file
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                try? pool.close()
                if pool is DatabasePool { try? Self.foldLog(of: file) }
                continuation.resume()
            }
        }
    }

    /// Lets SQLite fold the log, which the last connection does when it closes if it may write.
    ///
    /// GRDB closes those last that may not, so this opens one more. Source: sqlite.org/wal.html, section 6 (the WAL file).
    private static func foldLog(of file: StoreFile) throws {
        var configuration = Configuration()
        configuration.label = "mitregate.store"
        let queue = try DatabaseQueue(path: file.sqlitePath, configuration: configuration)
        _ = try queue.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM sqlite_master") }
        try queue.close()
    }

    private static func open(_ file: StoreFile) throws(StateStoreError) -> any DatabaseWriter {
        do {
            return try openShared(file)
        } catch {
            let error = StateStoreError(error, file)
            guard case .full = error, let alone = try? openAlone(file) else { throw error }
            return alone
        }
    }

    /// Opens a store on a full disk, where SQLite cannot make the index that processes share.
    ///
    /// What is stored can be read as long as no other process has it open, which then has to wait; a write is refused.
    /// Source: sqlite.org/wal.html, section 9 (use of WAL without shared memory).
    private static func openAlone(_ file: StoreFile) throws -> any DatabaseWriter {
        var configuration = Configuration()
        configuration.label = "mitregate.store"
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA locking_mode = EXCLUSIVE") }
        let queue = try DatabaseQueue(path: file.sqlitePath, configuration: configuration)
        try queue.read { database in
            try StoreSchema.inspect(database, place: file.path, deep: false)
            try StoreSchema.requireCurrent(database, place: file.path)
        }
        return queue
    }

    private static func openShared(_ file: StoreFile) throws -> any DatabaseWriter {
        try file.whileLocked {
            try file.prepare()
            var configuration = Configuration()
            configuration.busyMode = .timeout(10)
            configuration.label = "mitregate.store"
            configuration.readonly = true
            // Reading it all finds a damaged page before it is written over; a large store is spared the wait.
            let isSmall = file.size <= 64 << 20
            try DatabaseQueue(path: file.sqlitePath, configuration: configuration).read { database in
                try StoreSchema.inspect(database, place: file.path, deep: isSmall)
            }
            configuration.readonly = false
            configuration.maximumReaderCount = 4
            // For each connection, in KiB; the system has the file's pages in its own memory, once for all of them.
            configuration.prepareDatabase { try $0.execute(sql: "PRAGMA cache_size = -500") }
            let pool = try DatabasePool(path: file.sqlitePath, configuration: configuration)
            try pool.writeWithoutTransaction { database in
                // NORMAL, which GRDB sets, loses the last commits with the power. Source: sqlite.org/pragma.html#pragma_synchronous.
                try database.execute(sql: "PRAGMA synchronous = FULL")
                try StoreSchema.migrate(database)
            }
            return pool
        }
    }

    package func health() async throws(StateStoreError) -> StoreHealth {
        let file = file
        if let free = file.free, free < StoreFile.leastFree { throw .full(folder: file.folder, free: free) }
        let isDurable = try await write { database in
            try Int.fetchOne(database, sql: "PRAGMA synchronous") ?? 0 >= 2
        }
        return try await read { database in
            try StoreSchema.inspect(database, place: file.path, deep: true)
            return StoreHealth(
                format: try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0,
                isDurable: isDurable,
                warnings: file.warnings
            )
        }
    }

    /// Calls `body` on a snapshot of the store.
    func read<T: Sendable>(_ body: @escaping @Sendable (Database) throws -> T) async throws(StateStoreError) -> T {
        let file = file
        let result: Result<T, StateStoreError> = await withCheckedContinuation { continuation in
            // GRDB's own `async` functions end with their task, in the middle of a run's last write.
            pool.asyncRead { opened in
                continuation.resume(
                    returning: Result { () throws(StateStoreError) in
                        do {
                            return try body(try opened.get())
                        } catch {
                            throw StateStoreError(error, file)
                        }
                    }
                )
            }
        }
        return try result.get()
    }

    /// Calls `body` in a transaction that is durable on return, and alone in writing.
    func write<T: Sendable>(_ body: @escaping @Sendable (Database) throws -> T) async throws(StateStoreError) -> T {
        let file = file
        let result: Result<T, StateStoreError> = await withCheckedContinuation { continuation in
            pool.asyncWriteWithoutTransaction { database in
                continuation.resume(
                    returning: Result { () throws(StateStoreError) in
                        do {
                            var value: T?
                            try database.inTransaction(.immediate) {
                                value = try body(database)
                                return .commit
                            }
                            guard let value else { throw DatabaseError(message: "the transaction did not run") }
                            return value
                        } catch {
                            throw StateStoreError(error, file)
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
    init(_ error: any Error, _ file: StoreFile) {
        guard let failure = error as? DatabaseError else {
            self = error as? StateStoreError ?? .cannotUse(place: file.path, detail: "\(error)")
            return
        }
        let detail = failure.message ?? "SQLite error \(failure.extendedResultCode.rawValue)"
        switch failure.resultCode {
        case .SQLITE_CORRUPT, .SQLITE_NOTADB: self = .damaged(place: file.path, detail: detail)
        case .SQLITE_BUSY, .SQLITE_LOCKED: self = .busy(place: file.path)
        case .SQLITE_FULL: self = .full(folder: file.folder, free: file.free ?? 0)
        case .SQLITE_IOERR, .SQLITE_CANTOPEN:
            // A log that cannot grow on a full disk is an I/O error to SQLite, or a file that cannot be opened.
            if let free = file.free, free < StoreFile.leastFree {
                self = .full(folder: file.folder, free: free)
            } else if failure.resultCode == .SQLITE_IOERR {
                self = .cannotUse(place: file.path, detail: detail)
            } else {
                self = .cannotOpen(place: file.path, detail: detail)
            }
        case .SQLITE_PERM, .SQLITE_READONLY, .SQLITE_AUTH: self = .cannotOpen(place: file.path, detail: detail)
        default: self = .cannotUse(place: file.path, detail: detail)
        }
    }
}
