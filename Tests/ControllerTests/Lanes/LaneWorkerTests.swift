import Configuration
import Foundation
import Laboratory
import Reconciling
import Scheduling
import Site
import StateStore
import Synchronization
import TestSupport
import Testing

@testable import Controller

/// One tenant's lane at work, with real rounds.
@Suite(.timeLimit(.minutes(5)))
struct LaneWorkerTests {
    @Test func `what a lane decided is stored before it is done`() async throws {
        try await WatchBench.with { bench in
            let book = RequestBook()
            _ = book.add(RequestView(id: "one", tenant: WatchBench.tenant, asked: Date(), by: "ops"))
            let states = Mutex<[RequestView.State?]>([])
            let store = NotingStore(bench.store) { states.withLock { $0.append(book["one"]?.state) } }
            let worker = LaneWorker(bench.managed, tools: bench.tools(store, requests: book))
            let working = Task { await worker.run() }
            worker.tell(.asked(id: "one", .request))
            await eventually { book["one"]?.state == .done }
            worker.stop()
            await working.value
            // As it began, as it was asked, and as its round ended.
            let stored = states.withLock { Array($0.prefix(3)) }
            #expect(stored == [.waiting, .waiting, .running])
        }
    }

    @Test func `a request whose tenant is removed from the configuration is ended, and no other`() async throws {
        try await WatchBench.with { bench in
            let book = RequestBook()
            let lanes = LaneRegistry(tools: bench.tools(bench.store, requests: book))
            let running = Task { await lanes.run() }
            lanes.adopt(bench.environment.configuration)
            _ = book.add(RequestView(id: "one", tenant: WatchBench.tenant, asked: Date(), by: "ops"))
            _ = book.add(RequestView(id: "two", tenant: "another", asked: Date(), by: "ops"))
            lanes.adopt(bench.environment.configuration)
            #expect(book["one"]?.state == .waiting)
            var without = bench.environment.configuration
            without.sources[0].tenants.removeAll()
            lanes.adopt(without)
            await eventually { book["one"]?.state == .done }
            #expect(book["one"]?.message == "\(WatchBench.tenant) was removed from the configuration.")
            #expect(book["one"]?.exitCode == 1)
            #expect(book["two"]?.state == .waiting)
            lanes.stop()
            await running.value
        }
    }

    @Test func `what is under way for a tenant that is removed still answers its request`() async throws {
        try await WatchBench.with { bench in
            let book = RequestBook()
            let lanes = LaneRegistry(tools: bench.tools(bench.store, requests: book))
            let running = Task { await lanes.run() }
            lanes.adopt(bench.environment.configuration)
            _ = book.add(RequestView(id: "one", tenant: WatchBench.tenant, asked: Date(), by: "ops"))
            let (begun, beginning) = AsyncStream<Void>.makeStream()
            let (gate, opening) = AsyncStream<Void>.makeStream()
            try #require(lanes[WatchBench.tenant]).perform { _ in
                beginning.finish()
                for await _ in gate {}
                book.end("one", run: "r1", exitCode: 0, message: "Done.")
            }
            for await _ in begun {}
            var without = bench.environment.configuration
            without.sources[0].tenants.removeAll()
            lanes.adopt(without)
            #expect(lanes[WatchBench.tenant] == nil)
            #expect(book["one"]?.state == .waiting)
            opening.finish()
            await eventually { book["one"]?.state == .done }
            lanes.stop()
            await running.value
            #expect(book["one"]?.message == "Done.")
            #expect(book["one"]?.run == "r1")
        }
    }
}

/// A store that says when a lane's memory is about to be stored.
private final class NotingStore: WrappedStore {
    let base: any StateStore
    private let note: @Sendable () -> Void

    init(_ base: any StateStore, _ note: @escaping @Sendable () -> Void) {
        self.base = base
        self.note = note
    }

    func commit(_ change: ControllerChange) async throws(StateStoreError) {
        if change.documents.contains(where: { $0.kind == .lane }) { note() }
        try await base.commit(change)
    }
}
