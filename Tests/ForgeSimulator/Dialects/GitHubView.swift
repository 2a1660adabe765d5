import Foundation
import JSON

/// What GitHub shows of the pretended repository; links lead nowhere, but each member that its description requires is
/// there.
struct GitHubView {
    let repository: PretendedRepository
    /// The API's base.
    let origin: String

    private typealias Repository = PretendedRepository

    func user(_ person: PretendedRepository.Person) -> JSONValue {
        let url = "\(origin)/users/\(person.login)"
        return JSONValue.object(
            of: "html_url followers_url following_url gists_url starred_url subscriptions_url organizations_url "
                + "repos_url events_url received_events_url avatar_url url",
            .string(url)
        ).with([
            "login": .string(person.login), "id": .int(person.id), "node_id": .string("U\(person.id)"),
            "gravatar_id": "", "type": .string(person.isBot ? "Bot" : "User"), "site_admin": false,
        ])
    }

    func user(_ id: Int) -> JSONValue {
        if let person = repository.people[id] { return user(person) }
        guard id == GitHubDialect.appAccount else { return .null }
        return user(.init(id: id, login: "mitregate[bot]", mayWrite: true, isBot: true))
    }

    func me(_ person: PretendedRepository.Person) -> ForgeReply {
        ForgeReply(
            200,
            user(person).with(JSONValue.object(of: "name company blog location email hireable bio", .null)).with([
                "blog": "", "public_repos": 1, "public_gists": 0, "followers": 0, "following": 0,
                "created_at": .time(repository.now), "updated_at": .time(repository.now), "private_gists": 0,
                "total_private_repos": 0, "owned_private_repos": 0, "disk_usage": 0, "collaborators": 0,
                "two_factor_authentication": true,
            ])
        )
    }

    func app(_ slug: String) -> JSONValue {
        [
            "id": 4711, "slug": .string(slug), "node_id": "A4711", "owner": user(2), "name": .string(slug),
            "description": .null, "external_url": "https://mitregate.example", "html_url": .string("\(origin)/apps"),
            "created_at": .time(repository.now), "updated_at": .time(repository.now),
            "permissions": ["pull_requests": "write"], "events": [],
        ]
    }

    func repository(of login: String) -> JSONValue {
        let isOurs = login == repository.owner
        let path = "\(login)/\(repository.name)"
        return JSONValue.object(
            of: "archive_url assignees_url blobs_url branches_url collaborators_url comments_url commits_url "
                + "compare_url contents_url contributors_url deployments_url downloads_url events_url forks_url "
                + "git_commits_url git_refs_url git_tags_url git_url issue_comment_url issue_events_url issues_url "
                + "keys_url labels_url languages_url merges_url milestones_url notifications_url pulls_url "
                + "releases_url ssh_url stargazers_url statuses_url subscribers_url subscription_url tags_url "
                + "teams_url trees_url clone_url hooks_url svn_url html_url url",
            .string("\(origin)/repos/\(path)")
        ).with(
            .object(
                of: "forks forks_count stargazers_count watchers_count size open_issues_count open_issues watchers",
                0
            )
        ).with(.object(of: "license description mirror_url homepage language", .null)).with(
            .object(of: "pushed_at created_at updated_at", .time(repository.now))
        ).with([
            "id": .int(isOurs ? GitHubDialect.repositoryID : 2_000), "node_id": "R", "name": .string(repository.name),
            "full_name": .string(path), "fork": .boolean(!isOurs), "default_branch": "main", "has_pages": false,
            "disabled": false, "private": .boolean(!repository.isPublic),
            "visibility": repository.isPublic ? "public" : "private",
            "owner": user(.init(id: isOurs ? 50 : 4, login: login, mayWrite: true)),
        ])
    }

    /// As the repository itself is told.
    var home: JSONValue {
        repository(of: repository.owner).with([
            "has_issues": true, "has_projects": false, "has_wiki": false, "has_discussions": false, "archived": false,
            "subscribers_count": 0, "network_count": 0,
        ])
    }

    var rateLimit: JSONValue {
        let reset = Int(repository.now.timeIntervalSince1970) + 1_800
        let rate: JSONValue = ["limit": 5_000, "remaining": 4_321, "reset": .int(reset), "used": 679]
        return ["resources": ["core": rate, "search": rate], "rate": rate]
    }

    var rules: JSONValue {
        guard !repository.required.isEmpty else { return [] }
        return [
            [
                "type": "required_status_checks", "ruleset_source_type": "Repository",
                "ruleset_source": .string(repository.path), "ruleset_id": 42,
                "parameters": [
                    "strict_required_status_checks_policy": false,
                    "required_status_checks": .array(repository.required.sorted().map { ["context": .string($0)] }),
                ],
            ]
        ]
    }

