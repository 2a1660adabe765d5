import Synchronization

/// One piece of work that several tasks wait for; it is cancelled when all of them have been.
final class Flight<Value: Sendable>: Sendable {
    private struct State {
        var joined = 0
        var left = 0
        var isAbandoned = false
    }

    private let state = Mutex(State())
    private let task: Task<Result<Value, ExchangeError>, Never>

    init(_ work: @escaping @Sendable () async -> Result<Value, ExchangeError>) {
        task = Task { await work() }
    }

    /// False when everybody left, and the work with them: the caller starts its own.
    func join() -> Bool {
        state.withLock { state in
            if !state.isAbandoned { state.joined += 1 }
            return !state.isAbandoned
        }
    }

    /// The result, for a task that has joined.
    func result() async -> Result<Value, ExchangeError> {
        await withTaskCancellationHandler {
            await task.value
        } onCancel: {
            leave()
        }
    }

    private func leave() {
        let isLast = state.withLock { state in
            state.left += 1
            state.isAbandoned = state.left >= state.joined
            return state.isAbandoned
        }
        if isLast { task.cancel() }
    }
}
