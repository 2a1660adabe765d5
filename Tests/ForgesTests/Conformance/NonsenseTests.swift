import ForgeSimulator
import Forges
import Foundation
import JSON
import Synchronization
import Testing

/// Whatever an answer holds, a call ends with a value or an error.
@Suite struct NonsenseTests {
    static let values: [JSONValue] = [
        .null, true, -1, .number("99999999999999999999999"), .number("1e400"), "", "\u{0}", [], [:], [[[]]],
        "99999999-01-01T00:00:00Z", "2026-02-30T25:61:61.Z", "2026-01-01T00:00:00.999999999999999999999999999999999Z",
        .string(String(repeating: "a", count: 40)), .string(String(repeating: "ß", count: 70_000)),
    ]

    /// The value with one member after the other replaced, down to three levels.
    private static func variants(_ json: JSONValue, by other: JSONValue, depth: Int = 0) -> [JSONValue] {
        guard depth < 3 else { return [] }
        switch json {
        case .object(let members):
            return members.indices.flatMap { index -> [JSONValue] in
                let inner = variants(members[index].value, by: other, depth: depth + 1)
                return ([other] + inner).map { value in
                    var changed = members
                    changed[index].value = value
                    return .object(changed)
                }
            }
        case .array(let elements):
            guard let first = elements.first else { return [] }
            return variants(first, by: other, depth: depth).map { .array([$0] + elements.dropFirst()) }
        default: return []
        }
    }

    @Test(arguments: ForgeUnderTest.all.filter { $0.kind != .forgejo }, values.indices)
    func `no member's value traps`(which: ForgeUnderTest, index: Int) async throws {
        try await withForge(which, isJudged: false) { scene in
            scene.server.change { repository in
                repository.open()
                repository.review(1, .approved)
                repository.comment(on: 1, "mitregate plan")
            }
            let forge = scene.forge
            let calls: [@Sendable () async throws -> Void] = [
                { _ = try await forge.pullRequest(1) },
                { _ = try await forge.open(into: "main", since: .distantPast) },
                { _ = try await forge.comments(on: 1, since: .distantPast) },
                { _ = try await forge.ourselves() },
                { _ = try await forge.mayWrite(Person(id: "3", login: "reviewer")) },
            ]
            for call in calls {
                let answers = Answers()
                scene.server.fail(.altered { answers.add($0.json) }, times: 1)
                try? await call()
                let kept = Self.relevant(answers.first ?? .null)
                for variant in Self.variants(kept, by: Self.values[index]) {
                    scene.server.fail(.altered { $0.json = variant }, times: 1)
                    do {
                        try await call()
                    } catch {
                        #expect(error is ForgeError)
                    }
                }
            }
        }
    }

    /// Without the members that are not read: they are many, and all alike.
    private static func relevant(_ json: JSONValue) -> JSONValue {
        let read: Set<String> = [
            "number", "title", "head", "base", "sha", "ref", "repo", "id", "user", "login", "type", "state", "merged",
            "merged_at", "merge_commit_sha", "updated_at", "created_at", "html_url", "draft", "body", "permission",
            "iid", "target_branch", "source_branch", "source_project_id", "author", "username", "access_level",
            "head_pipeline", "value", "pullRequestId", "status", "createdBy", "uniqueName", "creationDate",
            "sourceRefName", "targetRefName", "lastMergeSourceCommit", "commitId", "reviewers", "vote", "comments",
            "content", "publishedDate", "commentType", "authenticatedUser", "project",
        ]
        switch json {
        case .object(let members):
            return .object(
                members.filter { read.contains($0.key) }.map { .init(key: $0.key, value: relevant($0.value)) }
            )
        case .array(let elements): return .array(elements.map { relevant($0) })
        default: return json
        }
    }
}

/// Keeps what a server was about to answer.
private final class Answers: Sendable {
    private let kept = Mutex<[JSONValue?]>([])

    func add(_ json: JSONValue?) { kept.withLock { $0.append(json) } }
    var first: JSONValue? { kept.withLock { $0.first ?? nil } }
}
