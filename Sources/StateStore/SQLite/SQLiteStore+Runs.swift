import Connectors
import FoundationEssentials
import GRDB
package import Planning

extension SQLiteStore {
    package func runs(_ query: RunQuery) async throws(StateStoreError) -> [RunRecord] {
        try await read { database in try Self.runs(database, query) }
    }

    /// - Parameter isFrequent: Whether the statement is kept: where the query always has the same parts and the same limit.
    static func runs(_ database: Database, _ query: RunQuery, isFrequent: Bool = false) throws -> [RunRecord] {
        var conditions = Conditions()
        conditions.add("tenant", isOneOf: query.tenants)
        conditions.add("command", isOneOf: query.commands?.map(\.rawValue))
        conditions.add("result", isOneOf: query.results?.map(\.rawValue))
        conditions.add("cause", isOneOf: query.causes?.map(\.rawValue))
        conditions.add("started_at >= ?", query.startedFrom?.timeIntervalSince1970)
        conditions.add("started_at < ?", query.startedBefore?.timeIntervalSince1970)
        conditions.add("revision >= ?", query.revision)
        conditions.add("revision < ?", query.revision.map { $0 + "~" })  // sorts behind every hex digit
        conditions.add("instr(lower(author), lower(?)) > 0", query.author)
        conditions.add("started_by = ?", query.startedBy)
        conditions.add("plan_digest = ?", query.planDigest)
        conditions.add("id < ?", query.before)
        if let key = query.connector {
            conditions.add(
                "id IN (SELECT run FROM run_connector WHERE kind = ? AND name = ?)",
                with: [key.kind.rawValue, key.name]
            )
        }
        conditions.add("id IN (SELECT run FROM run_connector WHERE name = ?)", query.connectorName)
        let sql = "SELECT * FROM run \(conditions.clause) ORDER BY id DESC LIMIT \(max(0, query.limit))"
        let statement = try isFrequent ? database.cachedStatement(sql: sql) : database.makeStatement(sql: sql)
        let rows = try Row.fetchAll(statement, arguments: conditions.arguments)
        return try withConnectors(database, try rows.map(record))
    }

    /// The same with what each run's plan changes.
    private static func withConnectors(_ database: Database, _ records: [RunRecord]) throws -> [RunRecord] {
        let planned = records.filter { $0.planDigest != nil }.map(\.id)
        guard !planned.isEmpty else { return records }
        let rows = try Row.fetchAll(
            try database.cachedStatement(
                sql: """
                    SELECT run, kind, name FROM run_connector WHERE run IN (SELECT value FROM json_each(?))
                    ORDER BY run, kind, name
                    """
            ),
            arguments: [try StoredValue.text(planned)]
        )
        var connectors: [String: [ConnectorKey]] = [:]
        for row in rows {
            // A kind of another version is left out: this is a list for people, and the plan itself has it.
            guard let kind = ConnectorKind(rawValue: row["kind"]) else { continue }
            connectors[row["run"], default: []].append(ConnectorKey(kind: kind, name: row["name"]))
        }
        return records.map { record in
            var record = record
            record.connectors = connectors[record.id]?.sorted() ?? []
            return record
        }
    }

    package func run(matching prefix: String) async throws(StateStoreError) -> StoredRun {
        guard let start = RunID.normalized(prefix) else { throw .noSuchRun(prefix) }
        return try await read { database in
            let rows = try Row.fetchAll(
                try database.cachedStatement(
                    sql: "SELECT * FROM run WHERE id >= ? AND id < ? ORDER BY id DESC LIMIT 10"
                ),
                arguments: [start, start + "~"]  // sorts behind every character of an id
            )
            guard let first = rows.first else { throw StateStoreError.noSuchRun(prefix) }
            guard rows.count == 1 else {
                throw StateStoreError.ambiguousRun(prefix, candidates: rows.map { $0["id"] })
            }
            let record = try Self.withConnectors(database, [try Self.record(first)])[0]
            let plan = try Row.fetchOne(
                try database.cachedStatement(sql: "SELECT plan, judgements FROM run_plan WHERE run = ?"),
                arguments: [record.id]
            )
            return StoredRun(record: record, planText: plan?["plan"], judgements: plan?["judgements"] ?? "")
        }
    }

    private static func record(_ row: Row) throws -> RunRecord {
        let id: String = row["id"]
        guard let command = RunRecord.Command(rawValue: row["command"]) else {
            throw StateStoreError.unreadable(
                what: "run \(id)",
                detail: "its command is \"\(row["command"] as String)\""
            )
        }
        let result: RunRecord.Result? = try (row["result"] as String?).map { text in
            guard let result = RunRecord.Result(rawValue: text) else {
                throw StateStoreError.unreadable(what: "run \(id)", detail: "its result is \"\(text)\"")
            }
            return result
        }
        return RunRecord(
            id: id,
            tenant: row["tenant"],
            command: command,
            revision: row["revision"],
            startedAt: Date(timeIntervalSince1970: row["started_at"]),
            endedAt: (row["ended_at"] as Double?).map { Date(timeIntervalSince1970: $0) },
            result: result,
            exitCode: row["exit_code"],
            message: row["message"],
            cause: try (row["cause"] as String?).map { text in
                guard let cause = StopCause(rawValue: text) else {
                    throw StateStoreError.unreadable(what: "run \(id)", detail: "its cause is \"\(text)\"")
                }
                return cause
            },
            nextLook: (row["next_look"] as String?).flatMap { NextLook(stored: $0, at: row["next_look_at"]) },
            author: row["author"],
            subject: row["subject"],
            startedBy: row["started_by"],
            startedFrom: row["started_from"],
            reason: row["reason"],
            planDigest: row["plan_digest"]
        )
    }

