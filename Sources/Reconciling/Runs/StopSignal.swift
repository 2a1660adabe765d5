import Synchronization

/// A request to stop at the next safe point.
///
/// A run's writes, and what it stores of them, are never cancelled half-way: the cancellation of the task that asked for
/// the run raises this signal, and the run looks at it between two steps. What only reads is cancelled at once.
package final class StopSignal: Sendable {
    private struct State {
        var isRaised = false
        var last = 0
        var listeners: [Int: @Sendable () -> Void] = [:]
    }

    private let state = Mutex(State())

    package init() {}

    package var isRaised: Bool { state.withLock(\.isRaised) }

    package func raise() {
        let listeners = state.withLock { state in
            defer { state.listeners = [:] }
            state.isRaised = true
            return Array(state.listeners.values)
        }
        for listener in listeners { listener() }
    }

    /// Does what writes nothing, and cancels it once the signal is raised or the caller's task is cancelled.
    func cancelling<Value: Sendable>(
        _ work: @escaping @Sendable () async throws(RunStop) -> Value
    ) async throws(RunStop) -> Value {
        let task = Task { () -> Result<Value, RunStop> in
            do throws(RunStop) {
                return .success(try await work())
            } catch {
                return .failure(error)
            }
        }
        let token = listen { task.cancel() }
        defer { forget(token) }
        return try await withTaskCancellationHandler {
            await task.value
        } onCancel: {
            task.cancel()
        }.get()
    }

    private func listen(_ listener: @escaping @Sendable () -> Void) -> Int {
        let token = state.withLock { state -> Int? in
            guard !state.isRaised else { return nil }
            state.last += 1
            state.listeners[state.last] = listener
            return state.last
        }
        if token == nil { listener() }
        return token ?? 0
    }

    private func forget(_ token: Int) {
        state.withLock { $0.listeners[token] = nil }
    }
}
