import GRDB

/// Version 5: what evidence is about, so that a run reads of earlier ones only what concerns it.
enum EvidenceWithSubject {
    static let migrate: @Sendable (Database) throws -> Void = { database in
        try database.execute(
            sql: """
                ALTER TABLE evidence ADD COLUMN subject TEXT;
                UPDATE evidence SET subject = json_extract(value, '$.observations[0].nextHop') WHERE json_valid(value);
                CREATE INDEX evidence_about ON evidence (tenant, subject, id) WHERE subject IS NOT NULL;
                """
        )
    }
}
