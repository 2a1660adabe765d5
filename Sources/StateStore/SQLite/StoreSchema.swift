import GRDB

/// The tables, and how an older file becomes a newer one.
enum StoreSchema {
    /// Marks the file as ours in its header: "MITG".
    static let applicationID = 0x4D49_5447

    /// Each entry leads from the version that is its index to the next; an entry that was released is never changed.
    private static let steps: [@Sendable (Database) throws -> Void] = [
        { database in
            try database.execute(
                sql: """
                    CREATE TABLE applied_tenant (tenant TEXT PRIMARY KEY, revision TEXT NOT NULL) WITHOUT ROWID;
                    CREATE TABLE applied_connector (
                        tenant TEXT NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL, guid TEXT NOT NULL,
                        value TEXT NOT NULL, PRIMARY KEY (tenant, kind, name)
                    ) WITHOUT ROWID;
                    CREATE TABLE run (id TEXT PRIMARY KEY, tenant TEXT NOT NULL, value TEXT NOT NULL);
                    CREATE INDEX run_of_tenant ON run (tenant, id);
                    CREATE TABLE journal (
                        run TEXT PRIMARY KEY, tenant TEXT NOT NULL, is_finished INTEGER NOT NULL, value TEXT NOT NULL
                    );
                    CREATE INDEX journal_unfinished ON journal (tenant, run) WHERE is_finished = 0;
                    CREATE TABLE quarantine (tenant TEXT PRIMARY KEY, value TEXT NOT NULL);
                    CREATE TABLE lease (
                        tenant TEXT PRIMARY KEY, holder TEXT, fence INTEGER NOT NULL, until REAL NOT NULL
                    ) WITHOUT ROWID;
                    CREATE TABLE evidence (
                        id INTEGER PRIMARY KEY, run TEXT NOT NULL, tenant TEXT NOT NULL, at REAL NOT NULL,
                        value TEXT NOT NULL
                    );
                    CREATE INDEX evidence_of_run ON evidence (run, id);
                    """
            )
        },
        RunsWithColumns.migrate,
        ControllerTables.migrate,
        RunsWithOperator.migrate,
        EvidenceWithSubject.migrate,
    ]

    static var version: Int { steps.count }

    /// Refuses a file that is not ours, is newer, or is damaged; only reads.
    ///
    /// - Parameter deep: Whether to read all pages, which costs about a millisecond for each MiB.
    static func inspect(_ database: Database, place: String, deep: Bool) throws {
        let found = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        let application = try Int.fetchOne(database, sql: "PRAGMA application_id") ?? 0
        let tables = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_schema") ?? 0
        guard application == applicationID || application == 0 && tables == 0 && found == 0 else {
            throw StateStoreError.notAStore(place: place)
        }
        guard found <= version else {
            throw StateStoreError.newer(place: place, version: found, known: version)
        }
        guard deep else { return }
        let complaint = try String.fetchOne(database, sql: "PRAGMA quick_check(1)") ?? "ok"
        guard complaint == "ok" else { throw StateStoreError.damaged(place: place, detail: complaint) }
    }

    /// Refuses a file that would have to be brought to this version first.
    static func requireCurrent(_ database: Database, place: String) throws {
        let found = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        guard found == version else {
            throw StateStoreError.cannotUse(place: place, detail: "it has format \(found), not \(version)")
        }
    }

    /// Brings the file to this version, all of it or nothing.
    static func migrate(_ database: Database) throws {
        guard try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0 < version else { return }
        try database.inTransaction(.immediate) {
            // Another process may have been faster.
            let found = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
            for step in steps.dropFirst(found) { try step(database) }
            try database.execute(sql: "PRAGMA application_id = \(applicationID)")
            try database.execute(sql: "PRAGMA user_version = \(version)")
            return .commit
        }
    }
}
