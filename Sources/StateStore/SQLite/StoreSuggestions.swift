import GRDB

/// Names from a store's file, for a shell that completes a command line.
///
/// They are read at once or not at all, without a word about why not; nothing is made, migrated or locked for long.
package enum StoreSuggestions {
    /// Ids of runs that begin so, newest first; letter case doesn't matter.
    package static func runs(at path: String, beginning prefix: String, limit: Int = 50) -> [String] {
        let start = prefix.isEmpty ? "" : RunID.normalized(prefix)
        guard let start else { return [] }
        return names(
            at: path,
            "SELECT id FROM run WHERE id >= ? AND id < ? ORDER BY id DESC LIMIT ?",
            [start, start + "~", max(0, limit)]
        )
    }

    /// Slugs of the connectors that were applied, in order.
    ///
    /// - Parameter tenants: Only of these; none means all.
    package static func connectors(at path: String, tenants: [String], limit: Int = 1_000) -> [String] {
        let all = "SELECT DISTINCT name FROM applied_connector"
        guard !tenants.isEmpty else { return names(at: path, "\(all) ORDER BY name LIMIT ?", [max(0, limit)]) }
        let list = (try? StoredValue.text(tenants)) ?? "[]"
        return names(
            at: path,
            "\(all) WHERE tenant IN (SELECT value FROM json_each(?)) ORDER BY name LIMIT ?",
            [list, max(0, limit)]
        )
    }

    private static func names(at path: String, _ sql: String, _ arguments: StatementArguments) -> [String] {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(0.2)
        guard let file = try? StoreFile(path: path),
            let queue = try? DatabaseQueue(path: file.sqlitePath, configuration: configuration)
        else { return [] }
        return (try? queue.read { try String.fetchAll($0, sql: sql, arguments: arguments) }) ?? []
    }
}
