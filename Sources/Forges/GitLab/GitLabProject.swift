import FoundationEssentials
import Synchronization

/// What is known of the project itself.
final class GitLabProject: Sendable {
    struct Settings: Hashable, Sendable {
        var isPublic: Bool
        /// Whether requests can wait in merge trains.
        var hasTrains: Bool
    }

    private struct State {
        var number: Int?
        var settings: (value: Settings, until: Date)?
    }

    /// How long the project's settings are believed; a time further ahead comes of a clock that was set back.
    static let age: TimeInterval = 3_600

    private let state = Mutex(State())

    var number: Int? { state.withLock { $0.number } }

    func keep(number: Int) { state.withLock { $0.number = number } }

    func settings(at now: Date) -> Settings? {
        state.withLock { state in
            guard let known = state.settings, now < known.until,
                known.until <= now.addingTimeInterval(Self.age)
            else { return nil }
            return known.value
        }
    }

    /// For an hour: a project can be opened to everybody at any time.
    func keep(_ number: Int, _ settings: Settings, at now: Date) {
        state.withLock { $0 = State(number: number, settings: (settings, now.addingTimeInterval(Self.age))) }
    }
}
