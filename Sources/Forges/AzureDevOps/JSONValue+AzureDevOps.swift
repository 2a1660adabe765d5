import FoundationEssentials
package import JSON

/// Azure DevOps' values, as far as they are read; what a value cannot do without makes it `nil`.
extension JSONValue {
    /// A pull request without its reviews.
    ///
    /// - Parameter head: Stands in where the answer names none, as right after a request was opened.
    package func azureRequest(head: CommitID? = nil, page: (Int) -> String) -> PullRequest? {
        guard let number = self["pullRequestId"]?.integer, number > 0,
            let commit = self["lastMergeSourceCommit"]?["commitId"]?.commit ?? head,
            let base = self["targetRefName"]?.text, base.utf8.count <= 1_024, let state = azureState,
            let created = self["creationDate"]?.instant
        else { return nil }
        let branch = self["sourceRefName"]?.text ?? ""
        return PullRequest(
            number: number,
            title: (self["title"]?.text ?? "").cut(to: 1_024),
            head: .init(
                commit: commit,
                branch: branch.utf8.count <= 1_024 ? branch.withoutPrefix("refs/heads/") : "",
                origin: self["forkSource"].map(\.isNull) ?? true ? .same : .fork
            ),
            base: .init(
                branch: base.withoutPrefix("refs/heads/"),
                commit: self["lastMergeTargetCommit"]?["commitId"]?.commit,
                isPublic: azureIsPublic
            ),
            author: self["createdBy"]?.azurePerson ?? .deletedAccount,
            state: state,
            isDraft: self["isDraft"]?.flag ?? false,
            reviews: [],
            // Nothing tells when a request changed: it was opened then, or ended.
            updated: self["closedDate"]?.instant ?? created,
            ref: azureRef(number, branch),
            page: page(number)
        )
    }

    /// A head in this repository is fetched by its branch.
    ///
    /// A fork's is in none, but the merge that the service tried has a ref here, and that head as a parent.
    private func azureRef(_ number: Int, _ branch: String) -> String {
        guard self["forkSource"].map(\.isNull) ?? true, branch.utf8.count <= 1_024 else {
            return "refs/pull/\(number)/merge"
        }
        return branch
    }

    /// The project's word; in some answers it is neither of the two.
    private var azureIsPublic: Bool? { self["repository"]?["project"]?.azureVisibility }

    private var azureState: PullRequest.State? {
        switch self["status"]?.text {
        case "active": .open
        case "abandoned": .closed
        case "completed": .merged(as: self["lastMergeCommit"]?["commitId"]?.commit, at: self["closedDate"]?.instant)
        default: nil
        }
    }

    /// The votes on a request; one of 0 is none, also where there was another before, and a group's is its members'.
    package var azureReviews: [Review] {
        (self["reviewers"]?.elements ?? []).compactMap { reviewer in
            guard reviewer["isContainer"]?.flag != true, let person = reviewer.azurePerson,
                let vote = reviewer["vote"]?.integer, vote != 0
            else { return nil }
            return Review(person: person, verdict: vote > 0 ? .approved : .changesRequested, at: nil, commit: nil)
        }
    }

    /// A user, or an account of the service's own, which the kind of its descriptor tells.
    ///
    /// Source: learn.microsoft.com/rest/api/azure/devops/graph, "subject descriptor".
    var azurePerson: Person? {
        guard let id = self["id"]?.text, !id.isEmpty, id.utf8.count <= 255 else { return nil }
        let descriptor = self["descriptor"]?.text ?? ""
        return Person(
            id: id.lowercased(),
            login: (self["uniqueName"]?.text ?? self["displayName"]?.text ?? id).cut(to: 255),
            isBot: ["svc.", "aadsp.", "s2s."].contains { descriptor.hasPrefix($0) }
        )
    }

    /// What people and programs wrote in a thread, and not what Azure DevOps wrote itself.
    package func azureComments(on number: Int) -> [Comment] {
        guard let thread = self["id"]?.integer, thread > 0, self["isDeleted"]?.flag != true else { return [] }
        return (self["comments"]?.elements ?? []).compactMap { comment in
            guard comment["commentType"]?.text != "system", comment["isDeleted"]?.flag != true,
                let id = comment["id"]?.integer, id > 0, let created = comment["publishedDate"]?.instant
            else { return nil }
            return Comment(
                id: AzureCommentPlace(thread: thread, comment: id).id,
                number: number,
                author: comment["author"]?.azurePerson ?? .deletedAccount,
                text: (comment["content"]?.text ?? "").beginning(ofBytes: 64 << 10),
                created: created,
                updated: comment["lastContentUpdatedDate"]?.instant ?? created
            )
        }
    }
}

extension String {
    func withoutPrefix(_ prefix: String) -> String { hasPrefix(prefix) ? String(dropFirst(prefix.count)) : self }
}

/// Where a comment is: `THREAD/COMMENT`, as a comment's number counts within its thread alone.
struct AzureCommentPlace: Hashable, Sendable {
    var thread: Int
    var comment: Int

    init(thread: Int, comment: Int) {
        self.thread = thread
        self.comment = comment
    }

    init?(_ id: CommentID) {
        let parts = id.rawValue.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
        guard parts.count == 2, let thread = parts[0], let comment = parts[1], thread > 0, comment > 0 else {
            return nil
        }
        self.init(thread: thread, comment: comment)
    }

    var id: CommentID { CommentID(rawValue: "\(thread)/\(comment)") }
}
