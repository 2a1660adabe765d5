import Connectors
import Foundation
import Planning
import StateStore

extension Date {
    /// A whole second, so that a test can say "later" by adding to it.
    static let start = Date(timeIntervalSince1970: 1_790_000_000)
}

extension RunRecord {
    static func fixture(_ id: String, tenant: String = "contoso", result: Result? = .applied) -> RunRecord {
        RunRecord(
            id: id,
            tenant: tenant,
            command: .apply,
            revision: String(repeating: "a", count: 40),
            startedAt: .start,
            endedAt: Date.start.addingTimeInterval(0.125),
            result: result,
            exitCode: 0,
            message: "2 changes applied \u{1B}[31m\"quoted\"\n",
            author: "Ann <ann@contoso.com>",
            subject: "Add fabrikam",
            startedBy: "ops",
            startedFrom: "vm1",
            reason: "the audit asks"
        )
    }

    /// The run as the store gives it back once its plan is stored.
    func planning(_ plan: Plan) -> RunRecord {
        var record = self
        record.planDigest = plan.planDigest
        record.connectors = plan.changes.map(\.key).sorted()
        return record
    }
}

extension AppliedConnector {
    static func fixture(_ name: String, guid: String = "11111111-0000-0000-0000-000000000000") -> AppliedConnector {
        AppliedConnector(
            key: ConnectorKey(kind: .outboundConnector, name: name),
            guid: guid,
            displayName: "Fabrikam (forced TLS)",
            settings: ["recipientDomains": .list(["fabrikam.com", "*.fabrikam.com"]), "useMXRecord": .boolean(true)],
            revision: String(repeating: "b", count: 40),
            run: "01ARZ3NDEKTSV4RRFFQ69G5FAV",
            at: .start
        )
    }
}

extension Journal {
    static func fixture(_ run: String, tenant: String = "contoso", phase: Phase = .applying) -> Journal {
        let before = ObservedConnector(
            kind: .outboundConnector,
            guid: "11111111-0000-0000-0000-000000000000",
            displayName: "Fabrikam",
            settings: ["tlsSettings": .none],
            row: #"{"TlsSettings": null}"#
        )
        let write = Write(
            action: .update,
            kind: .outboundConnector,
            name: "fabrikam",
            displayName: "Fabrikam",
            guid: before.guid,
            settings: ["tlsSettings": .text("DomainValidation"), "tlsDomain": .text("mail.fabrikam.com")],
            expected: ["tlsSettings": .text("DomainValidation")]
        )
        return Journal(
            run: run,
            tenant: tenant,
            revision: String(repeating: "c", count: 40),
            planDigest: "sha256:00",
            phase: phase,
            steps: [Step(write: write, before: before, state: .sending)]
        )
    }
}

/// Calls `body` with the path of a store that does not exist yet.
func withStorePath<T>(_ body: (String) async throws -> T) async throws -> T {
    let folder = FileManager.default.temporaryDirectory.appending(path: "mitregate-store-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try await body(folder.appending(path: "mitregate.db").path)
}

func withStore<T>(_ body: (SQLiteStore) async throws -> T) async throws -> T {
    try await withStorePath { path in
        let store = try await SQLiteStore(path: path)
        let result = try await body(store)
        await store.close()
        return result
    }
}

extension RunHolder {
    /// A run of a machine that can be asked nothing.
    static func fixture(_ run: String, machine: String = "elsewhere") -> RunHolder {
        RunHolder(machine: machine, boot: "b", pidNamespace: "pid:[1]", process: 7, startTime: 8, run: run)
    }
}

extension StateStore {
    /// A lease that must be free.
    func lease(
        _ tenant: String = "contoso",
        by run: String = "01",
        for duration: Duration = .seconds(60)
    ) async throws
        -> Lease
    {
        let answer = try await acquire(tenant, by: .fixture(run), for: duration)
        guard case .granted(let lease) = answer else { throw Held(answer: answer) }
        return lease
    }

    /// Stores a change under a lease of its own.
    func commit(_ change: StateChange, tenant: String = "contoso") async throws {
        let lease = try await lease(tenant)
        try await commit(change, under: lease)
        try await release(lease)
    }
}

struct Held: Error { let answer: LeaseAnswer }

extension Plan {
    static func fixture(_ names: [String] = ["fabrikam"], digest: String = "sha256:11") -> Plan {
        Plan(
            tenant: "contoso",
            revision: String(repeating: "a", count: 40),
            observedDigest: "sha256:22",
            policyDigest: "sha256:33",
            planDigest: digest,
            summary: Summary(create: names.count),
            changes: names.map {
                Change(
                    action: .create,
                    kind: .outboundConnector,
                    name: $0,
                    displayName: $0,
                    fields: []
                )
            },
            drift: [],
            unmanaged: [],
            guards: [],
            notes: ["a note"]
        )
    }
}
