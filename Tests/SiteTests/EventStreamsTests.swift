import Foundation
import Glibc
import HTTPTypes
import HummingbirdCore
import NIOCore
import StateStore
import Synchronization
import TestSupport
import Testing
import Transfers

@testable import Site

/// Streams of events on which nothing happens, and the places that their readers take.
@Suite(.timeLimit(.minutes(5))) struct EventStreamsTests {
    private static let headers: [(name: String, value: String)] = [
        ("Accept", "text/event-stream"), ("Last-Event-ID", "01"),
    ]

    @Test func `a stream shows a sign of life every twenty seconds, also when nothing happens`() async throws {
        let clock = HeldClock()
        try await withSite(clock: clock) { (site: TestSite) async throws in
            let reading = Task { try await site.send(.get, "/api/v1/events", headers: Self.headers) }
            await eventually { clock.sleeping == 1 }
            clock.advance(by: .seconds(19))
            #expect(clock.sleeping == 1)
            clock.advance(by: .seconds(1))
            await eventually { clock.sleeping == 1 }
            for signal in site.model.signals.withLock({ $0 }) { signal.finish() }
            let text = String(decoding: try await reading.value.body, as: UTF8.self)
            #expect(text == ": events of mitregate\n\n:\n\n")
        }
    }

    @Test func `readers that left are noticed without an event, and their places are free again`() async throws {
        let clock = HeldClock()
        try await withSite(clock: clock) { (site: TestSite) async throws in
            let head = Self.headers.map { "\($0.name): \($0.value)\r\n" }.joined()
            let request = Array("GET /api/v1/events HTTP/1.1\r\nHost: 127.0.0.1\r\n\(head)\r\n".utf8)
            let readers = (0..<EventStreams.maximum).compactMap { _ in connection(to: "127.0.0.1", site.port) }
            for reader in readers { #expect(write(reader, request, request.count) == request.count) }
            await eventually { site.model.signals.withLock { $0.count } == EventStreams.maximum }
            let refused = try await site.send(.get, "/api/v1/events", headers: Self.headers)
            #expect(refused.status == 429 && site.problem(refused) == "too-many-streams")

            for reader in readers { close(reader) }
            let next = Task { () async throws -> Int in
                while true {
                    let response = try await site.send(.get, "/api/v1/events", headers: Self.headers)
                    guard response.status == 429 else { return response.status }
                    // The first thing that is written to one that left may still seem to arrive.
                    clock.advance(by: EventStreams.heartbeat)
                }
            }
            await eventually { site.model.signals.withLock { $0.count } > EventStreams.maximum }
            site.model.signals.withLock { $0.last }?.finish()
            #expect(try await next.value == 200)
        }
    }

    @Test func `a reader that left before its stream began takes no place`() throws {
        let store = UnavailableStore(place: "nowhere", because: .busy(place: "nowhere"))
        let streams = EventStreams(store: store, clock: HeldClock()) { AsyncStream { $0.finish() } }
        for _ in 0..<2 * EventStreams.maximum { _ = try streams.response(tenant: nil, after: nil, headers: [:]) }
        var held: [Response] = []
        for _ in 0..<EventStreams.maximum {
            held.append(try streams.response(tenant: nil, after: nil, headers: [:]))
        }
        #expect(throws: ProblemDetails.self) { try streams.response(tenant: nil, after: nil, headers: [:]) }
        held.removeLast()
        held.append(try streams.response(tenant: nil, after: nil, headers: [:]))
        #expect(held.count == EventStreams.maximum)
    }

    @Test func `an event that comes while the first ones are written waits for no other`() async throws {
        try await withTemporaryFolder { folder in
            let store = try await SQLiteStore(path: folder.appending(path: "store.db").path)
            var change = ControllerChange()
            change.events = [.fixture("02")]
            try await store.commit(change)
            let readers = Mutex<[AsyncStream<Void>.Continuation]>([])
            let isOver = Mutex(false)
            let streams = EventStreams(store: store, clock: HeldClock()) {
                AsyncStream { reader in
                    readers.withLock { $0.append(reader) }
                    if isOver.withLock({ $0 }) { reader.finish() }
                }
            }
            let text = Mutex("")
            let writer = ScriptedWriter { part in
                text.withLock { $0 += part }
                guard part.hasPrefix("id: 02\n") else { return }
                var change = ControllerChange()
                change.events = [.fixture("03")]
                try await store.commit(change)
                isOver.withLock { $0 = true }
                for reader in readers.withLock({ $0 }) {
                    reader.yield()
                    reader.finish()
                }
            }
            let response = try streams.response(tenant: nil, after: "01", headers: [:])
            try await response.body.write(writer)
            #expect(text.withLock { $0 }.contains("id: 03\n"))
            await store.close()
        }
    }
}

/// Takes what is written to a reader, part by part.
private struct ScriptedWriter: ResponseBodyWriter, Sendable {
    let script: @Sendable (String) async throws -> Void

    func write(_ buffer: ByteBuffer) async throws { try await script(String(buffer: buffer)) }

    consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
}
