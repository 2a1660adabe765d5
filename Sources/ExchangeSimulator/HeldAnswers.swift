import NIOCore
import Synchronization

/// The answers that wait for a release.
///
/// A release sends those of every request that was dealt with before it, also one whose connection has not yet come to
/// hold it; later ones wait for the next release.
final class HeldAnswers: Sendable {
    private struct State {
        var waiting: [(number: Int, promise: EventLoopPromise<Void>)] = []
        /// The last request that has been released.
        var released = 0
    }

    private let state = Mutex(State())

    func add(_ promise: EventLoopPromise<Void>, of ticket: Ticket) {
        let isReleased = state.withLock { state in
            guard ticket.number > state.released else { return true }
            state.waiting.append((ticket.number, promise))
            return false
        }
        if isReleased { promise.succeed() }
    }

    /// - Parameter number: Of the last request that is released.
    func release(upTo number: Int) {
        let due = state.withLock { state in
            state.released = max(state.released, number)
            let released = state.released
            let due = state.waiting.filter { $0.number <= released }
            state.waiting.removeAll { $0.number <= released }
            return due
        }
        for answer in due { answer.promise.succeed() }
    }
}
