import Foundation
import JSON

/// What Gitea shows of the pretended repository: the members that a real one was seen to send.
struct GiteaView {
    let repository: PretendedRepository
    let origin: String
    let showsDraft: Bool

    private static let never: JSONValue = "0001-01-01T00:00:00Z"

    func user(_ person: PretendedRepository.Person) -> JSONValue {
        JSONValue.object(of: "login_name full_name language location website description", "").with(
            .object(of: "is_admin restricted active prohibit_login", false)
        ).with(.object(of: "followers_count following_count starred_repos_count", 0)).with([
            "id": .int(person.id), "login": .string(person.login), "username": .string(person.login),
            "email": .string("\(person.login)@noreply.git.example"), "avatar_url": "https://git.example/avatars/1",
            "last_login": Self.never, "created": .time(repository.now), "visibility": "public",
        ])
    }

    func user(_ id: Int) -> JSONValue { repository.people[id].map { user($0) } ?? .null }

    /// As the repository itself is told.
    var home: JSONValue { repository(of: repository.owner) }

    func branch(_ name: String) -> JSONValue {
        let isProtected = name == "main" && !repository.required.isEmpty
        return [
            "name": .string(name), "protected": .boolean(isProtected), "required_approvals": 0,
            "enable_status_check": .boolean(isProtected),
            "status_check_contexts": isProtected ? .array(repository.required.sorted().map { .string($0) }) : [],
            "user_can_push": true, "user_can_merge": true, "effective_branch_protection_name": "",
        ]
    }

    private func repository(of login: String) -> JSONValue {
        let isOurs = login == repository.owner
        let url = "\(origin)/\(login)/\(repository.name)"
        return JSONValue.object(
            of: "description language link original_url website avatar_url mirror_interval",
            ""
        ).with(isOurs ? tracker : .object([])).with(
            .object(
                of: "empty template mirror archived has_packages has_actions ignore_whitespace_conflicts "
                    + "default_delete_branch_after_merge default_allow_maintainer_edit internal",
                false
            )
        ).with(
            .object(
                of: "has_issues has_wiki has_pull_requests has_projects has_releases allow_merge_commits allow_rebase "
                    + "allow_rebase_explicit allow_squash_merge allow_rebase_update",
                true
            )
        ).with(
            .object(
                of: "size stars_count forks_count watchers_count open_issues_count open_pr_counter release_counter",
                0
            )
        ).with(.object(of: "languages_url html_url url clone_url ssh_url", .string(url))).with([
            "id": .int(isOurs ? 1 : 2), "owner": user(.init(id: 50, login: login, mayWrite: true)),
            "name": .string(repository.name), "full_name": .string("\(login)/\(repository.name)"),
            "fork": .boolean(!isOurs), "private": .boolean(!repository.isPublic), "parent": .null,
            "default_branch": "main", "created_at": .time(repository.now),
            "updated_at": .time(repository.now), "archived_at": "1970-01-01T00:00:00Z",
            "permissions": ["admin": false, "push": true, "pull": true],
        ]).with([
            "default_merge_style": "merge", "mirror_updated": Self.never, "repo_transfer": .null,
        ])
    }

    /// Forks have no issues of their own, and so nothing that tracks them.
    private var tracker: JSONValue {
        [
            "internal_tracker": [
                "enable_time_tracker": true, "allow_only_contributors_to_track_time": true,
                "enable_issue_dependencies": true,
            ]
        ]
    }

    func request(_ request: PretendedRepository.Request) -> JSONValue {
        let url = "\(origin)/\(repository.path)/pulls/\(request.number)"
        let head: JSONValue
        if let login = repository.headOwner(request) {
            head = [
                "label": .string(request.head), "ref": .string(request.head), "sha": .string(request.commit),
                "repo_id": .int(login == repository.owner ? 1 : 2), "repo": repository(of: login),
            ]
        } else {
            head = [
                "label": .string(request.head), "ref": .string("refs/pull/\(request.number)/head"),
                "sha": .string(request.commit), "repo_id": -1, "repo": .null,
            ]
        }
        let base: JSONValue = [
            "label": .string(request.base), "ref": .string(request.base),
            "sha": .string(repository.tip(request.base)), "repo_id": 1, "repo": repository(of: repository.owner),
        ]
        let result = JSONValue.object(of: "milestone assignee assignees requested_reviewers due_date", .null).with([
            "id": .int(request.number), "url": .string(url), "number": .int(request.number),
            "user": user(request.author), "title": .string(request.title), "body": .string(request.body),
            "labels": [], "state": request.isOpen ? "open" : "closed", "is_locked": false, "comments": 0,
            "html_url": .string(url), "diff_url": .string("\(url).diff"), "patch_url": .string("\(url).patch"),
        ]).with([
            "mergeable": false, "merged": .boolean(request.mergedAs != nil), "merged_at": .time(request.mergedAt),
            "merge_commit_sha": .text(request.mergedAs),
            "merged_by": request.mergedAs == nil ? .null : user(request.author), "allow_maintainer_edit": false,
            "base": base, "head": head, "merge_base": .string(repository.tip(request.base)),
            "created_at": .time(request.created), "updated_at": .time(request.updated),
            "closed_at": request.isOpen ? .null : .time(request.updated), "pin_order": 0,
        ])
        return showsDraft ? result.with(["draft": .boolean(request.isDraft)]) : result
    }

    func review(_ review: PretendedRepository.Review, of request: PretendedRepository.Request) -> JSONValue {
        let state =
            switch review.verdict {
            case .approved, .dismissed: "APPROVED"
            case .changesRequested: "REQUEST_CHANGES"
            case .commented: "COMMENT"
            }
        let url = JSONValue.string("\(origin)/\(repository.path)/pulls/\(request.number)")
        return [
            "id": .int(review.id), "user": user(review.author), "team": .null, "state": .string(state), "body": "",
            "commit_id": .string(review.commit), "stale": .boolean(review.isStale), "official": true,
            "dismissed": .boolean(review.isDismissed || review.verdict == .dismissed), "comments_count": 0,
            "submitted_at": .time(review.at), "updated_at": .time(review.at), "html_url": url, "pull_request_url": url,
        ]
    }

    func comment(_ comment: PretendedRepository.Comment) -> JSONValue {
        let url = "\(origin)/\(repository.path)/pulls/\(comment.number)"
        return [
            "id": .int(comment.id), "html_url": .string("\(url)#issuecomment-\(comment.id)"),
            "pull_request_url": .string(url), "issue_url": "", "user": user(comment.author), "original_author": "",
            "original_author_id": 0, "body": .string(comment.text), "assets": [],
            "created_at": .time(comment.created), "updated_at": .time(comment.updated),
        ]
    }

    func reaction(_ content: String, by person: PretendedRepository.Person) -> JSONValue {
        ["user": user(person), "content": .string(content), "created_at": .time(repository.now)]
    }

    func status(_ status: PretendedRepository.Status, of commit: String) -> JSONValue {
        [
            "id": .int(status.id), "status": .string(status.state), "target_url": .string(status.link ?? ""),
            "description": .string(status.text), "context": .string(status.context),
            "creator": status.author.map { user($0) } ?? .null,
            "url": .string("\(origin)/api/v1/repos/\(repository.path)/statuses/\(commit)"),
            "created_at": .time(status.at), "updated_at": .time(status.at),
        ]
    }
}
