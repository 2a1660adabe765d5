import Foundation
import Synchronization

/// A C library that can wait for I/O.
protocol Poller: Sendable {
    /// Blocks until there is I/O to do, or until `wake()`.
    func wait()
    /// Ends `wait()`, or makes the next one return at once. Called from any thread.
    func wake()
}

/// One actor's own thread: runs the actor's jobs and, between them, lets C block in `wait()`.
///
/// Swift's shared threads are as many as the cores, so C that blocks one stalls the whole daemon.
final class PollThread: SerialExecutor {
    private struct State {
        var jobs: [UnownedJob] = []
        var isStopped = false
        var thread: pthread_t?
    }

    private let state = Mutex(State())
    private let poller: any Poller

    init(polling poller: any Poller) { self.poller = poller }

    /// Starts the thread, which calls `turn` before each wait and ends after `stop()`.
    func start(turn: @escaping @Sendable () -> Void) {
        let thread = Thread { [self] in
            state.withLock { $0.thread = pthread_self() }
            while let jobs = takeJobs() {
                for job in jobs { job.runSynchronously(on: asUnownedSerialExecutor()) }
                turn()
                poller.wait()
            }
        }
        thread.name = "transfers"
        thread.start()
    }

    func stop() {
        state.withLock { $0.isStopped = true }
        poller.wake()
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        state.withLock { $0.jobs.append(job) }
        poller.wake()
    }

    /// Lets `assumeIsolated` know the thread that Swift did not start.
    func isIsolatingCurrentContext() -> Bool? { state.withLock(\.thread) == pthread_self() }

    private func takeJobs() -> [UnownedJob]? {
        state.withLock { state in
            if state.isStopped { return nil }
            defer { state.jobs = [] }
            return state.jobs
        }
    }
}
