import FoundationEssentials
import JSON

extension GitHubShaped {
    func pullRequest(in json: JSONValue) -> PullRequest? { json.gitHubRequest(isDraft: isDraft(json)) }

    func review(in json: JSONValue) -> Review? { verdict(of: json).flatMap { json.gitHubReview($0) } }

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
