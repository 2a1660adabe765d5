import GRDB

/// Version 4: who ran it from where and why, and what the commit says of itself.
enum RunsWithOperator {
    static let migrate: @Sendable (Database) throws -> Void = { database in
        try database.execute(
            sql: """
                ALTER TABLE run ADD COLUMN subject TEXT;
                ALTER TABLE run ADD COLUMN started_from TEXT;
                ALTER TABLE run ADD COLUMN reason TEXT;
                """
        )
    }
}
