import FoundationEssentials
import GRDB

/// The step from version 1, which kept a run as one JSON text, to columns that can be asked by.
///
/// The types here are those of version 1 and never change.
enum RunsWithColumns {
    private struct OldRun: Decodable {
        var id: String
        var tenant: String
        var command: String
        var revision: String
        var startedAt: Date
        var endedAt: Date?
        var result: String?
        var exitCode: Int32?
        var message: String
        /// An entry of a plan document; empty where no plan was made.
        var plan: String
    }

    @Sendable static func migrate(_ database: Database) throws {
        try database.execute(
            sql: """
                ALTER TABLE run RENAME TO old_run;
                DROP INDEX run_of_tenant;
                CREATE TABLE run (
                    id TEXT PRIMARY KEY, tenant TEXT NOT NULL, command TEXT NOT NULL, revision TEXT NOT NULL,
                    started_at REAL NOT NULL, ended_at REAL, result TEXT, exit_code INTEGER, message TEXT NOT NULL,
                    cause TEXT, next_look TEXT, next_look_at REAL, author TEXT, started_by TEXT, plan_digest TEXT
                );
                CREATE INDEX run_of_tenant ON run (tenant, id);
                CREATE INDEX run_ended ON run (ended_at);
                CREATE TABLE run_plan (run TEXT PRIMARY KEY, plan TEXT NOT NULL, judgements TEXT NOT NULL);
                CREATE TABLE run_connector (
                    run TEXT NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (run, kind, name)
                ) WITHOUT ROWID;
                CREATE INDEX run_by_connector ON run_connector (kind, name, run);
                ALTER TABLE lease ADD COLUMN since REAL NOT NULL DEFAULT 0;
                """
        )
        let rows = try Row.fetchCursor(database, sql: "SELECT id, value FROM old_run")
        while let row = try rows.next() {
            let id: String = row["id"]
            try insert(database, try StoredValue.value(row["value"], as: OldRun.self, of: "run \(id)"))
        }
        try database.execute(sql: "DROP TABLE old_run")
        try migrateLeases(database)
    }

    private static func insert(_ database: Database, _ run: OldRun) throws {
        try database.execute(
            sql: """
                INSERT INTO run (id, tenant, command, revision, started_at, ended_at, result, exit_code, message)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                run.id, run.tenant, run.command, run.revision, run.startedAt.timeIntervalSince1970,
                run.endedAt?.timeIntervalSince1970, run.result, run.exitCode, run.message,
            ]
        )
        // A text that is not an entry with a plan was kept for people alone, and says nothing that could be carried over.
        guard try Bool.fetchOne(database, sql: "SELECT json_valid(?)", arguments: [run.plan]) == true,
            try String.fetchOne(database, sql: "SELECT json_extract(?, '$.planDigest')", arguments: [run.plan]) != nil
        else { return }
        // A plan of that time did not name the tenant's tree; the gate's words stood inside its changes.
        try database.execute(
            sql: """
                INSERT INTO run_plan (run, plan, judgements)
                SELECT ?1, json_insert(?2, '$.tree', ''), CASE WHEN json_type(?2, '$.judgements') = 'array' THEN (
                    SELECT json_group_array(json(judgement)) FROM (
                        SELECT json_set(
                            json_extract(value, '$.gate'), '$.findings', json_extract(value, '$.findings')
                        ) AS judgement
                        FROM json_each(?2, '$.changes') WHERE json_extract(value, '$.gate') IS NOT NULL
                        UNION ALL SELECT value FROM json_each(?2, '$.judgements')
                    )
                ) ELSE '' END
                """,
            arguments: [run.id, run.plan]
        )
        try database.execute(
            sql: "UPDATE run SET plan_digest = json_extract(?, '$.planDigest') WHERE id = ?",
            arguments: [run.plan, run.id]
        )
        let keys = try Row.fetchAll(
            database,
            sql: """
                SELECT DISTINCT coalesce(json_extract(value, '$.key.kind'), json_extract(value, '$.kind')) AS kind,
                    coalesce(json_extract(value, '$.key.name'), json_extract(value, '$.name')) AS name
                FROM json_each(?, '$.changes')
                """,
            arguments: [run.plan]
        )
        for key in keys {
            guard let kind = key["kind"] as String?, let name = key["name"] as String? else { continue }
            try database.execute(
                sql: "INSERT INTO run_connector (run, kind, name) VALUES (?, ?, ?)",
                arguments: [run.id, kind, name]
            )
        }
    }

    /// A lease that is held lasts until it runs out: of its holder, `process 5 on vm, boot 01234567`, too little is known.
    private static func migrateLeases(_ database: Database) throws {
        for row in try Row.fetchAll(database, sql: "SELECT tenant, holder FROM lease WHERE holder IS NOT NULL") {
            let words = (row["holder"] as String).split(whereSeparator: { $0 == " " || $0 == "," }).map(String.init)
            let isKnown = words.count == 6 && words[0] == "process"
            let holder = RunHolder(
                machine: isKnown ? words[3] : "another machine",
                boot: "",
                pidNamespace: "",
                process: isKnown ? Int32(words[1]) ?? 0 : 0,
                startTime: 0,
                run: ""
            )
            try database.execute(
                sql: "UPDATE lease SET holder = ? WHERE tenant = ?",
                arguments: [try StoredValue.text(holder), row["tenant"] as String]
            )
        }
    }
}
