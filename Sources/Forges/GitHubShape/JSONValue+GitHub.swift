import FoundationEssentials
package import JSON

/// The values of GitHub and of the forges made after it, as far as they are read; what a value cannot do without makes it
/// `nil`, everything else may be missing.
extension JSONValue {
    /// A request without its reviews.
    package func gitHubRequest(isDraft: Bool) -> PullRequest? {
        guard
            let number = self["number"]?.integer, number > 0,
            let head = self["head"], let commit = head["sha"]?.commit,
            let base = self["base"], let branch = base["ref"]?.text, branch.utf8.count <= 1_024,
            let updated = self["updated_at"]?.instant
        else { return nil }
        let origin = Self.gitHubOrigin(of: head, base)
        let headBranch = origin == .gone ? "" : head["ref"]?.text ?? ""
        return PullRequest(
            number: number,
            title: (self["title"]?.text ?? "").cut(to: 1_024),
            head: .init(commit: commit, branch: headBranch.utf8.count <= 1_024 ? headBranch : "", origin: origin),
            base: .init(
                branch: branch,
                commit: base["sha"]?.commit,
                isPublic: base["repo"]?["private"]?.flag.map { !$0 }
            ),
            author: self["user"]?.gitHubPerson ?? .deletedAccount,
            state: gitHubState,
            isDraft: isDraft,
            reviews: [],
            updated: updated,
            ref: "refs/pull/\(number)/head",
            page: (self["html_url"]?.text ?? "").cut(to: 2_048)
        )
    }

    /// Two heads lie in one repository when its id says so: names change, and our own may be a fork.
    private static func gitHubOrigin(of head: JSONValue, _ base: JSONValue) -> PullRequest.Origin {
        guard let repository = head["repo"], !repository.isNull else { return .gone }
        guard let id = repository["id"]?.integer, let own = base["repo"]?["id"]?.integer else { return .fork }
        return id == own ? .same : .fork
    }

    private var gitHubState: PullRequest.State {
        let merged = self["merged_at"]?.instant
        if merged != nil || self["merged"]?.flag == true {
            return .merged(as: self["merge_commit_sha"]?.commit, at: merged)
        }
        return self["state"]?.text == "open" ? .open : .closed
    }

    /// A bot's login cannot be a person's, and is all that an App can learn of itself, so that it stands for its id.
    package var gitHubPerson: Person? {
        guard let login = self["login"]?.text, !login.isEmpty, login.utf8.count <= 255 else { return nil }
        if self["type"]?.text == "Bot" { return .bot(login) }
        guard let id = self["id"]?.integer, id > 0 else { return nil }
        return Person(id: "\(id)", login: login)
    }

    package func gitHubComment(on number: Int) -> Comment? {
        guard let id = self["id"]?.integer, id > 0, let created = self["created_at"]?.instant else { return nil }
        return Comment(
            id: CommentID(rawValue: "\(id)"),
            number: number,
            author: self["user"]?.gitHubPerson ?? .deletedAccount,
            text: (self["body"]?.text ?? "").beginning(ofBytes: 64 << 10),
            created: created,
            updated: self["updated_at"]?.instant ?? created
        )
    }

    /// - Parameter verdict: What the review says; each forge has words of its own for it.
    package func gitHubReview(_ verdict: Review.Verdict) -> Review? {
        guard let person = self["user"]?.gitHubPerson else { return nil }
        return Review(
            person: person,
            verdict: verdict,
            at: self["submitted_at"]?.instant,
            commit: self["commit_id"]?.commit
        )
    }
}
