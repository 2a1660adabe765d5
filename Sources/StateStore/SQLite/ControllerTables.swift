import GRDB

/// Version 3: what the controller remembers, what it told, and what it still has to send.
enum ControllerTables {
    static let migrate: @Sendable (Database) throws -> Void = { database in
        try database.execute(
            sql: """
                CREATE TABLE document (
                    kind TEXT NOT NULL, key TEXT NOT NULL, tenant TEXT, value TEXT NOT NULL, PRIMARY KEY (kind, key)
                ) WITHOUT ROWID;
                CREATE TABLE event (id TEXT PRIMARY KEY, tenant TEXT, at REAL NOT NULL, value TEXT NOT NULL)
                    WITHOUT ROWID;
                CREATE INDEX event_of_tenant ON event (tenant, id);
                CREATE TABLE delivery (
                    sink TEXT NOT NULL, event TEXT NOT NULL, tries INTEGER NOT NULL, due REAL NOT NULL,
                    PRIMARY KEY (sink, event)
                ) WITHOUT ROWID;
                """
        )
    }
}
