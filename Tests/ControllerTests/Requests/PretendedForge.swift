import Forges
import Foundation
import Synchronization

/// A forge in this process: it says what a test put there, and notes what it was asked.
final class PretendedForge: Forge {
    struct State: Sendable {
        var requests: [Int: PullRequest] = [:]
        /// Commits of the branch, and the request that brought each.
        var merges: [CommitID: Int] = [:]
        var comments: [Comment] = []
        var texts: [CommentID: (number: Int, text: String)] = [:]
        var statuses: [CommitID: [String: CommitStatus]] = [:]
        var reactions: [CommentID: [Reaction]] = [:]
        var writers: Set<String> = ["author", "reviewer", "other"]
        var calls: [String] = []
        var trouble: ForgeError?
        /// Commits that are not there any more.
        var gone: Set<CommitID> = []
        var listTellsOfComments = true
        /// Whether what is written is there and the answer does not come.
        var losesAnswers = false
        /// Whether it cannot be found out who may write.
        var isUnsure = false
        /// Requests that take no comment.
        var locked: Set<Int> = []
        var number = 0
        var time = Date(timeIntervalSince1970: 1_795_000_000)
    }

    let state = Mutex(State())
    var limits: ForgeLimits {
        ForgeLimits(
            comment: 65_536,
            description: 65_536,
            statusText: 140,
            listTellsOfComments: state.withLock(\.listTellsOfComments)
        )
    }
    static let us = Person(id: "us", login: "mitregate")

    private func asked(_ what: String) throws(ForgeError) {
        try state.withLock { state throws(ForgeError) in
            state.calls.append(what)
            if let trouble = state.trouble { throw trouble }
        }
    }

    func open(into branch: String, since: Date?) async throws(ForgeError) -> [PullRequest] {
        try asked("open")
        return state.withLock { state in
            state.requests.values.filter { $0.state == .open && $0.base.branch == branch }
                .sorted { $0.updated > $1.updated }
                .map { request in
                    var listed = request
                    listed.reviews = []
                    return listed
                }
        }
    }

    func pullRequest(_ number: Int) async throws(ForgeError) -> PullRequest {
        try asked("request \(number)")
        guard let request = state.withLock({ $0.requests[number] }) else { throw Self.missing("#\(number)") }
        return request
    }

    func merged(as commit: CommitID) async throws(ForgeError) -> PullRequest? {
        try asked("merged")
        return state.withLock { state in state.merges[commit].flatMap { state.requests[$0] } }
    }

    func mayWrite(_ person: Person) async throws(ForgeError) -> Bool {
        try asked("may \(person.login)")
        return try state.withLock { state throws(ForgeError) in
            guard !state.isUnsure else {
                throw ForgeError(.unavailable, asked: "a test", message: "It is down.", remedy: "Wait.")
            }
            return state.writers.contains(person.id)
        }
    }

    func comments(on number: Int, since: Date) async throws(ForgeError) -> [Comment] {
        try asked("comments \(number)")
        return state.withLock { state in
            // Ours were there before anything that is asked for with a time.
            let time = Date(timeIntervalSince1970: 1)
            let texts = state.texts.filter { $0.value.number == number }.sorted { $0.key.rawValue < $1.key.rawValue }
            let ours = texts.map { id, text in
                Comment(id: id, number: number, author: Self.us, text: text.text, created: time, updated: time)
            }
            return (ours + state.comments).filter { $0.number == number && $0.updated >= since }
        }
    }

    func write(_ text: String, on number: Int, over: CommentID?) async throws(ForgeError) -> CommentID {
        try asked("write \(number)")
        return try state.withLock { state throws(ForgeError) in
            guard !state.locked.contains(number) else {
                throw ForgeError(.forbidden, asked: "a comment", message: "It is locked.", remedy: "", status: 403)
            }
            if let over {
                guard state.texts[over] != nil else { throw Self.missing("the comment") }
                state.texts[over]?.text = text
                return over
            }
            state.number += 1
            let id = CommentID(rawValue: "c\(state.number)")
            state.texts[id] = (number, text)
            state.time += 1
            state.requests[number]?.updated = state.time
            guard !state.losesAnswers else {
                throw ForgeError(.unavailable, asked: "a comment", message: "No answer.", remedy: "Wait.")
            }
            return id
        }
    }

