import Connectors
import FoundationEssentials
import HTTPTypes
import Hummingbird
import NIOCore
import Scheduling
import ServiceLifecycle
import StateStore
import Synchronization

/// Server-sent events: what the store has after the last id that the reader saw, and then what comes.
///
/// Source: WHATWG HTML, section 9.2 (server-sent events).
final class EventStreams: Sendable {
    /// How many readers at once.
    static let maximum = 64
    /// Events read from the store at once.
    private static let page = 100
    /// Between two signs of life, of which a reader takes no notice.
    ///
    /// A proxy ends a stream on which nothing comes, often after a minute; and a reader that is gone is noticed only by what is
    /// written to it.
    static let heartbeat: Duration = .seconds(20)

    private let store: any StateStore
    private let clock: any Clock<Duration>
    private let signals: @Sendable () -> AsyncStream<Void>
    private let count = Mutex(0)

    init(
        store: any StateStore,
        clock: any Clock<Duration>,
        signals: @escaping @Sendable () -> AsyncStream<Void>
    ) {
        self.store = store
        self.clock = clock
        self.signals = signals
    }

    func response(tenant: String?, after: String?, headers: HTTPFields) throws(ProblemDetails) -> Response {
        let isFree = count.withLock { count in
            guard count < Self.maximum else { return false }
            count += 1
            return true
        }
        guard isFree else {
            throw ProblemDetails(
                429,
                id: "too-many-streams",
                "Too many readers",
                detail: "\(Self.maximum) readers follow the events already.",
                remedy: "End one of them, or ask without Accept: text/event-stream."
            )
        }
        let place = Place { self.count.withLock { $0 -= 1 } }
        var headers = headers
        headers[.contentType] = "text/event-stream"
        let body = ResponseBody { writer in
            defer { place.hold() }
            try await self.write(tenant, after, to: &writer)
            try await writer.finish(nil)
        }
        return Response(status: .ok, headers: headers, body: body)
    }

    @concurrent
    private func write(_ tenant: String?, _ after: String?, to writer: inout any ResponseBodyWriter) async throws {
        // Asked for before the first look, so that nothing falls between.
        let signals = signals()
        let (wakes, wake) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let listening = Task {
            for await _ in signals { wake.yield() }
            wake.finish()
        }
        let beating = Task { [clock] in
            while (try? await clock.sleep(for: Self.heartbeat)) != nil { wake.yield() }
        }
        defer {
            listening.cancel()
            beating.cancel()
        }
        var last = after
        if last == nil { last = try await store.events(EventQuery(tenant: tenant, limit: 1)).last?.id ?? "" }
        try await writer.write(ByteBuffer(string: ": events of mitregate\n\n"))
        try await drain(tenant, &last, to: &writer)
        for await _ in wakes.cancelOnGracefulShutdown() {
            try await drain(tenant, &last, to: &writer)
            try await writer.write(ByteBuffer(string: ":\n\n"))
        }
    }

    @concurrent
    private func drain(_ tenant: String?, _ last: inout String?, to writer: inout any ResponseBodyWriter) async throws {
        while true {
            // A store that does not answer is asked again at the next sign of life.
            let query = EventQuery(tenant: tenant, after: last ?? "", limit: Self.page)
            guard let events = try? await store.events(query) else { return }
            for event in events {
                let encoder = JSONEncoder()
                encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
                encoder.dateEncodingStrategy = .iso8601
                let json = String(decoding: try encoder.encode(event), as: UTF8.self)
                let type = "\(event.condition.kebabCase).\(event.transition.rawValue)"
                try await writer.write(ByteBuffer(string: "id: \(event.id)\nevent: \(type)\ndata: \(json)\n\n"))
                last = event.id
            }
            if events.count < Self.page { return }
        }
    }
}

/// One reader's place.
///
/// It is free again once it is released, also if the reader left before anything was written to it.
private final class Place: Sendable {
    private let leave: @Sendable () -> Void

    init(_ leave: @escaping @Sendable () -> Void) { self.leave = leave }

    deinit { leave() }

    /// Keeps the place until here.
    func hold() {}
}
