import Synchronization

/// One piece of work that several tasks wait for.
///
/// A waiter that is cancelled stops waiting at once and disturbs no other; the work itself is cancelled when the last
/// waiter has left.
package final class SharedTask<Value: Sendable>: Sendable {
    private struct State {
        var result: Value?
        var isAbandoned = false
        var last = 0
        var waiters: [Int: CheckedContinuation<Value?, Never>] = [:]
        /// Who has joined and not left, whether or not it waits yet.
        var present: Set<Int> = []
    }

    private let state = Mutex(State())
    private let task = Mutex<Task<Void, Never>?>(nil)

    package init(_ work: @escaping @Sendable () async -> Value) {
        let running = Task { [weak self] in
            let value = await work()
            self?.finish(value)
        }
        task.withLock { $0 = running }
    }

    /// The result; `nil` once the caller's task was cancelled, or where all others left before and the work with them.
    package func value() async -> Value? {
        guard let ticket = join() else { return nil }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let early: Value?? = state.withLock { state in
                    if let result = state.result { return .some(result) }
                    guard state.present.contains(ticket) else { return .some(nil) }
                    state.waiters[ticket] = continuation
                    return nil
                }
                if let early { continuation.resume(returning: early) }
            }
        } onCancel: {
            leave(ticket)
        }
    }

    /// Whether all who waited have left: whoever comes now starts work of its own.
    package var isAbandoned: Bool { state.withLock(\.isAbandoned) }

    private func join() -> Int? {
        state.withLock { state in
            guard !state.isAbandoned else { return nil }
            state.last += 1
            state.present.insert(state.last)
            return state.last
        }
    }

    private func leave(_ ticket: Int) {
        let (waiter, isLast) = state.withLock { state in
            state.present.remove(ticket)
            let isLast = state.present.isEmpty && state.result == nil
            if isLast { state.isAbandoned = true }
            return (state.waiters.removeValue(forKey: ticket), isLast)
        }
        waiter?.resume(returning: nil)
        if isLast { task.withLock { $0?.cancel() } }
    }

    private func finish(_ value: Value) {
        let waiters = state.withLock { state in
            state.result = value
            defer { state.waiters = [:] }
            return Array(state.waiters.values)
        }
        for waiter in waiters { waiter.resume(returning: value) }
    }
}
