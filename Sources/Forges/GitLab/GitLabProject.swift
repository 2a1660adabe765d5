import FoundationEssentials
import Synchronization

/// What is known of the project itself.
final class GitLabProject: Sendable {
    private struct State {
        var number: Int?
        var isPublic: (flag: Bool, until: Date)?
    }

    /// How long the project's visibility is believed; a time further ahead comes of a clock that was set back.
    static let age: TimeInterval = 3_600

    private let state = Mutex(State())

    var number: Int? { state.withLock { $0.number } }

    func keep(number: Int) { state.withLock { $0.number = number } }

    func isPublic(at now: Date) -> Bool? {
        state.withLock { state in
            guard let known = state.isPublic, now < known.until,
                known.until <= now.addingTimeInterval(Self.age)
            else { return nil }
            return known.flag
        }
    }

    /// For an hour: a project can be opened to everybody at any time.
    func keep(_ number: Int, isPublic: Bool, at now: Date) {
        state.withLock { $0 = State(number: number, isPublic: (isPublic, now.addingTimeInterval(Self.age))) }
    }
}
