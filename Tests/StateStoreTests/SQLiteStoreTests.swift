import Connectors
import Foundation
import Glibc
import Planning
@testable import StateStore
import Testing
import TestSupport

/// What is SQLite's own: one file, several connections, and files of older versions.
@Suite struct SQLiteStoreTests {
    @Test func `many that make the same store at once all get it`() async throws {
        try await withStorePath { path in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 10..<18 {
                    group.addTask {
                        let tenant = "tenant-\(number)"
                        try await SQLiteStore(path: path).commit(
                            StateChange(run: .fixture("\(number)", tenant: tenant)),
                            tenant: tenant
                        )
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await SQLiteStore(path: path).runs(RunQuery(limit: 100)).count == 8)
        }
    }

    @Test func `reads do not wait for a write`() async throws {
        try await withStore { store in
            try await store.commit(StateChange(run: .fixture("01")))
            let (isWriting, mayEnd) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
            async let written: Void = store.write { _ in
                isWriting.signal()
                mayEnd.wait()
            }
            await withCheckedContinuation { continuation in
                DispatchQueue.global().async {
                    isWriting.wait()
                    continuation.resume()
                }
            }
            #expect(try await store.state(of: "contoso").runs.count == 1)
            #expect(try await store.runs(RunQuery(limit: 1)).count == 1)
            mayEnd.signal()
            try await written
        }
    }

    @Test func `a journal that cannot be read is told, and not taken for none`() async throws {
        try await withStorePath { path in
            let store = try await SQLiteStore(path: path)
            try await store.commit(StateChange(journal: .fixture("01"), run: .fixture("01", result: nil)))
            let statement =
                "import sqlite3; c = sqlite3.connect('\(path)'); "
                + "c.execute('UPDATE journal SET value = ?', ('{}',)); c.commit()"
            try await run("/usr/bin/python3", ["-c", statement], in: URL(filePath: "/"))
            let error = await #expect(throws: StateStoreError.self) { try await store.standing(of: "contoso") }
            #expect(error?.id == "store-record-unreadable")
            #expect(error?.message.contains("the unfinished journal of contoso") == true)
            await #expect(throws: StateStoreError.self) { try await store.state(of: "contoso") }
            await #expect(throws: StateStoreError.self) { try await store.journal(run: "01") }
            await store.close()
        }
    }

    /// `version-1.db` was written by the program as it was when a run's plan was kept as an entry of a plan document.
    @Test func `a file of version 1 keeps all that it holds`() async throws {
        try await withStorePath { path in
            try FileManager.default.copyItem(at: golden("version-1.db"), to: URL(filePath: path))
            let store = try await SQLiteStore(path: path) { Date.start.addingTimeInterval(86_400 * 365) }
            let runs = try await store.runs(RunQuery(limit: 100))
            #expect(runs.map(\.result) == [.applied, .rolledBack, .applied, .applied, .blocked, .applied])
            #expect(runs.map(\.command) == [.rollback, .apply, .apply, .apply, .apply, .apply])
            #expect(runs.last?.message == "2 changes applied and read back.")
            #expect(runs.last?.startedAt.timeIntervalSince1970.rounded() == 1_795_931_485)
            #expect(runs.last?.endedAt != nil && runs.last?.exitCode == 0)
            let state = try await store.state(of: "contoso")
            #expect(state.applied.connectors.count == 2)
            #expect(state.applied.revision == runs[2].revision)
            #expect(state.quarantine?.run == runs[0].id)
            #expect(state.unfinished == nil && state.lease == nil)
            for (run, changes) in zip(runs, [2, 3, 1, 2, 0, 2]) {
                let stored = try await store.run(matching: run.id)
                let plan = try stored.plan()
                #expect(plan?.changes.count ?? 0 == changes, "\(run.id)")
                #expect(plan?.planDigest.hasPrefix("sha256:") ?? (changes == 0))
                #expect((try await store.journal(run: run.id) != nil) == (changes > 0))
            }
            let judged = try await store.run(matching: try #require(runs.last).id).judgements
            let judgements = try JSONSerialization.jsonObject(with: Data(judged.utf8)) as? [[String: Any]]
            #expect(judgements?.isEmpty == false)
            #expect(judgements?.allSatisfy { $0["findings"] is [Any] && $0["connector"] != nil } == true)
            let evidence = try await store.evidence(run: try #require(runs.last).id)
            #expect(evidence.count == 1)
            let subject = try #require(evidence.first?.subject)
            let found = try await store.evidence(EvidenceQuery(tenant: "contoso", subjects: [subject]))
            #expect(found.first?.subject == subject)
            var query = RunQuery(limit: 100)
            query.connector = try await store.run(matching: try #require(runs.last).id).plan()?.changes.first?.key
            #expect(try await store.runs(query).contains { $0.id == runs.last?.id })
            let held = try #require(try await store.state(of: "adatum").lease)
            #expect(held.holder.description == "process 5 on vm")
            await store.close()
            let again = try await SQLiteStore(path: path)
            #expect(try await again.runs(RunQuery(limit: 100)) == runs, "and is not converted twice")
            await again.close()
        }
    }

    private func golden(_ name: String) -> URL {
        URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden").appending(path: name)
    }
}