    private func branch(_ name: String, _ commit: String, of login: String?) -> JSONValue {
        [
            "label": .text(login.map { "\($0):\(name)" }), "ref": .string(name), "sha": .string(commit),
            "repo": login.map { repository(of: $0) } ?? .null,
            "user": login.map { user(.init(id: 50, login: $0, mayWrite: true)) } ?? .null,
        ]
    }

    /// As it stands in lists.
    func simple(_ request: PretendedRepository.Request) -> JSONValue {
        let url = "\(origin)/repos/\(repository.path)/pulls/\(request.number)"
        let links = ["comments", "commits", "statuses", "html", "issue", "review_comments", "review_comment", "self"]
        return JSONValue.object(
            of: "url diff_url patch_url issue_url commits_url review_comments_url review_comment_url comments_url "
                + "statuses_url",
            .string(url)
        ).with(.object(of: "milestone assignee auto_merge", .null)).with([
            "id": .int(request.number + 10_000), "node_id": .string("P\(request.number)"),
            "html_url": .string("https://git.example/\(repository.path)/pull/\(request.number)"),
            "number": .int(request.number), "state": request.isOpen ? "open" : "closed", "locked": false,
            "title": .string(request.title), "user": user(request.author), "body": .string(request.body), "labels": [],
        ]).with([
            "created_at": .time(request.created), "updated_at": .time(request.updated),
            "closed_at": request.isOpen ? .null : .time(request.updated), "merged_at": .time(request.mergedAt),
            "merge_commit_sha": .string(request.mergedAs ?? PretendedRepository.commit("try \(request.number)")),
            "head": branch(request.head, request.commit, of: repository.headOwner(request)),
            "base": branch(request.base, repository.tip(request.base), of: repository.owner),
            "_links": .object(links.map { .init(key: $0, value: ["href": .string(url)]) }),
            "author_association": "CONTRIBUTOR", "draft": .boolean(request.isDraft),
        ])
    }

    func whole(_ request: PretendedRepository.Request) -> JSONValue {
        simple(request).with([
            "merged": .boolean(request.mergedAs != nil), "mergeable": .null, "mergeable_state": "unknown",
            "merged_by": .null, "comments": 0, "review_comments": 0, "maintainer_can_modify": false, "commits": 1,
            "additions": 1, "deletions": 0, "changed_files": 1,
        ])
    }

    func review(_ review: PretendedRepository.Review, of request: PretendedRepository.Request) -> JSONValue {
        let state =
            switch review.verdict {
            case .approved: review.isDismissed ? "DISMISSED" : "APPROVED"
            case .changesRequested: review.isDismissed ? "DISMISSED" : "CHANGES_REQUESTED"
            case .commented: "COMMENTED"
            case .dismissed: "DISMISSED"
            }
        let url = JSONValue.string("\(origin)/repos/\(repository.path)/pulls/\(request.number)")
        return [
            "id": .int(review.id), "node_id": .string("V\(review.id)"), "user": user(review.author), "body": "",
            "state": .string(state), "html_url": url, "pull_request_url": url,
            "_links": ["html": ["href": url], "pull_request": ["href": url]], "submitted_at": .time(review.at),
            "commit_id": .string(review.commit), "author_association": "MEMBER",
        ]
    }

    func comment(_ comment: PretendedRepository.Comment) -> JSONValue {
        let url = "\(origin)/repos/\(repository.path)/issues/comments/\(comment.id)"
        return [
            "id": .int(comment.id), "node_id": .string("C\(comment.id)"), "url": .string(url),
            "html_url": .string(url), "body": .string(comment.text), "user": user(comment.author),
            "created_at": .time(comment.created), "updated_at": .time(comment.updated),
            "issue_url": .string("\(origin)/repos/\(repository.path)/issues/\(comment.number)"),
            "author_association": "MEMBER",
        ]
    }

    func reaction(_ content: String, by person: PretendedRepository.Person) -> JSONValue {
        [
            "id": 1, "node_id": "X", "user": user(person), "content": .string(content),
            "created_at": .time(repository.now),
        ]
    }

    func status(_ status: PretendedRepository.Status, _ creator: PretendedRepository.Person) -> JSONValue {
        [
            "url": .string("\(origin)/repos/\(repository.path)/statuses"), "avatar_url": .null, "id": .int(status.id),
            "node_id": .string("S\(status.id)"), "state": .string(status.state), "description": .string(status.text),
            "target_url": .text(status.link), "context": .string(status.context), "created_at": .time(status.at),
            "updated_at": .time(status.at), "creator": user(creator),
        ]
    }

    func permission(of person: PretendedRepository.Person) -> JSONValue {
        let role = JSONValue.string(person.mayWrite ? "write" : "read")
        return ["permission": role, "role_name": role, "user": user(person).with(["role_name": role])]
    }
}
