import Foundation
import JSON

/// What Azure DevOps shows of the pretended repository.
struct AzureDevOpsView {
    static let projectID = "6ce954b1-0000-4000-8000-000000000001"
    static let repositoryID = "278d5cd2-0000-4000-8000-000000000002"
    /// In a list a description is cut to so many characters.
    static let shownDescription = 400

    let repository: PretendedRepository

    static func guid(_ id: Int) -> String {
        let digits = String(id)
        return "00000000-0000-4000-8000-" + String(repeating: "0", count: max(12 - digits.count, 0)) + digits
    }

    /// The person with an id; `nil` for none.
    func person(_ guid: String) -> PretendedRepository.Person? {
        repository.people.values.first { Self.guid($0.id) == guid.lowercased() }
    }

    static func descriptor(_ person: PretendedRepository.Person) -> String {
        "Microsoft.IdentityModel.Claims.ClaimsIdentity;\(projectID)\\\(person.login)"
    }

    func user(_ id: Int) -> JSONValue {
        guard let person = repository.people[id] else { return .null }
        return [
            "id": .string(Self.guid(id)), "displayName": .string(person.login), "uniqueName": .string(person.login),
            "descriptor": .string("\(person.isBot ? "svc" : "aad").\(id)"),
            "url": .string("https://dev.azure.com/\(repository.owner)/_apis/Identities/\(Self.guid(id))"),
        ]
    }

    func me(_ person: PretendedRepository.Person) -> JSONValue {
        [
            "authenticatedUser": [
                "id": .string(Self.guid(person.id)), "providerDisplayName": .string(person.login), "isActive": true,
                "properties": ["Account": ["$type": "System.String", "$value": .string(person.login)]],
            ]
        ]
    }

    var repositoryValue: JSONValue {
        [
            "id": .string(Self.repositoryID), "name": .string(repository.name),
            "project": [
                "id": .string(Self.projectID), "name": .string(repository.owner), "state": "wellFormed",
                "visibility": repository.isPublic ? "public" : "private",
            ],
            "defaultBranch": "refs/heads/main", "size": 728,
        ]
    }

    /// One for each required status, as the service keeps them.
    var policies: [JSONValue] {
        repository.required.sorted().enumerated().map { index, context in
            [
                "id": .int(index + 1), "isEnabled": true, "isBlocking": true, "isDeleted": false,
                "settings": [
                    "statusGenre": "mitregate", "statusName": .string(String(context.dropFirst("mitregate/".count))),
                    "scope": [
                        [
                            "refName": "refs/heads/main", "matchKind": "Exact",
                            "repositoryId": .string(Self.repositoryID),
                        ]
                    ],
                ],
            ]
        }
    }

    private func commit(_ name: String) -> JSONValue { ["commitId": .string(name)] }

    func request(_ request: PretendedRepository.Request, isListed: Bool) -> JSONValue {
        let status: JSONValue = request.mergedAs != nil ? "completed" : request.isOpen ? "active" : "abandoned"
        let body = String(String.UnicodeScalarView(request.body.unicodeScalars.prefix(Self.shownDescription)))
        var result: JSONValue = [
            "repository": repositoryValue, "pullRequestId": .int(request.number), "codeReviewId": .int(request.number),
            "status": status, "createdBy": user(request.author), "creationDate": .time(request.created),
            "title": .string(request.title), "description": .string(isListed ? body : request.body),
            "sourceRefName": .string("refs/heads/\(request.head)"),
            "targetRefName": .string("refs/heads/\(request.base)"), "mergeStatus": "succeeded",
            "isDraft": .boolean(request.isDraft), "lastMergeSourceCommit": commit(request.commit),
            "lastMergeTargetCommit": commit(repository.tip(request.base)), "reviewers": reviewers(of: request),
        ]
        if let merged = request.mergedAs { result = result.with(["lastMergeCommit": commit(merged)]) }
        if !request.isOpen { result = result.with(["closedDate": .time(request.mergedAt ?? request.updated)]) }
        if request.origin != .same {
            result = result.with([
                "forkSource": [
                    "name": .string("refs/heads/\(request.head)"),
                    "repository": ["id": "278d5cd2-0000-4000-8000-000000000003", "name": "fork", "isFork": true],
                ]
            ])
        }
        return result
    }

