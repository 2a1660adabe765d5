import FoundationEssentials
import GRDB

extension SQLiteStore {
    package func acquire(
        _ tenant: String,
        by holder: RunHolder,
        for duration: Duration
    ) async throws(StateStoreError) -> LeaseAnswer {
        let now = now()
        return try await write { database in
            if let row = try LeaseRow(database, tenant), row.isHeld(at: now), let held = row.held { return .held(held) }
            let fence = try Int.fetchOne(
                try database.cachedStatement(
                    sql: """
                        INSERT INTO lease (tenant, holder, fence, since, until) VALUES (?, ?, 1, ?, ?)
                        ON CONFLICT (tenant) DO UPDATE SET
                            holder = excluded.holder, fence = lease.fence + 1, since = excluded.since, until = excluded.until
                        RETURNING fence
                        """
                ),
                arguments: [
                    try StoredValue.bounded(tenant, of: "the lease of \(tenant)"), try StoredValue.text(holder),
                    now.timeIntervalSince1970, now.end(of: duration),
                ]
            )
            guard let fence else { throw DatabaseError(message: "the lease was not returned") }
            return .granted(Lease(tenant: tenant, holder: holder, fence: fence, duration: duration))
        }
    }

    package func renew(_ lease: Lease) async throws(StateStoreError) -> Bool {
        let now = now()
        return try await write { database in try Self.renew(database, lease, now) }
    }

    /// - Returns: Whether the lease is still the caller's.
    static func renew(_ database: Database, _ lease: Lease, _ now: Date) throws -> Bool {
        try database.cachedStatement(
            sql: "UPDATE lease SET until = ? WHERE tenant = ? AND fence = ? AND holder IS NOT NULL"
        )
        .execute(arguments: [now.end(of: lease.duration), lease.tenant, lease.fence])
        return database.changesCount == 1
    }

    package func release(_ lease: Lease) async throws(StateStoreError) {
        try await write { database in
            try database.cachedStatement(
                sql: "UPDATE lease SET holder = NULL, until = 0 WHERE tenant = ? AND fence = ?"
            )
            .execute(arguments: [lease.tenant, lease.fence])
        }
    }
}

/// A tenant's row of the table of leases.
struct LeaseRow {
    /// `nil` when it was given back.
    let held: HeldLease?

    init?(_ database: Database, _ tenant: String) throws {
        guard
            let row = try Row.fetchOne(
                try database.cachedStatement(sql: "SELECT holder, since, until FROM lease WHERE tenant = ?"),
                arguments: [tenant]
            )
        else { return nil }
        held = try (row["holder"] as String?).map { text in
            HeldLease(
                holder: try StoredValue.value(text, of: "the lease of \(tenant)"),
                since: Date(timeIntervalSince1970: row["since"]),
                until: Date(timeIntervalSince1970: row["until"])
            )
        }
    }

    /// Whether another run must leave it alone.
    func isHeld(at now: Date) -> Bool {
        guard let held else { return false }
        return held.until > now && !held.holder.isSurelyGone
    }
}

extension Date {
    /// Seconds since 1970 of the instant when `duration` from here has passed.
    fileprivate func end(of duration: Duration) -> Double {
        let (seconds, attoseconds) = duration.components
        return timeIntervalSince1970 + Double(seconds) + Double(attoseconds) / 1e18
    }
}
