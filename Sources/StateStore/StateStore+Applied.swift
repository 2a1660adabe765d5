import GRDB
package import Connectors
package import Planning

extension StateStore {
    /// What was last written to a tenant and seen confirmed, in the order of the keys.
    package func applied(tenant: String) async throws(StateStoreError) -> AppliedTenant {
        try await read { database in
            let texts = try String.fetchAll(
                database,
                sql: "SELECT value FROM applied_connector WHERE tenant = ? ORDER BY kind, name",
                arguments: [tenant]
            )
            let connectors: [AppliedConnector] = try texts.map {
                try StoredValue.value($0, of: "an applied connector of \(tenant)")
            }
            let revision = try String.fetchOne(
                database,
                sql: "SELECT revision FROM applied_tenant WHERE tenant = ?",
                arguments: [tenant]
            )
            return AppliedTenant(connectors: connectors.sorted { $0.key < $1.key }, revision: revision)
        }
    }

    package func saveApplied(_ connector: AppliedConnector, tenant: String) async throws(StateStoreError) {
        try await write { database in
            try database.execute(
                sql: """
                    INSERT INTO applied_connector (tenant, kind, name, guid, value) VALUES (?, ?, ?, ?, ?)
                    ON CONFLICT DO UPDATE SET guid = excluded.guid, value = excluded.value
                    """,
                arguments: [
                    tenant, connector.key.kind.rawValue, connector.key.name, connector.guid,
                    try StoredValue.text(connector),
                ]
            )
        }
    }

    package func removeApplied(_ key: ConnectorKey, tenant: String) async throws(StateStoreError) {
        try await write { database in
            try database.execute(
                sql: "DELETE FROM applied_connector WHERE tenant = ? AND kind = ? AND name = ?",
                arguments: [tenant, key.kind.rawValue, key.name]
            )
        }
    }

    package func setAppliedRevision(tenant: String, revision: String) async throws(StateStoreError) {
        try await write { database in
            try database.execute(
                sql: """
                    INSERT INTO applied_tenant (tenant, revision) VALUES (?, ?)
                    ON CONFLICT DO UPDATE SET revision = excluded.revision
                    """,
                arguments: [tenant, revision]
            )
        }
    }
}