    /// Each person's vote, and one of a group, which belongs to no person.
    private func reviewers(of request: PretendedRepository.Request) -> JSONValue {
        var votes: [Int: Int] = [:]
        for review in request.reviews {
            switch review.verdict {
            case .approved: votes[review.author] = review.isDismissed ? 0 : 10
            case .changesRequested: votes[review.author] = -10
            case .dismissed: votes[review.author] = 0
            case .commented: votes[review.author] = votes[review.author] ?? 0
            }
        }
        guard !votes.isEmpty else { return [] }
        let people = votes.sorted { $0.key < $1.key }.map { id, vote in
            user(id).with(["vote": .int(vote), "hasDeclined": false, "isFlagged": false])
        }
        let group: JSONValue = [
            "id": "00000000-0000-4000-8000-00000000aaaa", "displayName": "[contoso]\\Reviewers", "isContainer": true,
            "uniqueName": "vstfs:///Classification/TeamProject\\Reviewers", "vote": 10,
        ]
        return .array(people + [group])
    }

    /// The pushes to a request, from 1 on.
    func iterations(of request: PretendedRepository.Request) -> JSONValue {
        let pushes = (request.earlier + [request.commit]).enumerated().map { index, name -> JSONValue in
            [
                "id": .int(index + 1), "createdDate": .time(request.created), "updatedDate": .time(request.updated),
                "sourceRefCommit": commit(name), "targetRefCommit": commit(repository.tip(request.base)),
                "reason": index == 0 ? "create" : "push", "author": user(request.author),
            ]
        }
        return list(pushes)
    }

    func list(_ elements: [JSONValue]) -> JSONValue {
        ["count": .int(elements.count), "value": .array(elements)]
    }

    /// A comment, as it is shown in its thread.
    func comment(_ comment: PretendedRepository.Comment, _ place: Int) -> JSONValue {
        [
            "id": .int(place), "parentCommentId": .int(place == 1 ? 0 : 1), "author": user(comment.author),
            "content": .string(comment.text), "publishedDate": .time(comment.created),
            "lastUpdatedDate": .time(comment.updated), "lastContentUpdatedDate": .time(comment.updated),
            "commentType": "text",
            "usersLiked": .array((comment.reactions["like"] ?? []).sorted().map(user)),
        ]
    }

    /// The comments of a thread: the one that began it, and the replies.
    func comments(in thread: Int) -> [PretendedRepository.Comment] {
        repository.comments.values.filter { $0.id == thread || $0.parent == thread }.sorted { $0.id < $1.id }
    }

    func thread(_ root: PretendedRepository.Comment) -> JSONValue {
        let comments = comments(in: root.id)
        let thread: JSONValue = [
            "pullRequestThreadContext": .null, "id": .int(root.id), "publishedDate": .time(root.created),
            "lastUpdatedDate": .time(comments.map(\.updated).max() ?? root.updated),
            "comments": .array(comments.enumerated().map { comment($1, $0 + 1) }), "threadContext": .null,
            "properties": [:], "isDeleted": false,
        ]
        return repository.closedThreads.contains(root.id) ? thread.with(["status": "closed"]) : thread
    }

    /// What Azure DevOps writes itself among the threads.
    func systemThread(on request: PretendedRepository.Request) -> JSONValue {
        [
            "pullRequestThreadContext": .null, "id": 1, "publishedDate": .time(request.created),
            "lastUpdatedDate": .time(request.updated),
            "comments": [
                [
                    "id": 1, "parentCommentId": 0, "author": user(request.author),
                    "content": "Policy status has been updated", "publishedDate": .time(request.updated),
                    "lastUpdatedDate": .time(request.updated), "lastContentUpdatedDate": .time(request.updated),
                    "commentType": "system",
                ]
            ], "threadContext": .null, "properties": [:], "isDeleted": false,
        ]
    }

    func status(_ body: JSONValue, _ id: Int, by person: PretendedRepository.Person) -> JSONValue {
        body.with([
            "id": .int(id), "createdBy": user(person.id), "creationDate": .time(repository.now),
            "updatedDate": .time(repository.now),
        ])
    }

    func permissions(of person: PretendedRepository.Person) -> JSONValue {
        let bits = person.mayWrite ? 118 : 2
        let descriptor = Self.descriptor(person)
        return list([
            [
                "inheritPermissions": true, "includeExtendedInfo": true,
                "token": .string("repoV2/\(Self.projectID)/\(Self.repositoryID)"),
                "acesDictionary": .object([
                    JSONValue.Member(
                        key: descriptor,
                        value: [
                            "allow": 0, "deny": 0,
                            "extendedInfo": ["inheritedAllow": .int(bits), "effectiveAllow": .int(bits)],
                        ]
                    )
                ]),
            ]
        ])
    }

    func identity(_ person: PretendedRepository.Person) -> JSONValue {
        let parts = Self.descriptor(person).split(separator: ";")
        return [
            "id": .string(Self.guid(person.id)), "providerDisplayName": .string(person.login), "isActive": true,
            "descriptor": ["identityType": .string(String(parts[0])), "identifier": .string(String(parts[1]))],
        ]
    }
}
