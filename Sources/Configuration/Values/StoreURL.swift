/// Where applied state, journals and history are kept.
package enum StoreURL: Hashable, Sendable {
    /// The path of a database file.
    case sqlite(path: String)
    /// A connection URL without a password in it.
    case postgresql(String)

    /// The database file.
    ///
    /// - Throws: for PostgreSQL, which this build cannot open.
    package func sqlitePath() throws(ConfigurationError) -> String {
        switch self {
        case .sqlite(let path): return path
        case .postgresql:
            throw ConfigurationError(
                Problem(
                    "config-store-unsupported",
                    "store.url names a PostgreSQL server, and this build keeps its state in SQLite only.",
                    remedy: "Set store.url to sqlite:PATH, as in sqlite:mitregate.db."
                )
            )
        }
    }
}
