package import FoundationEssentials
import GRDB

/// What the gate saw before a run was let through, as JSON: it can be judged again later.
package struct Evidence: Hashable, Sendable {
    package var run: String
    package var tenant: String
    package var json: String
    package var at: Date

    package init(run: String, tenant: String, json: String, at: Date) {
        self.run = run
        self.tenant = tenant
        self.json = json
        self.at = at
    }
}

extension StateStore {
    /// Adds to what is known about a run; nothing is replaced.
    package func saveEvidence(run: String, tenant: String, json: String, at: Date) async throws(StateStoreError) {
        try await write { database in
            try database.execute(
                sql: "INSERT INTO evidence (run, tenant, at, value) VALUES (?, ?, ?, ?)",
                arguments: [run, tenant, at.timeIntervalSinceReferenceDate, json]
            )
        }
    }

    /// A run's evidence in the order in which it was saved.
    package func evidence(run: String) async throws(StateStoreError) -> [Evidence] {
        try await read { database in
            try Row.fetchAll(
                database,
                sql: "SELECT tenant, at, value FROM evidence WHERE run = ? ORDER BY id",
                arguments: [run]
            )
            .map { row in
                Evidence(
                    run: run,
                    tenant: row["tenant"],
                    json: row["value"],
                    at: Date(timeIntervalSinceReferenceDate: row["at"])
                )
            }
        }
    }
}
