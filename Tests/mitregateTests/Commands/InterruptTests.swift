import ExchangeSimulator
import Foundation
import Laboratory
import StateStore
import Testing

/// Ctrl-C, which a test sends as SIGINT.
@Suite struct InterruptTests {
    private static let heldRead = #"[{"match": {"cmdlet": "Get-InboundConnector"}, "effect": {"hold": "head"}}]"#

    @Test(arguments: [["plan"], ["drift"], ["apply", "--auto-approve"], ["import"], ["status", "--observe"]])
    func `a read that hangs is given up`(command: [String]) async throws {
        try await Laboratory.with(files: Sample.fabrikam) { laboratory in
            // Drift is looked for only where something was applied before.
            let isApplied = ["drift", "status"].contains(command[0])
            if isApplied { #expect(try await laboratory.mitregate("apply", "--auto-approve").code == 0) }
            try laboratory.simulator.setFaults(Self.heldRead)
            let ending = try await laboratory.mitregate.run(command) { running in
                try await laboratory.struck()
                kill(running.process, SIGINT)
            }
            #expect(ending.code == 130, "\(ending)")
            #expect(ending.errors.contains("Interrupted"))
            #expect(laboratory.changes.count == (isApplied ? 1 : 0))
            // The answer is still held: the program did not wait for it.
            laboratory.simulator.release()
            let store = try await SQLiteStore(path: laboratory.store)
            #expect(try await store.state(of: "contoso").lease == nil, "the lease was given back")
        }
    }

    @Test func `a lost terminal is heard as Ctrl-C is, however often it is told`() async throws {
        try await Laboratory.with(files: Sample.fabrikam) { laboratory in
            try laboratory.simulator.setFaults(
                #"[{"match": {"cmdlet": "New-InboundConnector"}, "effect": {"hold": "head"}}]"#
            )
            let ending = try await laboratory.mitregate.run(["apply", "--auto-approve"]) { running in
                try await laboratory.struck()
                kill(running.process, SIGHUP)
                try await running.says("Interrupted")
                kill(running.process, SIGHUP)
                laboratory.simulator.release()
            }
            #expect(ending.code == 0, "the one write was in flight, and was seen to its end: \(ending)")
            let store = try await SQLiteStore(path: laboratory.store)
            let state = try await store.state(of: "contoso")
            #expect(state.unfinished == nil && state.lease == nil)
            #expect(laboratory.changes.count == 1)
        }
    }

    @Test func `a write in flight is finished, and then rolled back`() async throws {
        try await FiveChanges.with { laboratory in
            let before = try laboratory.objects()
            // The second write is the update; its answer is held until the signal has been heard.
            try laboratory.simulator.setFaults(
                #"[{"match": {"cmdlet": "Set-InboundConnector"}, "effect": {"hold": "head"}}]"#
            )
            let ending = try await laboratory.mitregate.run(["apply", "--auto-approve"]) { running in
                try await laboratory.struck()
                kill(running.process, SIGINT)
                try await running.says("Interrupted")
                laboratory.simulator.release()
            }
            #expect(ending.code == 130, "\(ending)")
            #expect(
                ending.output.contains("interrupted") && ending.output.contains("rolled back"),
                "it says which: \(ending)"
            )
            #expect(try laboratory.objects() == before)
            let plan = try await laboratory.mitregate("plan", "--detailed-exitcode")
            #expect(plan.code == 2, "an interrupted commit is not quarantined: \(plan)")
        }
    }
}