    func answer(_ comment: Comment, with reaction: Reaction) async throws(ForgeError) {
        try asked("answer")
        state.withLock { $0.reactions[comment.id, default: []].append(reaction) }
    }

    func set(_ status: CommitStatus, for request: PullRequest) async throws(ForgeError) {
        try asked("set \(status.context)")
        try state.withLock { state throws(ForgeError) in
            guard !state.gone.contains(request.head.commit) else {
                throw ForgeError(.commitGone, asked: "a status", message: "It is gone.", remedy: "")
            }
            state.statuses[request.head.commit, default: [:]][status.context] = status
        }
    }

    func propose(_ proposal: Proposal) async throws(ForgeError) -> Int { throw Self.missing("proposals") }
    func close(_ number: Int) async throws(ForgeError) { state.withLock { $0.requests[number]?.state = .closed } }

    func terms(of branch: String, requiring context: String) async throws(ForgeError) -> ForgeTerms {
        try asked("terms")
        return ForgeTerms()
    }

    func ourselves() async throws(ForgeError) -> Person {
        try asked("ourselves")
        return Self.us
    }

    private static func missing(_ what: String) -> ForgeError {
        ForgeError(.notFound, asked: what, message: "There is no \(what).", remedy: "", status: 404)
    }
}

/// What people do on the forge.
extension PretendedForge {
    static func person(_ name: String) -> Person { Person(id: name, login: name) }

    func open(
        _ number: Int,
        head: String,
        origin: PullRequest.Origin = .same,
        isDraft: Bool = false
    ) throws {
        guard let commit = CommitID(head) else { throw CancellationError() }
        state.withLock { state in
            state.time += 1
            state.requests[number] = PullRequest(
                number: number,
                title: "Request \(number)",
                head: .init(commit: commit, branch: "feature", origin: origin),
                base: .init(branch: "main", commit: nil, isPublic: false),
                author: Self.person("author"),
                state: .open,
                isDraft: isDraft,
                reviews: [],
                updated: state.time,
                ref: "refs/pull/\(number)/head",
                page: "https://forge.example/\(number)"
            )
        }
    }

    func push(_ head: String, to number: Int) {
        state.withLock { state in
            guard let commit = CommitID(head) else { return }
            state.time += 1
            state.requests[number]?.head.commit = commit
            state.requests[number]?.updated = state.time
        }
    }

    func merge(_ number: Int, as commit: String) {
        state.withLock { state in
            guard let commit = CommitID(commit) else { return }
            state.time += 1
            state.requests[number]?.state = .merged(as: commit, at: nil)
            state.requests[number]?.updated = state.time
            state.merges[commit] = number
        }
    }

    func review(_ number: Int, by name: String, _ verdict: Review.Verdict = .approved, at time: Date? = nil) {
        state.withLock { state in
            state.time += 1
            state.requests[number]?.reviews.removeAll { $0.person.id == name }
            state.requests[number]?.reviews.append(
                Review(person: Self.person(name), verdict: verdict, at: time, commit: nil)
            )
            state.requests[number]?.updated = state.time
        }
    }

    /// - Parameter time: By our clock too, as the forge's is the same here.
    @discardableResult
    func say(_ text: String, on number: Int, by name: String, at time: Date) -> CommentID {
        state.withLock { state in
            state.number += 1
            state.time += 1
            let id = CommentID(rawValue: "p\(state.number)")
            state.comments.append(
                Comment(id: id, number: number, author: Self.person(name), text: text, created: time, updated: time)
            )
            state.requests[number]?.updated = state.time
            return id
        }
    }

    func statuses(of head: String) -> [String: CommitStatus.State] {
        state.withLock { state in
            guard let commit = CommitID(head) else { return [:] }
            return (state.statuses[commit] ?? [:]).mapValues(\.state)
        }
    }

    func texts(on number: Int) -> [String] {
        state.withLock { state in
            state.texts.filter { $0.value.number == number }.sorted { $0.key.rawValue < $1.key.rawValue }
                .map(\.value.text)
        }
    }

    func takeCalls() -> [String] {
        state.withLock { state in
            defer { state.calls = [] }
            return state.calls
        }
    }

    func fail(_ reason: ForgeError.Reason?) {
        state.withLock {
            $0.trouble = reason.map { ForgeError($0, asked: "a test", message: "It is down.", remedy: "Wait.") }
        }
    }
}
