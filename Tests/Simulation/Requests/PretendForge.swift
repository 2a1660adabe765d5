import Forges
import Foundation
import PullRequests

/// A forge in memory, with people, faults, and readings that lag.
struct PretendForge {
    struct Request {
        let number: Int
        var head: PretendSource.Head
        /// What the head changes, so that a rebase can change the same.
        var edits: [PretendSource.Edit]
        var isDraft: Bool
        var isFork: Bool
        var state = PullRequest.State.open
        var updated: Date
        /// All that was said in reviews, oldest first.
        var acts: [Act] = []
        /// Comments of people and of ours.
        var notes: [Note] = []
        var statuses: [String: [String: CommitStatus.State]] = [:]
        /// The branch of a request of ours, which a program pushed; else it follows from the number.
        var branch = ""
        var author = Reviewer.author.person
        var body = ""
        /// What an offer is about.
        var parts: [String] = []
        var isClosedByUs = false
    }

    struct Act {
        var person: Person
        var verdict: Review.Verdict
        var at: Date
    }

    struct Note {
        let id: String
        var author: Person
        /// Which of ours it is; `nil` for a person's.
        var key: String?
        var at: Date
        /// As it read, oldest first.
        var texts: [Text]
        var isDeleted = false
    }

    struct Text {
        var text: String
        var at: Date
        /// By tenant, the changes that a reader sees in it.
        var shows: [String: Shown]
    }

    struct Shown: Hashable {
        var changesDigest: String
        var changes: [ShownChange]
    }

    enum Trouble: Error {
        /// No answer: whether it was done is not known.
        case unanswered
        /// What was to be replaced is not there any more.
        case missing
        /// It is not as it was taken to be, and nothing was done.
        case refused
    }

    private(set) var requests: [Int: Request] = [:]
    /// The branches of offers.
    var branches: [String: Branch] = [:]
    /// The faults there were, each until its end.
    private(set) var faults: [(fault: ForgeDisturbance.ForgeFault, from: Date, until: Date)] = []
    private var history: [(at: Date, requests: [Int: Request])] = []
    private var notes = 0

    /// How old what a lying forge shows is.
    static let lag: TimeInterval = 50

    mutating func change(_ number: Int, at now: Date, _ body: (inout Request) -> Void) {
        guard var request = requests[number] else { return }
        body(&request)
        request.updated = now
        requests[number] = request
        history.append((now, requests))
    }

    mutating func open(_ request: Request, at now: Date) {
        guard requests[request.number] == nil else { return }
        requests[request.number] = request
        history.append((now, requests))
    }

    mutating func fail(_ fault: ForgeDisturbance.ForgeFault, at now: Date, for seconds: Int) {
        faults.append((fault, now, now + Double(seconds)))
    }

    mutating func heal(at now: Date) {
        for index in faults.indices { faults[index].until = min(faults[index].until, now) }
    }

    func has(_ fault: ForgeDisturbance.ForgeFault, at now: Date) -> Bool {
        faults.contains { $0.fault == fault && $0.from <= now && now < $0.until }
    }

    /// Whether something was wrong with it at any time between two.
    func wasIll(from start: Date, to end: Date) -> Bool {
        // A reading that was late says so for as long as it lags.
        faults.contains { $0.from <= end && start <= $0.until + Self.lag }
    }

    // MARK: What it answers

    /// A request as it is shown to whoever asks now.
    func shown(_ number: Int, at now: Date) throws(Trouble) -> Request {
        guard let request = try seen(at: now)[number] else { throw .missing }
        return request
    }

    /// As it shows itself now.
    private func seen(at now: Date) throws(Trouble) -> [Int: Request] {
        if has(.down, at: now) { throw .unanswered }
        guard has(.lies, at: now) else { return requests }
        return history.last { $0.at <= now - Self.lag }?.requests ?? [:]
    }

    func open(at now: Date) throws(Trouble) -> [PullRequest] {
        try seen(at: now).values.filter { $0.state == .open }.sorted { $0.number < $1.number }.compactMap(\.listed)
    }

    func request(_ number: Int, at now: Date) throws(Trouble) -> PullRequest {
        guard let request = try seen(at: now)[number], let full = request.full else { throw .missing }
        return full
    }

    func merged(as commit: CommitID, at now: Date) throws(Trouble) -> PullRequest? {
        try seen(at: now).values.first { request in
            if case .merged(commit?, _) = request.state { true } else { false }
        }?.full
    }

