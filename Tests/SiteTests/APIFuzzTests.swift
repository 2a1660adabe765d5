import Foundation
import JSON
import Planning
import Scheduling
import StateStore
import TestSupport
import Testing
import Transfers

/// Calls that are made from the API's own description, right ones and broken ones, and answers that are held to it.
@Suite(.timeLimit(.minutes(2)))
struct APIFuzzTests {
    static let calls = 1_100

    @Test(arguments: [UInt64(1)])
    func `every call is answered as the description says, and none with an error of ours`(seed: UInt64) async throws {
        let callers: [TestToken] = [.reader, .ops, .boss]
        try await withSite(tokens: callers, model: StubModel(isFull: true)) { (site: TestSite) async throws in
            try await Self.furnish(site.store)
            let text = try await site.send(.get, "/api/v1/openapi.json").body
            let description = try APIDescription(try JSONParser.parse(text))
            var random = SeededRandom(seed: seed)
            var done: Set<String> = []
            var refused: Set<String> = []
            for number in 0..<Self.calls {
                let operation = description.operations[number % description.operations.count]
                let call = FuzzedCall(operation, callers, &random)
                let answer = try await site.send(call)
                let problems = description.complaints(about: answer, to: call)
                #expect(
                    problems.isEmpty,
                    "seed \(seed), call \(number): \(call) answered \(answer.status): \(problems)"
                )
                if answer.status < 300 { done.insert(operation.id) } else { refused.insert(operation.id) }
            }
            let all = Set(description.operations.map(\.id))
            #expect(done == all, "each was done: \(all.subtracting(done))")
            let withInput = Set(description.operations.filter(\.canBeRefused).map(\.id))
            #expect(refused.isSuperset(of: withInput), "each was refused: \(withInput.subtracting(refused))")
        }
    }

    /// Runs and events with every member that they can have, and with none that they need not have.
    private static func furnish(_ store: SQLiteStore) async throws {
        var run = RunRecord(
            id: FuzzedCall.run,
            tenant: "contoso",
            command: .apply,
            revision: String(repeating: "a", count: 40),
            startedAt: .start
        )
        guard
            case .granted(let lease) = try await store.acquire("contoso", by: .current(run: run.id), for: .seconds(60))
        else { throw CancellationError() }
        try await store.commit(StateChange(run: run), under: lease)
        run.id = String(FuzzedCall.run.dropLast()) + "Z"
        (run.endedAt, run.result, run.exitCode) = (.start, .rolledBack, 8)
        (run.message, run.cause, run.author, run.subject) = ("Done.", .throttled, "Eve", "Add a partner")
        (run.startedBy, run.startedFrom, run.reason) = ("ops", "lab", "ops: wanted")
        try await store.commit(StateChange(run: run), under: lease)
        var change = ControllerChange()
        change.events = [.fixture("01"), .fixture("02")]
        (change.events[1].run, change.events[1].revision) = (run.id, run.revision)
        (change.events[1].link, change.events[1].tenant) = ("https://mitregate.contoso.example", nil)
        try await store.commit(change)
    }
}

extension TestSite {
    fileprivate func send(_ call: FuzzedCall) async throws -> HTTPResponse {
        var headers: [(name: String, value: String)] = []
        if let secret = call.secret { headers.append(("Authorization", "Bearer \(secret)")) }
        if let type = call.contentType { headers.append(("Content-Type", type)) }
        return try await pool.send(
            HTTPRequest(
                call.operation.method,
                "http://127.0.0.1:\(port)\(call.target)",
                headers: headers,
                body: call.body.map { Array($0.utf8) },
                timeout: .seconds(20)
            )
        )
    }
}
