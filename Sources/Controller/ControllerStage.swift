import ServiceLifecycle
import Synchronization

/// How far a controller has come, so that a request to stop reaches whatever it is doing.
final class ControllerStage: Sendable {
    enum Stage {
        case starting
        /// Waits for the right to lead.
        case waiting(Task<LeaderLease, any Error>)
        case working(ServiceGroup)
        case stopping
    }

    private let stage = Mutex(Stage.starting)

    var isWorking: Bool {
        stage.withLock { stage in
            if case .working = stage { true } else { false }
        }
    }

    /// Goes on to another stage.
    ///
    /// - Returns: False if it was asked to stop before; the caller then gives up what it was about to begin.
    func enter(_ next: Stage) -> Bool {
        stage.withLock { stage in
            if case .stopping = stage { return false }
            stage = next
            return true
        }
    }

    /// Ends what it does in order, and lets nothing begin after it.
    func stop() async {
        let former = stage.withLock { stage in
            defer { stage = .stopping }
            return stage
        }
        switch former {
        case .waiting(let task): task.cancel()
        // A group that does not run yet remembers it.
        case .working(let group): await group.triggerGracefulShutdown()
        case .starting, .stopping: break
        }
    }
}
