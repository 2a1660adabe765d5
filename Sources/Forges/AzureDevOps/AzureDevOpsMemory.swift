import FoundationEssentials
import Synchronization

/// What Azure DevOps told and need not tell again.
final class AzureDevOpsMemory: Sendable {
    /// What the repository and its project are called where their names do not do.
    struct Place: Sendable {
        var project: String
        var repository: String
    }

    private struct Push {
        var head: CommitID
        var iteration: Int
    }

    private struct State {
        var place: Place?
        var isPublic: (flag: Bool, until: Date)?
        var pushes: [Int: Push] = [:]
        /// Requests that were seen to be merged or closed.
        var over: Set<Int> = []
    }

    /// How long the project's visibility is believed.
    private static let age: TimeInterval = 3_600
    /// Requests of which something is remembered.
    static let maximumRequests = 1_000

    private let state = Mutex(State())

    var place: Place? { state.withLock { $0.place } }

    func keep(_ place: Place) { state.withLock { $0.place = place } }

    func isPublic(at now: Date) -> Bool? {
        state.withLock { state in
            // A time further ahead comes of a clock that was set back.
            guard let known = state.isPublic, now < known.until, known.until <= now.addingTimeInterval(Self.age)
            else { return nil }
            return known.flag
        }
    }

    func keep(isPublic: Bool, at now: Date) {
        state.withLock { $0.isPublic = (isPublic, now.addingTimeInterval(Self.age)) }
    }

    func isOver(_ number: Int) -> Bool { state.withLock { $0.over.contains(number) } }

    func keep(_ request: PullRequest) {
        state.withLock { state in
            if state.over.count >= Self.maximumRequests { state.over = [] }
            if request.state == .open {
                state.over.remove(request.number)
            } else {
                state.over.insert(request.number)
            }
        }
    }

    /// The push that brought a request's head; a push's head never changes.
    func iteration(of request: PullRequest) -> Int? {
        guard let push = state.withLock({ $0.pushes[request.number] }), push.head == request.head.commit else {
            return nil
        }
        return push.iteration
    }

    func keep(iteration: Int, of request: PullRequest) {
        state.withLock { state in
            if state.pushes.count >= Self.maximumRequests { state.pushes = [:] }
            state.pushes[request.number] = Push(head: request.head.commit, iteration: iteration)
        }
    }
}
