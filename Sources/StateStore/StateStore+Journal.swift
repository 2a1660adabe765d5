import GRDB
package import Planning

extension StateStore {
    /// Stores a run's journal; on return it outlives a power cut.
    ///
    /// - Parameter fence: The fencing number of the lease under which the run writes; a later holder's number refuses it.
    package func saveJournal(_ journal: Journal, fence: Int? = nil) async throws(StateStoreError) {
        try await write { database in
            if let fence {
                let current = try Int.fetchOne(
                    database,
                    sql: "SELECT fence FROM lease WHERE tenant = ?",
                    arguments: [journal.tenant]
                )
                guard current == fence else { throw StateStoreError.leaseLost(tenant: journal.tenant) }
            }
            try database.execute(
                sql: """
                    INSERT INTO journal (run, tenant, is_finished, value) VALUES (?, ?, ?, ?)
                    ON CONFLICT DO UPDATE SET is_finished = excluded.is_finished, value = excluded.value
                    """,
                arguments: [journal.run, journal.tenant, journal.isFinished, try StoredValue.text(journal)]
            )
        }
    }

    package func journal(run: String) async throws(StateStoreError) -> Journal? {
        try await read { database in
            try String.fetchOne(database, sql: "SELECT value FROM journal WHERE run = ?", arguments: [run])
                .map { try StoredValue.value($0, of: "the journal of run \(run)") }
        }
    }

    /// The journal that a run of the tenant left behind when it was cut off; the oldest, should there be several.
    package func unfinishedJournal(tenant: String) async throws(StateStoreError) -> Journal? {
        try await read { database in
            try String.fetchOne(
                database,
                sql: "SELECT value FROM journal WHERE tenant = ? AND is_finished = 0 ORDER BY run LIMIT 1",
                arguments: [tenant]
            )
            .map { try StoredValue.value($0, of: "the unfinished journal of \(tenant)") }
        }
    }
}
