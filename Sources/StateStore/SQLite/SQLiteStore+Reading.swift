import Connectors
import FoundationEssentials
import GRDB
package import Planning

extension SQLiteStore {
    package func state(of tenant: String) async throws(StateStoreError) -> TenantState {
        let now = now()
        return try await read { database in
            var state = TenantState()
            state.applied = try Self.applied(database, tenant)
            state.quarantine = try String.fetchOne(
                database,
                sql: "SELECT value FROM quarantine WHERE tenant = ?",
                arguments: [tenant]
            )
            .map { try StoredValue.value($0, of: "the quarantine of \(tenant)") }
            state.unfinished = try String.fetchOne(
                database,
                sql: "SELECT value FROM journal WHERE tenant = ? AND is_finished = 0 ORDER BY run LIMIT 1",
                arguments: [tenant]
            )
            .map { try StoredValue.value($0, of: "the unfinished journal of \(tenant)") }
            state.runs = try Self.runs(database, RunQuery(tenant: tenant, limit: TenantState.runLimit))
            state.lease = try LeaseRow(database, tenant).flatMap { $0.isHeld(at: now) ? $0.held : nil }
            return state
        }
    }

    private static func applied(_ database: Database, _ tenant: String) throws -> AppliedTenant {
        let texts = try String.fetchAll(
            database,
            sql: "SELECT value FROM applied_connector WHERE tenant = ?",
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

    package func journal(run: String) async throws(StateStoreError) -> Journal? {
        try await read { database in
            try String.fetchOne(database, sql: "SELECT value FROM journal WHERE run = ?", arguments: [run])
                .map { try StoredValue.value($0, of: "the journal of run \(run)") }
        }
    }

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
