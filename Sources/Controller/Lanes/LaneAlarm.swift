import FoundationEssentials
import Synchronization

/// Wakes lanes at the times that they asked for.
///
/// One task sleeps for all of them: a sleeping task takes some 4 KiB, and there may be thousands of lanes.
final class LaneAlarm: Sendable {
    private struct Due {
        let time: Duration
        let ring: @Sendable () -> Void
    }

    private struct State {
        var due: [ObjectIdentifier: Due] = [:]
        var sleeper: (until: Duration, task: Task<Void, Never>)?
    }

    private let clock: any Clock<Duration>
    private let stopwatch: Stopwatch
    private let state = Mutex(State())

    init(_ clock: any Clock<Duration>) {
        self.clock = clock
        stopwatch = Stopwatch(clock)
    }

    /// Calls `ring` once, in so many seconds, and not what was to be called for the same owner before.
    func set(for owner: AnyObject, in seconds: TimeInterval, _ ring: @escaping @Sendable () -> Void) {
        let time = stopwatch.elapsed + .seconds(max(0, seconds))
        state.withLock { state in
            state.due[ObjectIdentifier(owner)] = Due(time: time, ring: ring)
            if state.sleeper.map({ time < $0.until }) ?? true { sleep(until: time, &state) }
        }
    }

    /// Calls nothing more for this owner.
    func clear(for owner: AnyObject) {
        state.withLock { state in
            state.due[ObjectIdentifier(owner)] = nil
            guard state.due.isEmpty else { return }
            state.sleeper?.task.cancel()
            state.sleeper = nil
        }
    }

    private func sleep(until time: Duration, _ state: inout State) {
        state.sleeper?.task.cancel()
        let (clock, pause) = (clock, max(.zero, time - stopwatch.elapsed))
        let task = Task.detached { [weak self] in
            guard (try? await clock.sleep(for: pause)) != nil else { return }
            self?.ring()
        }
        state.sleeper = (time, task)
    }

    private func ring() {
        let now = stopwatch.elapsed
        let due = state.withLock { state in
            let due = state.due.filter { $0.value.time <= now }
            for owner in due.keys { state.due[owner] = nil }
            state.sleeper?.task.cancel()
            state.sleeper = nil
            if let next = state.due.values.lazy.map(\.time).min() { sleep(until: next, &state) }
            return due.values.sorted { $0.time < $1.time }
        }
        for one in due { one.ring() }
    }
}
