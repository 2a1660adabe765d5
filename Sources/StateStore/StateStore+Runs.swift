import GRDB
package import Planning

extension StateStore {
    /// Adds a run to the history, or replaces what it says about that run.
    package func saveRun(_ run: RunRecord) async throws(StateStoreError) {
        try await write { database in
            try database.execute(
                sql: """
                    INSERT INTO run (id, tenant, value) VALUES (?, ?, ?)
                    ON CONFLICT DO UPDATE SET tenant = excluded.tenant, value = excluded.value
                    """,
                arguments: [run.id, run.tenant, try StoredValue.text(run)]
            )
        }
    }

    /// The history, newest first (by id, which is the order of time).
    ///
    /// - Parameter tenant: `nil` means all of them.
    package func runs(tenant: String?, limit: Int) async throws(StateStoreError) -> [RunRecord] {
        try await read { database in
            let rows = try Row.fetchAll(
                database,
                sql: """
                    SELECT id, value FROM run \(tenant == nil ? "" : "WHERE tenant = ?")
                    ORDER BY id DESC LIMIT ?
                    """,
                arguments: tenant.map { [$0, max(0, limit)] } ?? [max(0, limit)]
            )
            return try rows.map { try StoredValue.value($0["value"], of: "run \($0["id"] as String)") }
        }
    }

    /// The run whose id begins with what a person typed; letter case doesn't matter.
    ///
    /// - Throws: `noSuchRun`, or `ambiguousRun` with up to ten candidates, newest first.
    package func run(matching prefix: String) async throws(StateStoreError) -> RunRecord {
        guard let start = RunID.normalized(prefix) else { throw .noSuchRun(prefix) }
        return try await read { database in
            let rows = try Row.fetchAll(
                database,
                sql: "SELECT id, value FROM run WHERE id >= ? AND id < ? ORDER BY id DESC LIMIT 10",
                arguments: [start, start + "~"]  // sorts behind every character of an id
            )
            guard let first = rows.first else { throw StateStoreError.noSuchRun(prefix) }
            guard rows.count == 1 else {
                throw StateStoreError.ambiguousRun(prefix, candidates: rows.map { $0["id"] })
            }
            return try StoredValue.value(first["value"], of: "run \(first["id"] as String)")
        }
    }
}
