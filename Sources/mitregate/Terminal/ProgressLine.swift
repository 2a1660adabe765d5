import Foundation
import Reconciling
import Synchronization

/// One line on the terminal that says what is being waited for, once that takes more than a second.
///
/// Without a terminal one line is written, once, after ten seconds: a log needs no progress, and whoever waits for it must
/// not think that the program hangs.
final class ProgressLine: Sendable {
    private struct State {
        var current: [String: (what: String, since: ContinuousClock.Instant)] = [:]
        var isShown = false
        /// Kept for as long as the program runs.
        var task: Task<Void, Never>?
    }

    private let state = Mutex(State())

    /// Starts to watch.
    init() {
        let task = Task { [weak self] in
            while !Task.isCancelled {
                guard (try? await Task.sleep(for: .milliseconds(500))) != nil, let self else { return }
                if Terminal.isErrorTerminal { show() } else if tellOnce() { return }
            }
        }
        state.withLock { $0.task = task }
    }

    func hear(_ event: RunEvent) {
        switch event.what {
        case .waiting(let what): set(what, for: event.subject)
        case .idle, .ended: set(nil, for: event.subject)
        }
    }

    /// Says what a tenant is waiting for; `nil` when it waits no longer.
    func set(_ what: String?, for tenant: String) {
        state.withLock { $0.current[tenant] = what.map { ($0, .now) } }
    }

    /// Clears the line, before a result is written; what is said later shows again.
    func end() {
        let wasShown = state.withLock { state in
            state.current = [:]
            defer { state.isShown = false }
            return state.isShown
        }
        if wasShown { Terminal.status("") }
    }

    /// Writes the one line for a log, once something has taken ten seconds.
    ///
    /// - Returns: Whether it was written.
    private func tellOnce() -> Bool {
        let line = state.withLock { state -> String? in
            let slow = state.current.filter { ContinuousClock.now - $0.value.since > .seconds(10) }
            guard let first = slow.min(by: { $0.value.since < $1.value.since }) else { return nil }
            let others = slow.count > 1 ? " (and \(slow.count - 1) more)" : ""
            return "\(first.key): still \(first.value.what)\(others). Each server is given up at its deadline."
        }
        if let line { Terminal.note(line) }
        return line != nil
    }

    private func show() {
        let line = state.withLock { state -> String? in
            let slow = state.current.filter { ContinuousClock.now - $0.value.since > .seconds(1) }
            guard let first = slow.min(by: { $0.value.since < $1.value.since }) else {
                defer { state.isShown = false }
                return state.isShown ? "" : nil
            }
            state.isShown = true
            let others = slow.count > 1 ? " (and \(slow.count - 1) more)" : ""
            return String("\(first.key): \(first.value.what)\(others)".prefix(78))
        }
        if let line { Terminal.status(line) }
    }
}
