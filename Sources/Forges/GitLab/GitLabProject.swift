import FoundationEssentials
import Synchronization

/// What is known of the project itself.
final class GitLabProject: Sendable {
    private struct State {
        var number: Int?
        var isPublic: (flag: Bool, until: Date)?
    }

    private let state = Mutex(State())

    var number: Int? { state.withLock { $0.number } }

    func keep(number: Int) { state.withLock { $0.number = number } }

    func isPublic(at now: Date) -> Bool? {
        state.withLock { state in
            guard let known = state.isPublic, now < known.until else { return nil }
            return known.flag
        }
    }

    /// For an hour: a project can be opened to everybody at any time.
    func keep(_ number: Int, isPublic: Bool, at now: Date) {
        state.withLock { $0 = State(number: number, isPublic: (isPublic, now.addingTimeInterval(3_600))) }
    }
}
