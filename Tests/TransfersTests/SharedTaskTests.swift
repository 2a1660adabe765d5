import Synchronization
import Testing
import Transfers

@Suite struct SharedTaskTests {
    /// Work that goes on until it is let go or cancelled.
    private final class Work: Sendable {
        private let (stream, continuation) = AsyncStream<Void>.makeStream()
        private let cancelled = Mutex(false)

        var wasCancelled: Bool { cancelled.withLock(\.self) }

        func end() { continuation.finish() }

        func run() async -> String {
            for await _ in stream {}
            if Task.isCancelled { cancelled.withLock { $0 = true } }
            return "done"
        }
    }

    @Test func `all who wait get the one result`() async {
        let work = Work()
        let shared = SharedTask { await work.run() }
        async let first = shared.value()
        async let second = shared.value()
        work.end()
        #expect(await [first, second] == ["done", "done"])
        #expect(await shared.value() == "done", "one who comes later gets it too")
    }

    @Test func `a waiter that is cancelled leaves at once and disturbs no other`() async {
        let work = Work()
        let shared = SharedTask { await work.run() }
        let patient = Task { await shared.value() }
        let hasty = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return await shared.value()
        }
        #expect(await hasty.value == nil)
        work.end()
        let result = await patient.value
        // Where the hasty one was the only one there for a moment, the work was given up, and that is said.
        #expect(result == "done" || shared.isAbandoned)
    }

    @Test func `the work is cancelled when the last waiter has left`() async {
        let work = Work()
        let shared = SharedTask { await work.run() }
        let only = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return await shared.value()
        }
        #expect(await only.value == nil)
        #expect(shared.isAbandoned)
        #expect(await shared.value() == nil, "whoever comes now starts work of its own")
    }
}
