package import FoundationEssentials
import GRDB

/// One tenant, one run at a time: who may write for a tenant, and until when.
///
/// Each new holder gets a higher fencing number, so that a write of one who was away too long can be told and refused.
extension StateStore {
    /// Takes the lease, unless somebody else holds it.
    ///
    /// - Parameter holder: Unique to a process's start; who holds the lease already gets it anew, with a new number.
    /// - Returns: The fencing number, or `nil` when another holds the lease.
    package func acquireLease(
        tenant: String,
        holder: String,
        now: Date,
        duration: Duration
    ) async throws(StateStoreError) -> Int? {
        try await write { database in
            try Int.fetchOne(
                database,
                sql: """
                    INSERT INTO lease (tenant, holder, fence, until) VALUES (?1, ?2, 1, ?4)
                    ON CONFLICT DO UPDATE SET holder = excluded.holder, fence = fence + 1, until = excluded.until
                    WHERE holder IS NULL OR holder = ?2 OR until <= ?3
                    RETURNING fence
                    """,
                arguments: [tenant, holder, now.timeIntervalSince1970, now.end(of: duration)]
            )
        }
    }

    /// Holds on to a lease, even one that ran out, as long as nobody took it.
    ///
    /// - Returns: Whether the lease is still the caller's; if not, it must stop writing.
    package func renewLease(
        tenant: String,
        fence: Int,
        now: Date,
        duration: Duration
    ) async throws(StateStoreError) -> Bool {
        try await write { database in
            try database.execute(
                sql: "UPDATE lease SET until = ? WHERE tenant = ? AND fence = ? AND holder IS NOT NULL",
                arguments: [now.end(of: duration), tenant, fence]
            )
            return database.changesCount == 1
        }
    }

    /// Gives a lease back; one that somebody took since is left to them.
    package func releaseLease(tenant: String, fence: Int) async throws(StateStoreError) {
        try await write { database in
            try database.execute(
                sql: "UPDATE lease SET holder = NULL, until = 0 WHERE tenant = ? AND fence = ?",
                arguments: [tenant, fence]
            )
        }
    }

    /// Who holds a tenant's lease now, for messages.
    package func leaseHolder(tenant: String, now: Date) async throws(StateStoreError) -> String? {
        try await read { database in
            try String.fetchOne(
                database,
                sql: "SELECT holder FROM lease WHERE tenant = ? AND holder IS NOT NULL AND until > ?",
                arguments: [tenant, now.timeIntervalSince1970]
            )
        }
    }
}

extension Date {
    /// Seconds since 1970 of the instant when `duration` from here has passed.
    fileprivate func end(of duration: Duration) -> Double {
        let (seconds, attoseconds) = duration.components
        return timeIntervalSince1970 + Double(seconds) + Double(attoseconds) / 1e18
    }
}
