import CUnbound
import Glibc
import Synchronization

/// The one thread on which libunbound is asked and answers; between the two it waits for either.
///
/// Everything marked "thread only" is touched there alone, which makes `@unchecked Sendable` true.
final class UnboundThread: @unchecked Sendable {
    enum Outcome: Sendable {
        case answer(UnboundAnswer)
        case timedOut
        case failed(String)
    }

    /// A question that waits, or that libunbound works on.
    final class Query: @unchecked Sendable {
        let name: String
        let type: Int
        let timeout: Duration
        private let waiter: Mutex<CheckedContinuation<Outcome, Never>?>
        // Thread only.
        var asyncID: CInt = -1
        var deadline: ContinuousClock.Instant?
        fileprivate var handle: Unmanaged<Handle>?

        init(name: String, type: Int, timeout: Duration, waiter: CheckedContinuation<Outcome, Never>) {
            self.name = name
            self.type = type
            self.timeout = timeout
            self.waiter = Mutex(waiter)
        }

        /// Wakes whoever asked, once.
        func finish(_ outcome: Outcome) {
            let waiter = waiter.withLock { waiter in
                defer { waiter = nil }
                return waiter
            }
            waiter?.resume(returning: outcome)
        }
    }

    private struct Inbox {
        var queries: [Query] = []
        var isStopped = false
    }

    private let inbox = Mutex(Inbox())
    private let wakeUp: CInt
    private let concurrency: Int
    // Thread only.
    private var waiting: [Query] = []
    private var open: [CInt: Query] = [:]

    /// Starts the thread, which takes the context over.
    static func start(_ settings: ResolverSettings) throws(ProbingError) -> UnboundThread {
        let context = try UnboundContext.make(settings)
        let wakeUp = cunbound_wake_descriptor()
        guard wakeUp >= 0 else {
            throw .resolverSetup(step: "an event descriptor", reason: String(cString: strerror(errno)))
        }
        let thread = UnboundThread(wakeUp: wakeUp, concurrency: settings.concurrency)
        let start = Unmanaged.passRetained(Start(thread, context))
        var handle = pthread_t()
        let status = pthread_create(&handle, nil, { UnboundThread.main($0) }, start.toOpaque())
        guard status == 0 else {
            start.release()
            throw .resolverSetup(step: "a thread", reason: String(cString: strerror(status)))
        }
        pthread_detach(handle)
        return thread
    }

    private init(wakeUp: CInt, concurrency: Int) {
        self.wakeUp = wakeUp
        self.concurrency = concurrency
    }

    deinit { close(wakeUp) }

    /// Takes a question from any thread.
    func ask(_ query: Query) {
        let isStopped = inbox.withLock { inbox in
            if !inbox.isStopped { inbox.queries.append(query) }
            return inbox.isStopped
        }
        if isStopped { query.finish(.failed("the resolver was closed")) }
        wake()
    }

    /// Ends the thread; open questions fail.
    func stop() {
        inbox.withLock { $0.isStopped = true }
        wake()
    }

    private func wake() {
        var one: UInt64 = 1
        _ = write(wakeUp, &one, 8)
    }

    // MARK: On the thread

    /// What the new thread is handed.
    private final class Start {
        let thread: UnboundThread
        let context: UnboundContext

        init(_ thread: UnboundThread, _ context: consuming UnboundContext) {
            self.thread = thread
            self.context = context
        }
    }

    private static func main(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
        guard let argument else { return nil }
        let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
        start.thread.run(start.context.raw)
        return nil
    }

    private func run(_ context: OpaquePointer) {
        var descriptors = [
            pollfd(fd: ub_fd(context), events: Int16(POLLIN), revents: 0),
            pollfd(fd: wakeUp, events: Int16(POLLIN), revents: 0),
        ]
        while true {
            let (queries, isStopped) = inbox.withLock { inbox in
                defer { inbox.queries = [] }
                return (inbox.queries, inbox.isStopped)
            }
            waiting += queries
            if isStopped { return abandon(context) }
            cancelOverdue(context)
            begin(context)
            poll(&descriptors, 2, patience())
            var count: UInt64 = 0
            _ = read(wakeUp, &count, 8)
            ub_process(context)
        }
    }

    /// Milliseconds until the next deadline, rounded up; -1 for no end.
    private func patience() -> CInt {
        guard let next = open.values.compactMap(\.deadline).min() else { return -1 }
        let milliseconds = (next - .now) / .milliseconds(1)
        return CInt(min(max(0, milliseconds.rounded(.up)), 60_000))
    }

    private func begin(_ context: OpaquePointer) {
        while open.count < concurrency, !waiting.isEmpty {
            let query = waiting.removeFirst()
            let handle = Unmanaged.passRetained(Handle(self, query))
            let status = ub_resolve_async(
                context,
                query.name,
                CInt(query.type),
                1,
                handle.toOpaque(),
                { UnboundThread.answered($0, $1, $2) },
                &query.asyncID
            )
            guard status == UB_NOERROR.rawValue else {
                handle.release()
                query.finish(.failed(String(cString: ub_strerror(status))))
                continue
            }
            query.deadline = .now + query.timeout
            query.handle = handle
            open[query.asyncID] = query
        }
    }

    private func cancelOverdue(_ context: OpaquePointer) {
        let now = ContinuousClock.now
        for query in Array(open.values) where query.deadline.map({ $0 <= now }) ?? false {
            cancel(query, context)
            query.finish(.timedOut)
        }
    }

    /// libunbound forgets the question and does not call back; it says UB_NOID for one that it has called back for.
    private func cancel(_ query: Query, _ context: OpaquePointer) {
        open[query.asyncID] = nil
        if ub_cancel(context, query.asyncID) == UB_NOERROR.rawValue { query.handle?.release() }
        query.handle = nil
    }

    private func abandon(_ context: OpaquePointer) {
        for query in Array(open.values) {
            cancel(query, context)
            query.finish(.failed("the resolver was closed"))
        }
        for query in waiting { query.finish(.failed("the resolver was closed")) }
        waiting = []
    }

    /// What a callback is told: libunbound keeps its address until the answer, or until the question is cancelled.
    fileprivate final class Handle {
        let thread: UnboundThread
        let query: Query

        init(_ thread: UnboundThread, _ query: Query) {
            self.thread = thread
            self.query = query
        }
    }

    /// Called by libunbound out of `ub_process`, on the thread.
    private static func answered(
        _ argument: UnsafeMutableRawPointer?,
        _ error: CInt,
        _ result: UnsafeMutablePointer<ub_result>?
    ) {
        defer { ub_resolve_free(result) }
        guard let argument else { return }
        let handle = Unmanaged<Handle>.fromOpaque(argument).takeRetainedValue()
        handle.thread.open[handle.query.asyncID] = nil
        handle.query.handle = nil
        if error == UB_NOERROR.rawValue, let result {
            handle.query.finish(.answer(UnboundAnswer(result.pointee)))
        } else {
            handle.query.finish(.failed(String(cString: ub_strerror(error))))
        }
    }
}