    static func save(_ database: Database, _ run: RunRecord) throws {
        let what = "run \(run.id)"
        try database.cachedStatement(
            sql: """
                INSERT INTO run (
                    id, tenant, command, revision, started_at, ended_at, result, exit_code, message, cause,
                    next_look, next_look_at, author, started_by, subject, started_from, reason
                ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (id) DO UPDATE SET
                    tenant = excluded.tenant, command = excluded.command, revision = excluded.revision,
                    started_at = excluded.started_at, ended_at = excluded.ended_at, result = excluded.result,
                    exit_code = excluded.exit_code, message = excluded.message, cause = excluded.cause,
                    next_look = excluded.next_look, next_look_at = excluded.next_look_at, author = excluded.author,
                    started_by = excluded.started_by, subject = excluded.subject,
                    started_from = excluded.started_from, reason = excluded.reason
                """
        )
        .execute(arguments: [
            try StoredValue.bounded(run.id, of: what), try StoredValue.bounded(run.tenant, of: what),
            run.command.rawValue, try StoredValue.bounded(run.revision, of: what),
            run.startedAt.timeIntervalSince1970, run.endedAt?.timeIntervalSince1970, run.result?.rawValue,
            run.exitCode, try StoredValue.bounded(run.message, of: what),
            run.cause?.rawValue, run.nextLook?.storedName, run.nextLook?.storedInstant,
            try run.author.map { try StoredValue.bounded($0, of: what) },
            try run.startedBy.map { try StoredValue.bounded($0, of: what) },
            try run.subject.map { try StoredValue.bounded($0, of: what) },
            try run.startedFrom.map { try StoredValue.bounded($0, of: what) },
            try run.reason.map { try StoredValue.bounded($0, of: what) },
        ])
    }

    static func save(_ database: Database, _ plan: RunPlan, of run: String) throws {
        let limit = StateStoreLimits.plan
        let text = try StoredValue.bounded(try StoredValue.text(plan.plan), to: limit, of: "the plan of run \(run)")
        let judgements = try StoredValue.bounded(plan.judgements, to: limit, of: "the judgements of run \(run)")
        try database.cachedStatement(
            sql: """
                INSERT INTO run_plan (run, plan, judgements) VALUES (?, ?, ?)
                ON CONFLICT (run) DO UPDATE SET plan = excluded.plan, judgements = excluded.judgements
                """
        )
        .execute(arguments: [run, text, judgements])
        try database.cachedStatement(sql: "UPDATE run SET plan_digest = ? WHERE id = ?")
            .execute(arguments: [plan.plan.planDigest, run])
        for key in Set(plan.plan.changes.map(\.key)) {
            try database.cachedStatement(
                sql: "INSERT INTO run_connector (run, kind, name) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
            )
            .execute(arguments: [run, key.kind.rawValue, try StoredValue.bounded(key.name, of: "run \(run)")])
        }
    }
}

/// A next look as two columns: what it is, and seconds since 1970 where it is an instant.
extension NextLook {
    fileprivate var storedName: String {
        switch self {
        case .onChange: "on-change"
        case .at: "at"
        case .afterBackoff: "after-backoff"
        case .afterPerson: "after-person"
        }
    }

    fileprivate var storedInstant: Double? {
        guard case .at(let date) = self else { return nil }
        return date.timeIntervalSince1970
    }

    fileprivate init?(stored name: String, at instant: Double?) {
        switch name {
        case "on-change": self = .onChange
        case "at": self = .at(Date(timeIntervalSince1970: instant ?? 0))
        case "after-backoff": self = .afterBackoff
        case "after-person": self = .afterPerson
        default: return nil
        }
    }
}

/// What stands behind WHERE.
private struct Conditions {
    private var texts: [String] = []
    private(set) var arguments = StatementArguments()

    var clause: String { texts.isEmpty ? "" : "WHERE \(texts.joined(separator: " AND "))" }

    mutating func add(_ text: String, with values: [any DatabaseValueConvertible]) {
        texts.append(text)
        arguments += StatementArguments(values)
    }

    mutating func add(_ text: String, _ value: (some DatabaseValueConvertible)?) {
        guard let value else { return }
        add(text, with: [value])
    }

    mutating func add(_ column: String, isOneOf values: [String]?) {
        guard let values else { return }
        // One text of JSON, however many there are: a statement takes a limited number of values.
        texts.append("\(column) IN (SELECT value FROM json_each(?))")
        arguments += [(try? StoredValue.text(values)) ?? "[]"]
    }
}
