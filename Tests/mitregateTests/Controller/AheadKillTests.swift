import ExchangeSimulator
import ForgeSimulator
import Foundation
import Laboratory
import Planning
import StateStore
import Testing

/// A real controller process, killed in the middle of the write that applies a request before its merge; the next one is looked
/// at.
@Suite(.timeLimit(.minutes(5))) struct AheadKillTests {
    struct Kill: Sendable, CustomTestStringConvertible {
        var testDescription: String
        /// Holds the write whose answer the process waits for when it dies.
        var effect: String
        /// How many writes of the run the tenant has taken by then.
        var taken: Int
        /// Whether the request is closed before the next process starts.
        var isClosed = false
    }

    @Test(arguments: [
        Kill(testDescription: "the write took effect, its answer was lost", effect: #""hold": "head""#, taken: 1),
        Kill(testDescription: "the write had no effect", effect: #""status": 503, "hold": "head""#, taken: 0),
        Kill(
            testDescription: "the request is closed before the next process",
            effect: #""hold": "head""#,
            taken: 1,
            isClosed: true
        ),
    ])
    func
        `killed in the middle of its write, the next process finishes it, tells it on the request, and doubles nothing`(
            row: Kill
        ) async throws
    {
        try await ForgeBed.withProcess(", apply: comment") { forge, running in
            let number = try await forge.ask(killing: running, row)
            if row.isClosed { forge.server.change { $0.close(number) } }
            let next = try await forge.bed.laboratory.mitregate.run(["controller"]) { running in
                // A write of which it is not known whether it was sent is looked for for a minute before it is sent again.
                try await forge.bed.until("told", within: .seconds(120)) {
                    forge.comments(on: number).contains { $0.contains("before the merge: applied") }
                }
                try await forge.bed.until("said") {
                    try await forge.bed.hasEvent(row.isClosed ? "AheadOfGit" : "AppliedBeforeMerge")
                }
                #expect(forge.written == 2, "nothing is written twice, and the branch does not undo it")
                let ahead =
                    try await forge.bed.command("history", "-o", "json").output
                    .components(separatedBy: #""apply-ahead""#).count - 1
                #expect(ahead == 1, "it is one run")
                kill(running.process, SIGTERM)
            }
            #expect(next.code == 0, "\(next)")
            let store = try await SQLiteStore(path: forge.bed.laboratory.store)
            #expect(try await store.state(of: "contoso").unfinished == nil)
            #expect(try await store.aheadRuns(of: "contoso").count == 1)
            await store.close()
            let told = forge.comments(on: number).filter { $0.contains("before the merge: ") }
            #expect(told.count == 1, "\(told)")
            #expect(try forge.bed.laboratory.tenantState().description.contains("second"))
        }
    }

    @Test func `what the next process cannot finish is taken back, and told on the request`() async throws {
        let row = Kill(testDescription: "", effect: #""status": 503, "hold": "head""#, taken: 0)
        try await ForgeBed.withProcess(", apply: comment") { forge, running in
            let number = try await forge.ask(killing: running, row)
            try forge.bed.laboratory.simulator.setFaults(
                """
                [{"match": {"cmdlet": "Set-InboundConnector"}, "times": 1, "effect": {"errorBody": {
                  "type": "Microsoft.Exchange.Data.DataValidationException", "text": "It can't be done."}}}]
                """
            )
            let next = try await forge.bed.laboratory.mitregate.run(["controller"]) { running in
                // A refusal may be one of what is there already, so it is looked for for another minute.
                try await forge.bed.until("told", within: .seconds(200)) {
                    forge.comments(on: number).contains { $0.contains("before the merge: rolled back") }
                }
                kill(running.process, SIGTERM)
            }
            #expect(next.code == 0, "\(next)")
            #expect(forge.written == 1)
            let told = forge.comments(on: number).filter { $0.contains("before the merge: ") }
            #expect(told.count == 1 && told.first?.contains("It can") == true, "\(told)")
            let store = try await SQLiteStore(path: forge.bed.laboratory.store)
            let state = try await store.state(of: "contoso")
            #expect(state.unfinished == nil && state.quarantine == nil, "the branch is not to blame")
            #expect(try await store.aheadRuns(of: "contoso").allSatisfy { !$0.stands(in: state.applied) })
            await store.close()
        }
    }
}

extension ForgeBed {
    /// Has a request shown, approved and asked for, and kills the controller once it has sent the write.
    ///
    /// - Returns: The request's number.
    fileprivate func ask(killing running: Running, _ row: AheadKillTests.Kill) async throws -> Int {
        try await release()
        try await bed.until("adopted") { written == 1 }
        let (number, head) = try await open("partner-bank", "second")
        try await bed.until("shown") { comments(on: number).count == 1 }
        try await bed.until("judged") { statuses(of: head)["mitregate/gate"] == "success" }
        let fault = #"{"match": {"cmdlet": "Set-InboundConnector", "nth": 1}, "effect": {\#(row.effect)}}"#
        try bed.laboratory.simulator.setFaults("[\(fault)]")
        server.change { repository in
            // The forge tells whole seconds, and what is shown began within one.
            for _ in 0..<5 { _ = repository.tick() }
            repository.review(number, .approved)
            repository.comment(on: number, by: 2, "mitregate apply")
        }
        try await deliver("pull_request", number)
        try await bed.laboratory.struck()
        kill(running.process, SIGKILL)
        #expect(written == 1 + row.taken)
        #expect(!comments(on: number).contains { $0.contains("before the merge: applied") })
        try bed.laboratory.simulator.setFaults("[]")
        bed.laboratory.simulator.release()
        return number
    }
}
