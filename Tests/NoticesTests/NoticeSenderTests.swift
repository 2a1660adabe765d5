import Notices
import Scheduling
import TestSupport
import Testing
import Transfers

/// What becomes of a message, by what its receiver answers.
@Suite(.timeLimit(.minutes(2))) struct NoticeSenderTests {
    private func outcome(_ status: String, headers: [String] = []) async throws -> NoticeSender.Outcome {
        try await withServer { connection, _ in
            while connection.request() != nil { connection.answer(status, headers: headers, body: "") }
        } _: { server in
            let url = server.url
            let sender = NoticeSender(pool: try TransferPool(), instance: "lab")
            let sink = Sink(name: "s", form: .cloudEvents, address: { url })
            return await sender.send([.fixture("01")], to: sink).outcome
        }
    }

    @Test(arguments: ["200 OK", "202 Accepted"])
    func `what is taken has arrived`(status: String) async throws {
        let outcome = try await outcome(status)
        #expect(outcome == .arrived)
    }

    @Test(arguments: [
        "301 Moved Permanently", "401 Unauthorized", "403 Forbidden", "404 Not Found", "408 Request Timeout",
        "410 Gone", "425 Too Early", "429 Too Many Requests", "500 Internal Server Error", "503 Service Unavailable",
    ])
    func `what passes, or what a person can put right, is tried again, after as long as the receiver asks for`(
        status: String
    ) async throws {
        let problem = "The receiver answered with status \(status.prefix(3))."
        let usual = try await outcome(status)
        #expect(usual == .failed(problem, wait: nil))
        let later = try await outcome(status, headers: ["Retry-After: 120"])
        #expect(later == .failed(problem, wait: 120))
        let dates = ["Date: Sun, 06 Nov 1994 08:49:37 GMT", "Retry-After: Sun, 06 Nov 1994 08:50:07 GMT"]
        let byDate = try await outcome(status, headers: dates)
        #expect(byDate == .failed(problem, wait: 30))
    }

    @Test(arguments: ["400 Bad Request", "422 Unprocessable Content"])
    func `what the receiver does not want is not tried again`(status: String) async throws {
        let problem = "The receiver answered with status \(status.prefix(3)) and does not take this message."
        let outcome = try await outcome(status)
        #expect(outcome == .refused(problem))
    }

    @Test func `where the key that signs cannot be read nothing is sent, and it is tried again`() async throws {
        struct Unreadable: Error {}
        try await withServer { connection, _ in
            while connection.request() != nil { connection.answer(body: "") }
        } _: { server in
            let url = server.url
            let sender = NoticeSender(pool: try TransferPool(), instance: "lab")
            let sink = Sink(name: "s", form: .cloudEvents, address: { url }, secret: { throw Unreadable() })
            let outcome = await sender.send([.fixture("01")], to: sink).outcome
            guard case .failed(_, wait: nil) = outcome else {
                Issue.record("\(outcome)")
                return
            }
            #expect(server.connectionCount == 0)
        }
    }
}
