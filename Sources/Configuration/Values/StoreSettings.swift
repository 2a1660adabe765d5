/// Where applied state, journals and history are kept, and for how long.
package struct StoreSettings: Hashable, Sendable {
    package var url: StoreURL
    /// How long runs stay in the history, with their evidence; state and journals that are still needed stay longer.
    package var keep: Duration

    /// 400 days: a year, and time to look at it.
    package static let defaultKeep: Duration = .seconds(400 * 86_400)

    package init(url: StoreURL, keep: Duration = defaultKeep) {
        self.url = url
        self.keep = keep
    }
}

/// Which database holds the store.
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
