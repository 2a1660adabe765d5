import Dispatch
import Foundation
import Synchronization

/// Turns Ctrl-C, SIGTERM and a lost terminal (SIGHUP) into a question that the work asks, so that a write in flight is
/// never cut off.
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
        // Under nohup a lost terminal is to be ignored, and stays so.
        var numbers = [SIGINT, SIGTERM]
        var hangUp = sigaction()
        sigaction(SIGHUP, nil, &hangUp)
        if unsafeBitCast(hangUp.__sigaction_handler.sa_handler, to: Int.self) != unsafeBitCast(SIG_IGN, to: Int.self) {
            numbers.append(SIGHUP)
        }
        sources = numbers.map { number in
            signal(number, SIG_IGN)
            return DispatchSource.makeSignalSource(signal: number, queue: .global())
        }
        for (source, number) in zip(sources, numbers) {
            source.setEventHandler { [weak self] in self?.strike(endsAtOnce: number != SIGHUP) }
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

    /// - Parameter endsAtOnce: Whether a second signal ends the process. A shell and the kernel may both tell of a lost
    ///   terminal, and no one pressed twice.
    private func strike(endsAtOnce: Bool) {
        let strikes = count.withLock { count in
            count += 1
            return count
        }
        guard strikes == 1 else {
            if endsAtOnce { _exit(130) }
            return
        }
        Terminal.note("\nInterrupted: stopping at the next safe point. Press Ctrl-C again to end at once.")
        for wake in waiters.withLock({ $0 }) { wake() }
    }
}