    func comments(on number: Int, at now: Date) throws(Trouble) -> [Note] {
        try seen(at: now)[number]?.notes.filter { !$0.isDeleted } ?? []
    }

    // MARK: What is written

    /// - Returns: The comment's id.
    mutating func write(
        _ text: Text,
        key: String,
        over old: String?,
        on number: Int,
        at now: Date
    ) throws(Trouble) -> String {
        if has(.down, at: now) { throw .unanswered }
        notes += 1
        let id = old ?? "n\(notes)"
        var isThere = true
        change(number, at: now) { request in
            if old == nil {
                request.notes.append(Note(id: id, author: Reviewer.ourselves, key: key, at: now, texts: [text]))
            } else if let index = request.notes.firstIndex(where: { $0.id == id && !$0.isDeleted }) {
                request.notes[index].texts.append(text)
            } else {
                isThere = false
            }
        }
        guard isThere else { throw .missing }
        if has(.losesAnswers, at: now) { throw .unanswered }
        return id
    }

    mutating func set(_ status: CommitStatus, on head: String, of number: Int, at now: Date) throws(Trouble) {
        if has(.down, at: now) { throw .unanswered }
        guard var request = requests[number] else { throw .missing }
        request.statuses[head, default: [:]][status.context] = status.state
        requests[number] = request
        if has(.losesAnswers, at: now) { throw .unanswered }
    }

    mutating func say(_ text: String, by person: Person, on number: Int, at now: Date) {
        notes += 1
        let id = "n\(notes)"
        change(number, at: now) { request in
            let said = Text(text: text, at: now, shows: [:])
            request.notes.append(Note(id: id, author: person, at: now, texts: [said]))
        }
    }
}

extension PretendForge.Request {
    /// Without reviews, as lists tell requests.
    var listed: PullRequest? {
        guard let commit = CommitID(head.revision) else { return nil }
        return PullRequest(
            number: number,
            title: "Request \(number)",
            head: .init(
                commit: commit,
                branch: branch.isEmpty ? "request-\(number)" : branch,
                origin: isFork ? .fork : .same
            ),
            base: .init(branch: "main", commit: nil, isPublic: false),
            author: author,
            state: state,
            isDraft: isDraft,
            reviews: [],
            updated: updated,
            ref: "refs/pull/\(number)/head",
            page: "https://forge.example/\(number)"
        )
    }

    var full: PullRequest? {
        var request = listed
        request?.reviews = reviews(at: updated)
        return request
    }

    /// The latest word of each person by a time.
    func reviews(at time: Date) -> [Review] {
        var latest: [Person: Review] = [:]
        for act in acts where act.at <= time {
            if act.verdict == .commented, latest[act.person] != nil { continue }
            latest[act.person] = Review(person: act.person, verdict: act.verdict, at: act.at, commit: nil)
        }
        return latest.values.sorted { $0.person.id < $1.person.id }
    }

    /// Comments of ours that are there.
    func ours(_ key: String) -> [PretendForge.Note] { notes.filter { $0.key == key && !$0.isDeleted } }

    /// What a reader saw of a tenant at a time, in whatever comment.
    func shown(of tenant: String, at time: Date) -> PretendForge.Shown? {
        // Where our comment was deleted, a later one stands in its place.
        let texts = notes.filter { $0.key != nil }.compactMap { note in note.texts.last { $0.at <= time } }
        return texts.filter { $0.shows[tenant] != nil }.max { $0.at < $1.at }?.shows[tenant]
    }

    /// What the comment on a tenant read at any time between two.
    func shown(of tenant: String, from start: Date, until end: Date) -> [PretendForge.Shown] {
        // Where our comment was deleted, a later one stands in its place.
        let texts = notes.filter { $0.key == "plan/\(tenant)" }.flatMap(\.texts).filter { $0.at <= end }
        let first = texts.lastIndex { $0.at <= start } ?? 0
        return texts.dropFirst(first).compactMap { $0.shows[tenant] }
    }

    /// All that a reader could see of a tenant up to a time, whatever was written over it since.
    func shown(of tenant: String, until end: Date) -> [PretendForge.Shown] {
        notes.flatMap { note in note.texts.filter { $0.at <= end }.compactMap { $0.shows[tenant] } }
    }
}
