import Foundation
import JSON

/// What GitLab shows of the pretended repository.
struct GitLabView {
    /// The project's number, and that of a fork of it.
    static let project = 4_580
    static let fork = 4_581

    let repository: PretendedRepository
    let origin: String

    private var page: String { "https://git.example/\(repository.path)" }

    func user(_ person: PretendedRepository.Person) -> JSONValue {
        let user: JSONValue = [
            "id": .int(person.id), "username": .string(person.login), "name": .string(person.login), "state": "active",
            "locked": false, "avatar_url": .null, "web_url": .string("https://git.example/\(person.login)"),
        ]
        return person.isBot ? user.with(["bot": true]) : user
    }

    func user(_ id: Int) -> JSONValue { repository.people[id].map { user($0) } ?? .null }

    func me(_ person: PretendedRepository.Person) -> JSONValue {
        user(person).with(["email": .string("\(person.login)@contoso.example"), "created_at": .time(repository.now)])
    }

    var projectValue: JSONValue {
        [
            "id": .int(Self.project), "name": .string(repository.name), "path": .string(repository.name),
            "path_with_namespace": .string(repository.path), "default_branch": "main", "web_url": .string(page),
            "visibility": repository.isPublic ? "public" : "private",
            "merge_trains_enabled": repository.hasTrains ? "true" : "false",
            "only_allow_merge_if_pipeline_succeeds": .boolean(!repository.required.isEmpty),
        ]
    }

    private func state(_ request: PretendedRepository.Request) -> JSONValue {
        if request.mergedAs != nil { return "merged" }
        return request.isOpen ? "opened" : "closed"
    }

    /// A request as listings show it.
    func request(_ request: PretendedRepository.Request) -> JSONValue {
        // The description has no word for a fork that is gone; it is left out here, and `null` in GitLab's database.
        let source: JSONValue =
            switch request.origin {
            case .same: ["source_project_id": .int(Self.project)]
            case .fork: ["source_project_id": .int(Self.fork)]
            case .gone: [:]
            }
        return JSONValue.object(of: "milestone assignee squash_commit_sha closed_by merged_by discussion_locked", .null)
            .with([
                "id": .int(900_000 + request.number), "iid": .int(request.number), "project_id": .int(Self.project),
                "title": .string(request.title), "description": .string(request.body), "state": state(request),
                "created_at": .time(request.created), "updated_at": .time(request.updated),
                "merged_at": .time(request.mergedAt), "target_branch": .string(request.base),
                "source_branch": .string(request.head),
                "target_project_id": .int(Self.project), "author": user(request.author), "assignees": [],
            ]).with([
                "reviewers": [], "labels": [], "draft": .boolean(request.isDraft),
                "work_in_progress": .boolean(request.isDraft), "merge_status": "can_be_merged",
                "detailed_merge_status": "mergeable", "sha": .string(request.commit),
                "merge_commit_sha": .text(request.mergedAs), "squash": false, "has_conflicts": false,
                "web_url": .string("\(page)/-/merge_requests/\(request.number)"),
            ]).with(source)
    }

    /// A request as it is shown alone.
    func whole(_ shown: PretendedRepository.Request) -> JSONValue {
        let start = JSONValue.string(repository.tip(shown.base))
        return request(shown).with([
            "diff_refs": ["base_sha": start, "head_sha": .string(shown.commit), "start_sha": start],
            "head_pipeline": headPipeline(of: shown),
            "subscribed": false, "changes_count": "1",
        ])
    }

    /// The newest: that of the train while the request waits in one.
    private func headPipeline(of request: PretendedRepository.Request) -> JSONValue {
        if let commit = repository.trains[request.number], let id = repository.pipelines[commit] {
            return pipeline(id, on: commit, "train", of: request)
        }
        return repository.pipelines[request.commit].map { pipeline($0, on: request.commit, "head", of: request) }
            ?? .null
    }

    private func pipeline(
        _ id: Int,
        on commit: String,
        _ place: String,
        of request: PretendedRepository.Request
    ) -> JSONValue {
        [
            "id": .int(id), "iid": 1, "project_id": .int(Self.project), "sha": .string(commit),
            "ref": .string("refs/merge-requests/\(request.number)/\(place)"), "status": "running",
            "source": "merge_request_event", "created_at": .time(request.updated), "updated_at": .time(request.updated),
            "web_url": .string("\(page)/-/pipelines/\(id)"),
        ]
    }

    /// Those whose latest word is an approval; there is no other word here.
    func approvals(of request: PretendedRepository.Request) -> JSONValue {
        var latest: [Int: PretendedRepository.Review] = [:]
        for review in request.reviews where review.verdict != .commented { latest[review.author] = review }
        let people = latest.values.filter { $0.verdict == .approved && !$0.isDismissed }.map(\.author).sorted()
        return [
            "user_has_approved": false, "user_can_approve": true, "approved": .boolean(!people.isEmpty),
            "approved_by": .array(people.map { ["user": user($0)] }),
        ]
    }

    func note(_ comment: PretendedRepository.Comment) -> JSONValue {
        [
            "id": .int(comment.id), "type": .null, "body": .string(comment.text), "attachment": .null,
            "author": user(comment.author), "created_at": .time(comment.created), "updated_at": .time(comment.updated),
            "system": false, "noteable_id": .int(900_000 + comment.number), "noteable_type": "MergeRequest",
            "project_id": .int(Self.project), "resolvable": false, "confidential": false, "internal": false,
            "noteable_iid": .int(comment.number),
        ]
    }

    /// What GitLab writes itself among the notes.
    func systemNote(on request: PretendedRepository.Request) -> JSONValue {
        let comment = PretendedRepository.Comment(
            id: 1,
            number: request.number,
            author: request.author,
            text: "added 1 commit",
            created: request.created,
            updated: request.updated
        )
        return note(comment).with(["system": true])
    }

    func award(_ name: String, by person: PretendedRepository.Person, on id: Int) -> JSONValue {
        [
            "id": .int(id), "name": .string(name), "user": user(person), "created_at": .time(repository.now),
            "updated_at": .time(repository.now), "awardable_id": .int(id), "awardable_type": "Note",
        ]
    }

    func member(_ person: PretendedRepository.Person) -> JSONValue {
        user(person).with(["access_level": 30, "membership_state": "active", "expires_at": .null])
    }

    /// - Parameter word: The state in GitLab's words.
    func status(
        _ status: PretendedRepository.Status,
        _ word: String,
        of commit: String,
        _ author: PretendedRepository.Person
    ) -> JSONValue {
        [
            "id": .int(status.id), "sha": .string(commit), "ref": .null, "status": .string(word),
            "name": .string(status.context), "target_url": .text(status.link), "description": .string(status.text),
            "created_at": .time(status.at), "started_at": .null, "finished_at": .null, "allow_failure": false,
            "coverage": .null, "author": user(author),
        ]
    }
}
