import Connectors
import ExchangeSimulator
import Foundation
import Laboratory
import Planning
import StateStore
import Testing

/// The real process, killed at every journal transition of a plan of five changes; then the tenant, the store and the
/// next run are looked at.
///
/// A write whose outcome is not known is looked for for a minute, as directories replicate. Those cases wait more than
/// they work, so many of them run at once.
@Suite struct CrashTests {
    /// How many cases run at once.
    private static let window = 7

    @Test func `whenever apply is killed the next one finishes its five changes`() async throws {
        try await FiveChanges.with { laboratory in
            let reference = try await FiveChanges.Reference(laboratory, code: 0)
            try #require(reference.writes.count == 5)
            try await Self.each(of: CrashPoint.all(of: reference, writes: 0..<5)) { point in
                try await laboratory.twin(settings: FiveChanges.settings) { twin in
                    let run = try await Self.killApply(in: twin, faults: "[\(point.fault)]")
                    #expect(run.phase == .applying, "\(point)")
                    #expect(run.steps.map(\.state) == Self.states(at: point), "\(point)")
                    #expect(twin.changes.count == point.applied, "\(point)")

                    let next = try await twin.mitregate("apply", "--auto-approve", "-o", "json")
                    #expect(next.code == 0, "\(point): \(next)")
                    #expect(twin.changes.count == 5, "nothing is done twice: \(point)")
                    #expect(try twin.objects() == reference.after, "\(point)")
                    try await Self.expectRecord(of: run.run, .applied, in: twin, point)
                    try await Self.expectApplied(["changed", "courts", "doctors", "kept", "new"], in: twin, point)
                    let store = try await SQLiteStore(path: twin.store)
                    #expect(try await store.state(of: "contoso").applied.revision == run.revision, "\(point)")
                    #expect(try await store.state(of: "contoso").quarantine == nil, "\(point)")
                }
            }
        }
    }

    @Test func `whenever a rollback is killed the next apply finishes undoing`() async throws {
        try await FiveChanges.with { laboratory in
            let reference = try await FiveChanges.Reference(
                laboratory,
                faults: "[\(FiveChanges.refusedDelete)]",
                code: 8
            )
            try #require(reference.writes.count == 9, "five writes and the undoing of the four that took effect")
            try #require(reference.after == reference.before)
            try await Self.each(of: CrashPoint.all(of: reference, writes: 5..<9)) { point in
                try await laboratory.twin(settings: FiveChanges.settings) { twin in
                    let faults = "[\(FiveChanges.refusedDelete), \(point.fault)]"
                    let run = try await Self.killApply(in: twin, faults: faults, strikes: 2)
                    #expect(run.phase == .rollingBack, "\(point)")
                    // The refused delete changed nothing.
                    #expect(twin.changes.count == point.applied - 1, "\(point)")

                    let next = try await twin.mitregate("apply", "--auto-approve", "-o", "json")
                    #expect(next.code == 4, "its commit is quarantined: \(point): \(next)")
                    #expect(twin.changes.count == 8, "nothing is undone twice: \(point)")
                    #expect(try twin.objects() == reference.before, "\(point)")
                    try await Self.expectRecord(of: run.run, .rolledBack, in: twin, point)
                    try await Self.expectApplied(["changed", "courts", "gone", "kept"], in: twin, point)
                    let store = try await SQLiteStore(path: twin.store)
                    #expect(try await store.state(of: "contoso").quarantine?.revision == run.revision, "\(point)")
                }
            }
        }
    }

    /// Runs apply, kills it once so many faults have struck, and gives the journal that it left.
    private static func killApply(in twin: Laboratory, faults: String, strikes: Int = 1) async throws -> Journal {
        try twin.simulator.setFaults(faults)
        let ending = try await twin.mitregate.run(["apply", "--auto-approve"]) { running in
            try await twin.struck(strikes)
            kill(running.process, SIGKILL)
        }
        #expect(ending.code == 128 + SIGKILL, "\(ending)")
        try twin.simulator.setFaults("[]")
        twin.simulator.release()
        let store = try await SQLiteStore(path: twin.store)
        let journal = try await store.state(of: "contoso").unfinished
        await store.close()
        return try #require(journal)
    }

    /// The states of the five steps that the journal has at a point of the way forward.
    private static func states(at point: CrashPoint) -> [Journal.Step.State] {
        (0..<5).map { step in
            if step < point.write { return .confirmed }
            if step > point.write { return .planned }
            return point.moment == .unconfirmed ? .sent : .sending
        }
    }

    private static func expectRecord(
        of run: String,
        _ result: RunRecord.Result,
        in twin: Laboratory,
        _ point: CrashPoint
    ) async throws {
        let store = try await SQLiteStore(path: twin.store)
        #expect(try await store.state(of: "contoso").unfinished == nil, "\(point)")
        #expect(try await store.journal(run: run)?.result == result, "\(point)")
        let record = try await store.run(matching: run).record
        #expect(record.result == result && record.endedAt != nil, "\(point)")
        await store.close()
    }

    private static func expectApplied(_ slugs: [String], in twin: Laboratory, _ point: CrashPoint) async throws {
        let store = try await SQLiteStore(path: twin.store)
        let applied = try await store.state(of: "contoso").applied
        await store.close()
        #expect(applied.connectors.map(\.key.name).sorted() == slugs, "\(point)")
        let state = try twin.tenantState()
        let guids = ["inboundConnectors", "transportRules"].flatMap { kind in
            (state[kind] as? [[String: Any]] ?? []).compactMap { ($0["Guid"] as? String)?.lowercased() }
        }
        #expect(applied.connectors.allSatisfy { guids.contains($0.guid) }, "each is still found by its GUID: \(point)")
    }

    /// Calls `body` for every point, so many at once.
    private static func each(
        of points: [CrashPoint],
        _ body: @escaping @Sendable (CrashPoint) async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            var rest = points[...]
            for _ in 0..<min(window, rest.count) {
                let point = rest.removeFirst()
                group.addTask { try await body(point) }
            }
            while try await group.next() != nil {
                guard let point = rest.popFirst() else { continue }
                group.addTask { try await body(point) }
            }
        }
    }
}
