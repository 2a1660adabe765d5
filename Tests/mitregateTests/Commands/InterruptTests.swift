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
            try laboratory.simulator.setFaults(Self.heldRead)
            let ending = try await laboratory.mitregate.run(command) { running in
                try await laboratory.struck()
                kill(running.process, SIGINT)
            }
            #expect(ending.code == 130, "\(ending)")
            #expect(ending.errors.contains("Interrupted"))
            #expect(laboratory.changes.isEmpty)
            // The answer is still held: the program did not wait for it.
            laboratory.simulator.release()
            let store = try await SQLiteStore(path: laboratory.store)
            #expect(try await store.state(of: "contoso").lease == nil, "the lease was given back")
        }
    }

    @Test func `a write in flight is finished, and then taken back`() async throws {
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
