import CCurl
import Synchronization

/// Sends many requests at once over shared connections, on one thread of its own.
package actor TransferPool {
    private struct Waiting {
        var request: HTTPRequest
        var endpoint: Endpoint
        var waiter: CheckedContinuation<HTTPResponse, any Error>
        /// Nothing while the request is in the queue.
        var transfer: Transfer?
    }

    private let options: Options
    private let multi: MultiHandle
    private let thread: PollThread
    private var queue: RequestQueue
    private var requests: [Int: Waiting] = [:]
    private var ids: [UnsafeMutableRawPointer: Int] = [:]
    private var lastID = 0
    /// Requests whose tasks were cancelled since the last turn of the thread.
    private nonisolated let cancelled = Mutex<[Int]>([])

    /// Everything isolated to this actor runs on its poll thread, so libcurl is never entered twice at once.
    package nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    package init(_ options: Options = Options()) throws(TransferError) {
        self.options = options
        queue = RequestQueue(limit: options.maximumPerHost)
        multi = try MultiHandle()
        thread = PollThread(polling: multi)
        thread.start { [weak self] in self?.assumeIsolated { $0.turn() } }
    }

    deinit { thread.stop() }

    /// Sends a request when its turn has come, and returns the answer whatever its status.
    ///
    /// Cancelling the task ends the transfer at once, and closes its connection where it was under way.
    ///
    /// - Throws: `TransferError`, or `CancellationError`.
    package func send(_ request: HTTPRequest) async throws -> HTTPResponse {
        let endpoint = try Endpoint(request)
        lastID += 1
        let id = lastID
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { waiter in
                guard !Task.isCancelled else { return waiter.resume(throwing: CancellationError()) }
                requests[id] = Waiting(request: request, endpoint: endpoint, waiter: waiter)
                queue.append(id, host: endpoint.description, share: request.share)
                startWaiting(at: endpoint.description)
            }
        } onCancel: {
            cancelled.withLock { $0.append(id) }
            multi.wake()
        }
    }

    private func startWaiting(at host: String) {
        while let id = queue.next(host: host) {
            guard let waiting = requests[id] else { continue }
            do {
                let transfer = try Transfer(waiting.request, to: waiting.endpoint, options: options)
                requests[id]?.transfer = transfer
                ids[transfer.easy.raw] = id
                try multi.add(transfer.easy)
            } catch {
                finish(id, .failure(error))
            }
        }
    }

    private func turn() {
        for id in cancelled.withLock({ ids in
            defer { ids = [] }
            return ids
        }) { cancel(id) }
        for (easy, code) in multi.perform() {
            guard let id = ids[easy], let transfer = requests[id]?.transfer else { continue }
            finish(id, transfer.result(code).mapError { $0 })
        }
    }

    private func cancel(_ id: Int) {
        guard let waiting = requests[id] else { return }
        if waiting.transfer == nil {
            requests[id] = nil
            queue.remove(id, host: waiting.endpoint.description, share: waiting.request.share)
            waiting.waiter.resume(throwing: CancellationError())
        } else {
            finish(id, .failure(CancellationError()))
        }
    }

    /// Takes a transfer out of libcurl, which aborts it where it still runs, and lets the next one start.
    private func finish(_ id: Int, _ result: Result<HTTPResponse, any Error>) {
        guard let ended = requests.removeValue(forKey: id) else { return }
        if let transfer = ended.transfer {
            multi.remove(transfer.easy)
            ids[transfer.easy.raw] = nil
        }
        queue.finish(host: ended.endpoint.description)
        ended.waiter.resume(with: result)
        startWaiting(at: ended.endpoint.description)
    }
}
