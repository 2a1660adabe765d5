import Dispatch
import Foundation
import Synchronization

/// Turns Ctrl-C and SIGTERM into a question that the work asks, so that a write in flight is never cut off.
///
/// The first signal asks the work to stop at the next safe point; the second ends the process at once, as a person who
/// presses twice means it. The journal holds in both cases.
final class Interrupts: Sendable {
    private let count = Mutex(0)
    /// Safe: it is written once, in `init`, and kept only so that the sources live.
    private nonisolated(unsafe) let sources: [any DispatchSourceSignal]
    private let waiters = Mutex<[@Sendable () -> Void]>([])

    /// Starts to listen.
    init() {
        sources = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            return DispatchSource.makeSignalSource(signal: number, queue: .global())
        }
        for source in sources {
            source.setEventHandler { [weak self] in self?.strike() }
            source.activate()
        }
    }

    var isRaised: Bool { count.withLock { $0 > 0 } }

    /// Runs `work`, and cancels it at the first signal.
    func cancelling<Value: Sendable>(_ work: @escaping @Sendable () async throws -> Value) async throws -> Value {
        let task = Task { try await work() }
        waiters.withLock { $0.append { task.cancel() } }
        if isRaised { task.cancel() }
        return try await task.value
    }

    private func strike() {
        let strikes = count.withLock { count in
            count += 1
            return count
        }
        guard strikes == 1 else { _exit(130) }
        Terminal.note("\nInterrupted: stopping at the next safe point. Press Ctrl-C again to end at once.")
        for wake in waiters.withLock({ $0 }) { wake() }
    }
}
