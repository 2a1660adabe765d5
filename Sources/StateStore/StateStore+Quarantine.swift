import GRDB
package import Planning

extension StateStore {
    package func quarantine(tenant: String) async throws(StateStoreError) -> Quarantine? {
        try await read { database in
            try String.fetchOne(database, sql: "SELECT value FROM quarantine WHERE tenant = ?", arguments: [tenant])
                .map { try StoredValue.value($0, of: "the quarantine of \(tenant)") }
        }
    }

    package func saveQuarantine(_ quarantine: Quarantine) async throws(StateStoreError) {
        try await write { database in
            try database.execute(
                sql: """
                    INSERT INTO quarantine (tenant, value) VALUES (?, ?)
                    ON CONFLICT DO UPDATE SET value = excluded.value
                    """,
                arguments: [quarantine.tenant, try StoredValue.text(quarantine)]
            )
        }
    }

    package func clearQuarantine(tenant: String) async throws(StateStoreError) {
        try await write { database in
            try database.execute(sql: "DELETE FROM quarantine WHERE tenant = ?", arguments: [tenant])
        }
    }
}
