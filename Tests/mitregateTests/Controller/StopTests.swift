import ExchangeSimulator
import Foundation
import Laboratory
import Planning
import StateStore
import TestSupport
import Testing
import Transfers

/// Signals that come while a controller writes.
@Suite struct StopTests {
    /// A controller of which the first write is held; `body` is called once that is under way.
    private static func whileWriting(
        _ body: @escaping @Sendable (Laboratory, Running, NotifySocket) async throws -> Void,
        then check: @Sendable (ControllerBed, Program.Ending) async throws -> Void
    ) async throws {
        try await Laboratory.with(files: Sample.fabrikam) { laboratory in
            let bed = ControllerBed(laboratory: laboratory, port: try FreePort.next(), pool: try TransferPool())
            try bed.configure()
            try laboratory.simulator.setFaults(
                #"[{"match": {"cmdlet": "New-InboundConnector"}, "effect": {"hold": "head"}}]"#
            )
            let socket = try NotifySocket(in: laboratory.folder)
            var program = laboratory.mitregate
            program.environment["NOTIFY_SOCKET"] = socket.path
            let ending = try await program.run(["controller"]) { running in
                try await laboratory.struck()
                kill(running.process, SIGTERM)
                // Now it has been heard.
                _ = try await socket.next { $0 == ["STOPPING=1"] }
                try await body(laboratory, running, socket)
            }
            try await check(bed, ending)
        }
    }

    @Test func `SIGTERM in the middle of a write ends with 0 once that is done, and leaves its run in the history`()
        async throws
    {
        try await Self.whileWriting { laboratory, _, _ in
            laboratory.simulator.release()
        } then: { bed, ending in
            #expect(ending.code == 0, "\(ending)")
            let store = try await SQLiteStore(path: bed.laboratory.store)
            let state = try await store.state(of: "contoso")
            #expect(state.unfinished == nil)
            #expect(state.lastRun?.result == .applied, "\(String(describing: state.lastRun))")
            #expect(bed.laboratory.changes.count == 1)
            await store.close()
        }
    }

    @Test func `a second SIGTERM ends at once with 130, and the next controller finishes what was begun`() async throws
    {
        try await Self.whileWriting { _, running, _ in
            kill(running.process, SIGTERM)
        } then: { bed, ending in
            // The answer is still held: the process did not wait for it.
            #expect(ending.code == 130, "\(ending)")
            bed.laboratory.simulator.release()
            let next = try await bed.run { _ in
                try await bed.until("in sync") { try await bed.state() == "in-sync" }
            }
            #expect(next.code == 0, "\(next)")
            #expect(bed.laboratory.changes.count == 1)
            let rows = try bed.laboratory.tenantState()["inboundConnectors"] as? [[String: Any]]
            #expect(rows?.count == 1)
        }
    }
}
