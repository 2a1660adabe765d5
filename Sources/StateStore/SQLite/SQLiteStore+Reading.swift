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
            state.standing = try Self.standing(database, tenant, at: now)
            return state
        }
    }

    package func standing(of tenant: String) async throws(StateStoreError) -> TenantStanding {
        let now = now()
        return try await read { database in try Self.standing(database, tenant, at: now) }
    }

    private static func standing(_ database: Database, _ tenant: String, at now: Date) throws -> TenantStanding {
        var standing = TenantStanding()
        standing.quarantine = try String.fetchOne(
            try database.cachedStatement(sql: "SELECT value FROM quarantine WHERE tenant = ?"),
            arguments: [tenant]
        )
        .map { try StoredValue.value($0, of: "the quarantine of \(tenant)") }
        standing.unfinished = try String.fetchOne(
            try database.cachedStatement(
                sql: "SELECT value FROM journal WHERE tenant = ? AND is_finished = 0 ORDER BY run LIMIT 1"
            ),
            arguments: [tenant]
        )
        .map { try StoredValue.value($0, of: "the unfinished journal of \(tenant)") }
        standing.runs = try runs(database, RunQuery(tenant: tenant, limit: TenantState.runLimit), isFrequent: true)
        standing.lease = try LeaseRow(database, tenant).flatMap { $0.isHeld(at: now) ? $0.held : nil }
        return standing
    }

    private static func applied(_ database: Database, _ tenant: String) throws -> AppliedTenant {
        let texts = try String.fetchAll(
            try database.cachedStatement(sql: "SELECT value FROM applied_connector WHERE tenant = ?"),
            arguments: [tenant]
        )
        let connectors: [AppliedConnector] = try texts.map {
            try StoredValue.value($0, of: "an applied connector of \(tenant)")
        }
        let revision = try String.fetchOne(
            try database.cachedStatement(sql: "SELECT revision FROM applied_tenant WHERE tenant = ?"),
            arguments: [tenant]
        )
        return AppliedTenant(connectors: connectors.sorted { $0.key < $1.key }, revision: revision)
    }

    package func journal(run: String) async throws(StateStoreError) -> Journal? {
        try await read { database in
            try String.fetchOne(
                try database.cachedStatement(sql: "SELECT value FROM journal WHERE run = ?"),
                arguments: [run]
            )
            .map { try StoredValue.value($0, of: "the journal of run \(run)") }
        }
    }

    package func evidence(run: String) async throws(StateStoreError) -> [Evidence] {
        try await read { database in
            try Row.fetchAll(
                try database.cachedStatement(sql: "SELECT * FROM evidence WHERE run = ? ORDER BY id"),
                arguments: [run]
            )
            .map { Self.evidence(in: $0) }
        }
    }

    package func evidence(_ query: EvidenceQuery) async throws(StateStoreError) -> [Evidence] {
        guard !query.subjects.isEmpty else { return [] }
        return try await read { database in
            let rows = try Row.fetchCursor(
                database,
                sql: """
                    SELECT * FROM evidence WHERE id IN (
                        SELECT max(id) FROM evidence WHERE tenant = ? AND subject IN (SELECT value FROM json_each(?))
                        GROUP BY subject
                    ) AND at >= ? ORDER BY id DESC
                    """,
                arguments: [
                    query.tenant, try StoredValue.text(query.subjects.sorted()),
                    query.since?.timeIntervalSinceReferenceDate ?? -Double.greatestFiniteMagnitude,
                ]
            )
            var room = query.room
            var found: [Evidence] = []
            while let row = try rows.next() {
                let evidence = Self.evidence(in: row)
                room -= evidence.json.utf8.count
                guard room >= 0 else { break }
                found.append(evidence)
            }
            return found
        }
    }

    private static func evidence(in row: Row) -> Evidence {
        Evidence(
            run: row["run"],
            tenant: row["tenant"],
            subject: row["subject"],
            json: row["value"],
            at: Date(timeIntervalSinceReferenceDate: row["at"])
        )
    }
}
