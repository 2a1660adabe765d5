package import FoundationEssentials
import GRDB

extension SQLiteStore {
    @discardableResult
    package func prune(before date: Date) async throws(StateStoreError) -> Int {
        try await write { database in
            let ids = try String.fetchAll(
                database,
                sql: """
                    SELECT id FROM run
                    WHERE ended_at < ?
                        AND NOT EXISTS (SELECT 1 FROM journal WHERE journal.run = run.id AND is_finished = 0)
                        AND EXISTS (
                            SELECT 1 FROM run AS later
                            WHERE later.tenant = run.tenant AND later.command = run.command AND later.id > run.id
                        )
                    ORDER BY ended_at LIMIT \(StateStoreLimits.prunedRuns)
                    """,
                arguments: [date.timeIntervalSince1970]
            )
            for table in ["delivery", "event"] {
                let id = table == "event" ? "id" : "event"
                try database.execute(
                    sql: """
                        DELETE FROM \(table) WHERE \(id) IN (
                            SELECT id FROM event WHERE at < ? ORDER BY id LIMIT \(StateStoreLimits.prunedRuns * 10)
                        )
                        """,
                    arguments: [date.timeIntervalSince1970]
                )
            }
            for id in ids {
                for table in ["run_plan", "run_connector", "journal", "evidence"] {
                    try database.execute(sql: "DELETE FROM \(table) WHERE run = ?", arguments: [id])
                }
                try database.execute(sql: "DELETE FROM run WHERE id = ?", arguments: [id])
            }
            return ids.count
        }
    }
}
