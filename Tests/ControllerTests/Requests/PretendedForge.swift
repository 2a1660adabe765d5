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
        /// The same for calls whose note begins so.
        var lost: Set<String> = []
        /// What happens elsewhere before a call whose note begins so is answered, once.
        var meanwhile: [String: @Sendable () async -> Void] = [:]
        /// Whether it cannot be found out who may write.
        var isUnsure = false
        /// Requests that take no comment.
        var locked: Set<Int> = []
        var queue: MergeQueue?
        var grants: [ForgeGrant] = []
        var terms = ForgeTerms()
        /// Whether the queue tests what it has built.
        var isTesting = true
        /// What we proposed, by the request's number.
        var proposals: [Int: Proposal] = [:]
        /// Where a branch is; where there is none, nothing can be proposed.
        var tips: (@Sendable (String) async -> String?)?
        /// Calls that fail, by how their note begins.
        var refused: [String: ForgeError] = [:]
        var number = 0
        var time = Date(timeIntervalSince1970: 1_795_000_000)

        func loses(_ what: String) -> Bool { losesAnswers || lost.contains { what.hasPrefix($0) } }
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

    private func asked(_ what: String) async throws(ForgeError) {
        let happens = state.withLock { state in
            state.meanwhile.keys.first { what.hasPrefix($0) }.flatMap { state.meanwhile.removeValue(forKey: $0) }
        }
        await happens?()
        try state.withLock { state throws(ForgeError) in
            state.calls.append(what)
            if let trouble = state.trouble { throw trouble }
            if let refusal = state.refused.first(where: { what.hasPrefix($0.key) }) { throw refusal.value }
        }
    }

    /// What was pushed to branches of open requests is their head.
    private func follow() async {
        guard let tips = state.withLock(\.tips) else { return }
        for request in state.withLock({ Array($0.requests.values) }) where request.state == .open {
            guard let tip = await tips(request.head.branch), let commit = CommitID(tip) else { continue }
            guard commit != request.head.commit else { continue }
            push(tip, to: request.number)
        }
    }

    func open(into branch: String, since: Date?) async throws(ForgeError) -> [PullRequest] {
        try await asked("open")
        await follow()
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
        try await asked("request \(number)")
        await follow()
        guard let request = state.withLock({ $0.requests[number] }) else { throw Self.missing("#\(number)") }
        return request
    }

    func merged(as commit: CommitID) async throws(ForgeError) -> PullRequest? {
        try await asked("merged")
        return state.withLock { state in state.merges[commit].flatMap { state.requests[$0] } }
    }

    func mayWrite(_ person: Person) async throws(ForgeError) -> Bool {
        try await asked("may \(person.login)")
        return try state.withLock { state throws(ForgeError) in
            guard !state.isUnsure else {
                throw ForgeError(.unavailable, asked: "a test", message: "It is down.", remedy: "Wait.")
            }
            return state.writers.contains(person.id)
        }
    }

    func comments(on number: Int, since: Date) async throws(ForgeError) -> [Comment] {
        try await asked("comments \(number)")
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
        try await asked("write \(number)")
        return try state.withLock { state throws(ForgeError) in
            guard !state.locked.contains(number) else {
                throw ForgeError(.forbidden, asked: "a comment", message: "It is locked.", remedy: "", status: 403)
            }
            if let over {
                guard state.texts[over] != nil else { throw Self.missing("the comment") }
                state.texts[over]?.text = text
                guard !state.loses("write \(number)") else { throw Self.noAnswer("a comment") }
                return over
            }
            state.number += 1
            let id = CommentID(rawValue: "c\(state.number)")
            state.texts[id] = (number, text)
            state.time += 1
            state.requests[number]?.updated = state.time
            guard !state.loses("write \(number)") else { throw Self.noAnswer("a comment") }
            return id
        }
    }

    func answer(_ comment: Comment, with reaction: Reaction) async throws(ForgeError) {
        try await asked("answer")
        state.withLock { $0.reactions[comment.id, default: []].append(reaction) }
    }

    func set(_ status: CommitStatus, for request: PullRequest) async throws(ForgeError) {
        try await asked("set \(status.context)")
        try state.withLock { state throws(ForgeError) in
            guard !state.gone.contains(request.head.commit) else {
                throw ForgeError(.commitGone, asked: "a status", message: "It is gone.", remedy: "")
            }
            state.statuses[request.head.commit, default: [:]][status.context] = status
        }
    }

    func queue(into branch: String) async throws(ForgeError) -> MergeQueue? { state.withLock(\.queue) }

    func isTesting(_ request: PullRequest) async throws(ForgeError) -> Bool {
        try await asked("testing \(request.number)")
        return state.withLock(\.isTesting)
    }

    func propose(_ proposal: Proposal) async throws(ForgeError) -> Int {
        try await asked("propose \(proposal.head)")
        let tips = state.withLock(\.tips)
        guard let tip = await tips?(proposal.head), let commit = CommitID(tip) else {
            throw Self.missing("branch \(proposal.head)")
        }
        return try state.withLock { state throws(ForgeError) in
            state.time += 1
            let open = state.requests.values.first { $0.state == .open && $0.head.branch == proposal.head }
            let number = open?.number ?? (state.requests.keys.max() ?? 0) + 1
            state.requests[number] = PullRequest(
                number: number,
                title: proposal.title,
                head: .init(commit: commit, branch: proposal.head, origin: .same),
                base: .init(branch: proposal.base, commit: nil, isPublic: false),
                author: Self.us,
                state: .open,
                isDraft: false,
                reviews: [],
                updated: state.time,
                ref: "refs/heads/\(proposal.head)",
                page: "https://forge.example/\(number)"
            )
            state.proposals[number] = proposal
            guard !state.loses("propose") else { throw Self.noAnswer("a proposal") }
            return number
        }
    }

    func close(_ number: Int) async throws(ForgeError) {
        try await asked("close \(number)")
        state.withLock { state in
            state.time += 1
            state.requests[number]?.state = .closed
            state.requests[number]?.updated = state.time
        }
    }

    func terms(of branch: String, requiring context: String) async throws(ForgeError) -> ForgeTerms {
        try await asked("terms")
        return state.withLock(\.terms)
    }

    func grants() async throws(ForgeError) -> [ForgeGrant] {
        try await asked("grants")
        return state.withLock(\.grants)
    }

    func ourselves() async throws(ForgeError) -> Person {
        try await asked("ourselves")
        return Self.us
    }

    private static func noAnswer(_ what: String) -> ForgeError {
        ForgeError(.unavailable, asked: what, message: "No answer.", remedy: "Wait.")
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

    func closeByPerson(_ number: Int) {
        state.withLock { state in
            state.time += 1
            state.requests[number]?.state = .closed
            state.requests[number]?.updated = state.time
        }
    }

    /// Lets calls fail whose note begins so, or none.
    func refuse(_ prefix: String, _ reason: ForgeError.Reason?, status: Int? = nil) {
        state.withLock {
            $0.refused[prefix] = reason.map {
                ForgeError($0, asked: "a test", message: "It says no.", remedy: "Ask it.", status: status)
            }
        }
    }

    /// Lets something happen elsewhere before the next call is answered whose note begins so.
    func meanwhile(_ prefix: String, _ happens: @escaping @Sendable () async -> Void) {
        state.withLock { $0.meanwhile[prefix] = happens }
    }

    func fail(_ reason: ForgeError.Reason?) {
        state.withLock {
            $0.trouble = reason.map { ForgeError($0, asked: "a test", message: "It is down.", remedy: "Wait.") }
        }
    }
}
