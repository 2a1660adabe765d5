import Synchronization

/// A fixed number of places, given out in the order of asking.
package final class Semaphore: Sendable {
    private struct State {
        var free: Int
        var lastID = 0
        var waiting: [(id: Int, waiter: CheckedContinuation<Bool, Never>)] = []
        /// Cancelled before they got in line.
        var cancelled: Set<Int> = []
    }

    private let state: Mutex<State>

    package init(count: Int) { state = Mutex(State(free: max(1, count))) }

    /// Calls `body` with a place taken; nothing when the task was cancelled before there was one.
    package func with<Value>(_ body: () async -> Value) async -> Value? {
        guard await take() else { return nil }
        defer { give() }
        return await body()
    }

    private func take() async -> Bool {
        let id = state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
        let isTaken = await withTaskCancellationHandler {
            await withCheckedContinuation { waiter in
                let answer: Bool? = state.withLock { state in
                    if Task.isCancelled || state.cancelled.contains(id) { return false }
                    if state.free > 0 {
                        state.free -= 1
                        return true
                    }
                    state.waiting.append((id, waiter))
                    return nil
                }
                if let answer { waiter.resume(returning: answer) }
            }
        } onCancel: {
            cancel(id)
        }
        state.withLock { _ = $0.cancelled.remove(id) }
        return isTaken
    }

    private func cancel(_ id: Int) {
        let waiter = state.withLock { state -> CheckedContinuation<Bool, Never>? in
            guard let index = state.waiting.firstIndex(where: { $0.id == id }) else {
                state.cancelled.insert(id)
                return nil
            }
            return state.waiting.remove(at: index).waiter
        }
        waiter?.resume(returning: false)
    }

    private func give() {
        let next = state.withLock { state -> CheckedContinuation<Bool, Never>? in
            guard !state.waiting.isEmpty else {
                state.free += 1
                return nil
            }
            return state.waiting.removeFirst().waiter
        }
        next?.resume(returning: true)
    }
}
