import FoundationEssentials
import GRDB
package import Scheduling

extension SQLiteStore {
    package func commit(_ change: ControllerChange) async throws(StateStoreError) {
        let now = now().timeIntervalSince1970
        try await write { database in
            for expectation in change.expected { try Self.require(expectation, database) }
            for document in change.documents {
                try database.cachedStatement(
                    sql: """
                        INSERT INTO document (kind, key, tenant, value) VALUES (?, ?, ?, ?)
                        ON CONFLICT (kind, key) DO UPDATE SET tenant = excluded.tenant, value = excluded.value
                        """
                )
                .execute(arguments: [
                    document.kind.rawValue, document.key, document.tenant,
                    try StoredValue.bounded(document.json, of: "the \(document.kind.rawValue) \(document.key)"),
                ])
            }
            for (kind, key) in change.forgotten {
                try database.cachedStatement(sql: "DELETE FROM document WHERE kind = ? AND key = ?")
                    .execute(arguments: [kind.rawValue, key])
            }
            for event in change.events {
                try database.cachedStatement(
                    sql: "INSERT OR IGNORE INTO event (id, tenant, at, value) VALUES (?, ?, ?, ?)"
                )
                .execute(arguments: [
                    event.id, event.tenant, event.time.timeIntervalSince1970,
                    try StoredValue.bounded(try StoredValue.text(event), of: "the event \(event.id)"),
                ])
                for sink in change.sinks[event.id] ?? [] {
                    try database.cachedStatement(
                        sql: "INSERT OR IGNORE INTO delivery (sink, event, tries, due) VALUES (?, ?, 0, ?)"
                    )
                    .execute(arguments: [sink, event.id, now])
                }
            }
        }
    }

    private static func require(_ expectation: ControllerChange.Expectation, _ database: Database) throws {
        let stored = try String.fetchOne(
            try database.cachedStatement(sql: "SELECT value FROM document WHERE kind = ? AND key = ?"),
            arguments: [expectation.kind.rawValue, expectation.key]
        )
        // Strings that only look the same are two.
        guard stored.map({ Array($0.utf8) }) != expectation.json.map({ Array($0.utf8) }) else { return }
        throw StateStoreError.documentMoved(what: "the \(expectation.kind.rawValue) \(expectation.key)")
    }

    package func documents(_ query: DocumentQuery) async throws(StateStoreError) -> [Document] {
        try await read { database in
            var sql = "SELECT key, tenant, value FROM document WHERE kind = ?"
            var arguments: StatementArguments = [query.kind.rawValue]
            if let tenant = query.tenant {
                sql += " AND tenant = ?"
                arguments += [tenant]
            }
            if let key = query.key {
                sql += " AND key = ?"
                arguments += [key]
            }
            if let prefix = query.prefix {
                sql += " AND key >= ? AND key < ?"
                arguments += [prefix, prefix + "\u{10FFFF}"]
            }
            return try Row.fetchAll(
                try database.cachedStatement(sql: sql + " ORDER BY key"),
                arguments: arguments
            ).map { row in
                Document(query.kind, row["key"], tenant: row["tenant"], json: row["value"])
            }
        }
    }

    package func events(_ query: EventQuery) async throws(StateStoreError) -> [Event] {
        try await read { database in
            var conditions: [String] = []
            var arguments: StatementArguments = []
            if let tenant = query.tenant {
                conditions.append("tenant = ?")
                arguments += [tenant]
            }
            if let after = query.after {
                conditions.append("id > ?")
                arguments += [after]
            }
            if let since = query.since {
                conditions.append("at >= ?")
                arguments += [since.timeIntervalSince1970]
            }
            let filter = conditions.isEmpty ? "" : "WHERE \(conditions.joined(separator: " AND "))"
            let order = query.after == nil ? "DESC" : "ASC"
            let texts = try String.fetchAll(
                try database.cachedStatement(sql: "SELECT value FROM event \(filter) ORDER BY id \(order) LIMIT ?"),
                arguments: arguments + [max(0, query.limit)]
            )
            let events: [Event] = try texts.map { try StoredValue.value($0, of: "an event") }
            return query.after == nil ? events.reversed() : events
        }
    }

    package func deliveries(to sink: String, limit: Int) async throws(StateStoreError) -> [Delivery] {
        try await read { database in
            try Row.fetchAll(
                try database.cachedStatement(
                    sql: """
                        SELECT tries, due, value FROM delivery JOIN event ON event.id = delivery.event
                        WHERE sink = ? ORDER BY event.id LIMIT ?
                        """
                ),
                arguments: [sink, max(0, limit)]
            )
            .map { row in
                Delivery(
                    sink: sink,
                    event: try StoredValue.value(row["value"], of: "an event"),
                    tries: row["tries"],
                    due: Date(timeIntervalSince1970: row["due"])
                )
            }
        }
    }

    package func settle(
        _ events: [String],
        of sink: String,
        _ outcome: DeliveryOutcome
    ) async throws(StateStoreError) {
        try await write { database in
            for event in events {
                switch outcome {
                case .done:
                    try database.cachedStatement(sql: "DELETE FROM delivery WHERE sink = ? AND event = ?")
                        .execute(arguments: [sink, event])
                case .tryAgain(let date):
                    try database.cachedStatement(
                        sql: "UPDATE delivery SET tries = tries + 1, due = ? WHERE sink = ? AND event = ?"
                    )
                    .execute(arguments: [date.timeIntervalSince1970, sink, event])
                }
            }
        }
    }
}
