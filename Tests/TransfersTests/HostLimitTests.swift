import Foundation
import Synchronization
import TestSupport
import Testing
import Transfers

@Suite(.timeLimit(.minutes(10)))
struct HostLimitTests {
    /// Answers when the test says so, and tells the test of each request that has come.
    private struct Gate {
        let arrivals: AsyncStream<String>
        let feed: AsyncStream<String>.Continuation
        let permits = DispatchSemaphore(value: 0)

        init() { (arrivals, feed) = AsyncStream.makeStream(of: String.self) }

        func script(_ connection: ScriptedServer.Connection, _ server: ScriptedServer) {
            while let request = connection.request() {
                let path = String(request.split(separator: " ")[1])
                server.note(path)
                feed.yield(path)
                permits.wait()
                connection.answer(body: path)
            }
        }
    }

    @Test func `at most so many requests are at one host at once`() async throws {
        let gate = Gate()
        try await withServer(gate.script) { server in
            let pool = try TransferPool(.init(maximumPerHost: 2))
            let tasks = (0..<6).map { number in
                Task { try await pool.send(HTTPRequest(.get, "\(server.url)/\(number)")).status }
            }
            var arrivals = gate.arrivals.makeAsyncIterator()
            for _ in 0..<2 { _ = await arrivals.next() }
            for finished in 1...6 {
                #expect(server.requests.count - (finished - 1) <= 2)
                gate.permits.signal()
                if finished <= 4 { _ = await arrivals.next() }
            }
            for task in tasks { #expect(try await task.value == 200) }
            #expect(server.requests.count == 6)
            #expect(server.connectionCount == 2)
        }
    }

    @Test func `a request that waits in line can be cancelled, and the others go on`() async throws {
        let gate = Gate()
        try await withServer(gate.script) { server in
            let pool = try TransferPool(.init(maximumPerHost: 1))
            let first = Task { try await pool.send(HTTPRequest(.get, "\(server.url)/first")).status }
            var arrivals = gate.arrivals.makeAsyncIterator()
            #expect(await arrivals.next() == "/first")
            let second = Task { try await pool.send(HTTPRequest(.get, "\(server.url)/second")).status }
            second.cancel()
            await #expect(throws: CancellationError.self) { try await second.value }
            let third = Task { try await pool.send(HTTPRequest(.get, "\(server.url)/third")).status }
            gate.permits.signal()
            gate.permits.signal()
            #expect(try await first.value == 200)
            #expect(try await third.value == 200)
            #expect(server.requests == ["/first", "/third"])
        }
    }
}
