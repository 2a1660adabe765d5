import FoundationEssentials
package import JSON

/// GitLab's values, as far as they are read; what a value cannot do without makes it `nil`.
extension JSONValue {
    /// A merge request; one whose branch has no commit has no head, and is not a request for us.
    package var gitLabRequest: PullRequest? {
        guard let number = self["iid"]?.integer, number > 0, let head = self["sha"]?.commit,
            let base = self["target_branch"]?.text, base.utf8.count <= 1_024, let state = gitLabState,
            let updated = self["updated_at"]?.instant
        else { return nil }
        let (branch, origin) = (self["source_branch"]?.text ?? "", gitLabOrigin)
        return PullRequest(
            number: number,
            title: (self["title"]?.text ?? "").cut(to: 1_024),
            head: .init(
                commit: head,
                branch: origin == .gone || branch.utf8.count > 1_024 ? "" : branch,
                origin: origin
            ),
            base: .init(branch: base, commit: self["diff_refs"]?["start_sha"]?.commit),
            author: self["author"]?.gitLabPerson ?? .deletedAccount,
            state: state,
            isDraft: self["draft"]?.flag ?? self["work_in_progress"]?.flag ?? false,
            reviews: [],
            updated: updated,
            ref: "refs/merge-requests/\(number)/head",
            page: (self["web_url"]?.text ?? "").cut(to: 2_048)
        )
    }

    /// `locked` is a request while it is being merged.
    private var gitLabState: PullRequest.State? {
        switch self["state"]?.text {
        case "opened", "locked": .open
        case "closed": .closed
        case "merged":
            // A fast-forward has no commit of its own: the head is the base's tip.
            .merged(
                as: self["merge_commit_sha"]?.commit ?? self["squash_commit_sha"]?.commit ?? self["sha"]?.commit,
                at: self["merged_at"]?.instant
            )
        default: nil
        }
    }

    /// A fork that was deleted has no number any more.
    private var gitLabOrigin: PullRequest.Origin {
        guard let source = self["source_project_id"]?.integer else { return .gone }
        return source == self["target_project_id"]?.integer ? .same : .fork
    }

    /// A user; few answers mark a bot, but those that belong to tokens are named by a pattern.
    ///
    /// Source: docs.gitlab.com/user/project/settings/project_access_tokens, "Bot users for projects".
    var gitLabPerson: Person? {
        guard let id = self["id"]?.integer, id > 0, let login = self["username"]?.text, login.utf8.count <= 255 else {
            return nil
        }
        return Person(id: "\(id)", login: login, isBot: self["bot"]?.flag == true || Self.isGitLabBot(login))
    }

    private static func isGitLabBot(_ login: String) -> Bool {
        if login.hasPrefix("service_account_") { return true }
        let words = login.split(separator: "_", omittingEmptySubsequences: false)
        guard words.count >= 3, words[0] == "project" || words[0] == "group", Int(words[1]) != nil else { return false }
        return words[2].hasPrefix("bot")
    }

    /// A note that a person or a program wrote, and not GitLab itself.
    package func gitLabComment(on number: Int) -> Comment? {
        guard self["system"]?.flag != true, let id = self["id"]?.integer, id > 0,
            let created = self["created_at"]?.instant
        else { return nil }
        return Comment(
            id: CommentID(rawValue: "\(id)"),
            number: number,
            author: self["author"]?.gitLabPerson ?? .deletedAccount,
            text: (self["body"]?.text ?? "").beginning(ofBytes: 64 << 10),
            created: created,
            updated: self["updated_at"]?.instant ?? created
        )
    }

    /// A request's pipeline, where it runs in the request's own project on its very head.
    ///
    /// One of a fork, or on the merge result, takes no status of the head.
    func gitLabPipeline(of head: CommitID) -> GitLabPipeline? {
        guard let pipeline = self["head_pipeline"], let id = pipeline["id"]?.integer, id > 0,
            let ref = pipeline["ref"]?.text, pipeline["sha"]?.commit == head
        else { return nil }
        let own = self["target_project_id"]?.integer
        return pipeline["project_id"]?.integer ?? own == own ? GitLabPipeline(id: id, ref: ref) : nil
    }
}
