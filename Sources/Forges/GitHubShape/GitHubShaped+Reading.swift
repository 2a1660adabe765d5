import FoundationEssentials
import JSON

/// From JSON to our values; what a value cannot do without makes it `nil`, everything else may be missing.
extension GitHubShaped {
    func pullRequest(in json: JSONValue) -> PullRequest? {
        guard
            let number = json["number"]?.integer, number > 0,
            let head = json["head"], let commit = head["sha"]?.commit,
            let base = json["base"], let branch = base["ref"]?.text, branch.utf8.count <= 1_024,
            let updated = json["updated_at"]?.instant
        else { return nil }
        let origin = origin(of: head, base)
        let headBranch = origin == .gone ? "" : head["ref"]?.text ?? ""
        return PullRequest(
            number: number,
            title: (json["title"]?.text ?? "").cut(to: 1_024),
            head: .init(commit: commit, branch: headBranch.utf8.count <= 1_024 ? headBranch : "", origin: origin),
            base: .init(
                branch: branch,
                commit: base["sha"]?.commit,
                isPublic: base["repo"]?["private"]?.flag.map { !$0 }
            ),
            author: json["user"].flatMap(person) ?? .deletedAccount,
            state: state(of: json),
            isDraft: isDraft(json),
            reviews: [],
            updated: updated,
            ref: "refs/pull/\(number)/head",
            page: (json["html_url"]?.text ?? "").cut(to: 2_048)
        )
    }

    /// Two heads lie in one repository when its id says so: names change, and our own may be a fork.
    private func origin(of head: JSONValue, _ base: JSONValue) -> PullRequest.Origin {
        guard let repository = head["repo"], !repository.isNull else { return .gone }
        guard let id = repository["id"]?.integer, let own = base["repo"]?["id"]?.integer else { return .fork }
        return id == own ? .same : .fork
    }

    private func state(of json: JSONValue) -> PullRequest.State {
        let merged = json["merged_at"]?.instant
        if merged != nil || json["merged"]?.flag == true {
            return .merged(as: json["merge_commit_sha"]?.commit, at: merged)
        }
        return json["state"]?.text == "open" ? .open : .closed
    }

    /// A bot's login cannot be a person's, and is all that an App can learn of itself, so that it stands for its id.
    func person(in json: JSONValue) -> Person? {
        guard let login = json["login"]?.text, !login.isEmpty, login.utf8.count <= 255 else { return nil }
        if json["type"]?.text == "Bot" { return .bot(login) }
        guard let id = json["id"]?.integer, id > 0 else { return nil }
        return Person(id: "\(id)", login: login)
    }

    func comment(in json: JSONValue, on number: Int) -> Comment? {
        guard let id = json["id"]?.integer, id > 0, let created = json["created_at"]?.instant else { return nil }
        return Comment(
            id: CommentID(rawValue: "\(id)"),
            number: number,
            author: json["user"].flatMap(person) ?? .deletedAccount,
            text: (json["body"]?.text ?? "").beginning(ofBytes: 64 << 10),
            created: created,
            updated: json["updated_at"]?.instant ?? created
        )
    }

    func review(in json: JSONValue) -> Review? {
        guard let person = json["user"].flatMap(person), let verdict = verdict(of: json) else { return nil }
        return Review(
            person: person,
            verdict: verdict,
            at: json["submitted_at"]?.instant,
            commit: json["commit_id"]?.commit
        )
    }

    /// The latest word of each person, by the time of that word.
    ///
    /// A remark after an approval leaves the approval as it is, as the forges see it too.
    func latest(of all: [Review]) -> [Review] {
        let inOrder = all.enumerated().sorted { left, right in
            let (first, second) = (left.element.at ?? .distantPast, right.element.at ?? .distantPast)
            return (first, left.offset) < (second, right.offset)
        }.map(\.element)
        var latest: [Person: Review] = [:]
        for review in inOrder where review.verdict != .commented || latest[review.person] == nil {
            latest[review.person] = review
        }
        return latest.values.sorted { ($0.at ?? .distantPast, $0.person.id) < ($1.at ?? .distantPast, $1.person.id) }
    }
}

extension Person {
    /// The author of what a deleted account wrote; no one who can act equals it.
    static let deletedAccount = Person(id: "", login: "")

    static func bot(_ login: String) -> Person { Person(id: "bot:\(login.lowercased())", login: login, isBot: true) }
}

extension Sequence<Comment> {
    /// Each comment once.
    var once: [Comment] {
        var ids: Set<CommentID> = []
        return filter { ids.insert($0.id).inserted }
    }
}

extension String {
    /// At most so many Unicode scalars, an ellipsis among them where something was left out.
    func cut(to limit: Int) -> String {
        guard unicodeScalars.count > limit, limit > 0 else { return self }
        return String(String.UnicodeScalarView(unicodeScalars.prefix(limit - 1))) + "…"
    }

    /// What fits in so many bytes of UTF-8, without half a scalar.
    func beginning(ofBytes limit: Int) -> String {
        guard utf8.count > limit else { return self }
        var end = utf8.index(utf8.startIndex, offsetBy: limit)
        while end.samePosition(in: unicodeScalars) == nil, end > startIndex { end = utf8.index(before: end) }
        return String(unicodeScalars[..<end])
    }
}
