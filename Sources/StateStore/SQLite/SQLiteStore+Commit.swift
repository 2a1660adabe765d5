import Connectors
import FoundationEssentials
import GRDB
import Planning

extension SQLiteStore {
    package func commit(_ change: StateChange, under lease: Lease) async throws(StateStoreError) {
        let tenant = lease.tenant
        if let other = change.tenants.first(where: { $0 != tenant }) {
            throw .cannotUse(place: place, detail: "a change of \(other) came under the lease of \(tenant)")
        }
        let now = now()
        try await write { database in
            guard try Self.renew(database, lease, now) else { throw StateStoreError.leaseLost(tenant: tenant) }
            for update in change.applied { try Self.save(database, update, tenant) }
            if let revision = change.revision { try Self.save(database, revision: revision, tenant) }
            if let journal = change.journal { try Self.save(database, journal) }
            switch change.quarantine {
            case .set(let quarantine): try Self.save(database, quarantine)
            case .lift:
                try database.cachedStatement(sql: "DELETE FROM quarantine WHERE tenant = ?")
                    .execute(arguments: [tenant])
            case nil: break
            }
            if let run = change.run {
                try Self.save(database, run)
                if let plan = change.plan { try Self.save(database, plan, of: run.id) }
            }
            for evidence in change.evidence { try Self.save(database, evidence) }
            if let ahead = change.ahead { try Self.save(database, ahead) }
            for run in change.aheadOver { try Self.forget(database, .aheadRun, "\(tenant)/\(run)") }
            for key in change.emergenciesOver {
                try Self.forget(database, .breakGlass, Self.emergencyKey(key, tenant))
            }
            for word in change.emergencies { try Self.save(database, word) }
        }
    }

    private static func save(_ database: Database, _ update: AppliedUpdate, _ tenant: String) throws {
        switch update {
        case .remember(let connector):
            let what = "the applied \(connector.key.kind.rawValue) \(connector.key.name)"
            try database.cachedStatement(
                sql: """
                    INSERT INTO applied_connector (tenant, kind, name, guid, value) VALUES (?, ?, ?, ?, ?)
                    ON CONFLICT (tenant, kind, name) DO UPDATE SET guid = excluded.guid, value = excluded.value
                    """
            )
            .execute(arguments: [
                tenant, connector.key.kind.rawValue, try StoredValue.bounded(connector.key.name, of: what),
                try StoredValue.bounded(connector.guid, of: what),
                try StoredValue.bounded(try StoredValue.text(connector), of: what),
            ])
        case .forget(let key):
            try database.cachedStatement(
                sql: "DELETE FROM applied_connector WHERE tenant = ? AND kind = ? AND name = ?"
            )
            .execute(arguments: [
                tenant, key.kind.rawValue, try StoredValue.bounded(key.name, of: "a connector's name"),
            ])
        }
    }

    private static func save(_ database: Database, revision: String, _ tenant: String) throws {
        try database.cachedStatement(
            sql: """
                INSERT INTO applied_tenant (tenant, revision) VALUES (?, ?)
                ON CONFLICT (tenant) DO UPDATE SET revision = excluded.revision
                """
        )
        .execute(arguments: [tenant, try StoredValue.bounded(revision, of: "the applied revision")])
    }

    private static func save(_ database: Database, _ journal: Journal) throws {
        let text = try StoredValue.bounded(
            try StoredValue.text(journal),
            to: StateStoreLimits.journal,
            of: "the journal of run \(journal.run)"
        )
        try database.cachedStatement(
            sql: """
                INSERT INTO journal (run, tenant, is_finished, value) VALUES (?, ?, ?, ?)
                ON CONFLICT (run) DO UPDATE SET is_finished = excluded.is_finished, value = excluded.value
                """
        )
        .execute(arguments: [journal.run, journal.tenant, journal.isFinished, text])
    }

    private static func save(_ database: Database, _ quarantine: Quarantine) throws {
        let text = try StoredValue.bounded(
            try StoredValue.text(quarantine),
            of: "the quarantine of \(quarantine.tenant)"
        )
        try database.cachedStatement(
            sql: """
                INSERT INTO quarantine (tenant, value) VALUES (?, ?)
                ON CONFLICT (tenant) DO UPDATE SET value = excluded.value
                """
        )
        .execute(arguments: [quarantine.tenant, text])
    }

    private static func save(_ database: Database, _ ahead: AheadRun) throws {
        let json = try StoredValue.text(ahead)
        let document = Document(.aheadRun, "\(ahead.tenant)/\(ahead.run)", tenant: ahead.tenant, json: json)
        try save(database, document, of: "the run \(ahead.run) ahead of git")
    }

    private static func save(_ database: Database, _ word: BreakGlass) throws {
        let key = emergencyKey(word.connector, word.tenant)
        let document = Document(.breakGlass, key, tenant: word.tenant, json: try StoredValue.text(word))
        try save(database, document, of: "the emergency \(key)")
    }

    private static func save(_ database: Database, _ document: Document, of what: String) throws {
        try database.cachedStatement(
            sql: """
                INSERT INTO document (kind, key, tenant, value) VALUES (?, ?, ?, ?)
                ON CONFLICT (kind, key) DO UPDATE SET tenant = excluded.tenant, value = excluded.value
                """
        )
        .execute(arguments: [
            document.kind.rawValue, document.key, document.tenant,
            try StoredValue.bounded(document.json, of: what),
        ])
    }

    private static func forget(_ database: Database, _ kind: Document.Kind, _ key: String) throws {
        try database.cachedStatement(sql: "DELETE FROM document WHERE kind = ? AND key = ?")
            .execute(arguments: [kind.rawValue, key])
    }

    private static func save(_ database: Database, _ evidence: Evidence) throws {
        let text = try StoredValue.bounded(
            evidence.json,
            to: StateStoreLimits.evidence,
            of: "the evidence of run \(evidence.run)"
        )
        let subject = try evidence.subject.map {
            try StoredValue.bounded(
                $0,
                to: StateStoreLimits.evidence,
                of: "what the evidence of run \(evidence.run) is about"
            )
        }
        try database.cachedStatement(
            sql: "INSERT INTO evidence (run, tenant, subject, at, value) VALUES (?, ?, ?, ?, ?)"
        )
        .execute(arguments: [evidence.run, evidence.tenant, subject, evidence.at.timeIntervalSinceReferenceDate, text])
    }
}
