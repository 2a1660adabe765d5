import ForgeSimulator
import Forges
import Foundation
import JSON
import Testing

/// The pretended Gitea gives what the real one gave to the same requests: the status, and members of the same kinds.
@Suite(.enabled(if: Recording.areAtHand, "other tests run it on facts restated; FORGE_FACTS names recordings"))
struct GiteaReplayTests {
    /// What happens between the recorded requests, by the title of the request that it comes before.
    private static func prepare(_ repository: inout PretendedRepository, before title: String) {
        switch title {
        case "react to it": repository.comments[3]?.author = 3
        case "reviews": repository.review(1, .approved)
        case "after a force-push: the pull request": repository.push(to: 1, force: true)
        case "the merged pull request": repository.merge(1)
        case "a pull request whose fork is gone":
            repository.requests[3]?.origin = .gone
            repository.close(3)
        default: break
        }
    }

    @Test func `the recorded conversation goes as recorded`() throws {
        let dialect = GiteaDialect(version: .old)
        var repository = PretendedRepository()
        for branch in ["partner-bank", "second", "mitregate/drift/contoso"] {
            repository.branches[branch] = PretendedRepository.commit(branch)
        }
        var played = 0
        var commits: [String: String] = [:]
        for exchange in Recording.exchanges("gitea") where Self.isSpoken(exchange) {
            Self.prepare(&repository, before: exchange.title)
            var call = exchange.call
            let caller = try #require(repository.person(exchange.caller ?? "mitregate") ?? repository.person("author"))
            // Commits have names of their own here.
            if let recorded = call.path.split(separator: "/").last.map(String.init), call.path.contains("/statuses/") {
                let known = commits[recorded] ?? repository.requests[repository.requests.keys.max() ?? 1]?.commit ?? ""
                if recorded.count == 40, recorded.contains(where: { $0 != "0" }) {
                    commits[recorded] = known
                    call.path = call.path.replacing(recorded, with: known)
                } else if recorded.count == 10 {
                    call.path = call.path.replacing(recorded, with: known.prefix(10))
                }
            }
            let reply = dialect.reply(to: call, from: caller, in: &repository, origin: "http://127.0.0.1:23000")
            #expect(reply.status == exchange.reply.status, "\(exchange.title)")
            if reply.status < 300 {
                let difference = Self.difference(exchange.reply.json ?? .null, reply.json ?? .null, at: "answer")
                #expect(difference == [], "\(exchange.title)")
            }
            played += 1
        }
        #expect(played >= 50)
    }

    /// Whether the pretended server knows such a call; comments are found by ids of its own, so that some are left out.
    private static func isSpoken(_ exchange: Exchange) -> Bool {
        guard let path = exchange.call.segmentsOfRepository else { return exchange.call.path == "/api/v1/user" }
        // Without a token, with a body that is no JSON, or with an answer that was too large to keep.
        guard exchange.caller != nil, exchange.caller != "None" else { return false }
        let isBroken = exchange.title == "a body that is no JSON"
        switch (exchange.call.method, path.first, path.count) {
        case ("GET", "pulls", 1), ("GET", "assignees", 1), ("POST", "pulls", 1), ("POST", "statuses", 2): return true
        case ("GET", "pulls", 2), ("PATCH", "pulls", 2): return true
        case ("GET", "pulls", 3): return path[2] == "reviews"
        case ("GET", "issues", 3), ("POST", "issues", 3): return path[2] == "comments" && !isBroken
        default: return false
        }
    }

    /// Where two answers differ in what members they have, or of what kind these are; either may have `null`.
    private static func difference(_ recorded: JSONValue, _ ours: JSONValue, at place: String) -> [String] {
        switch (recorded, ours) {
        case (.null, _), (_, .null), (.string, .string), (.number, .number), (.boolean, .boolean): return []
        case (.array(let first), .array(let second)):
            guard let one = first.first, let other = second.first else { return [] }
            return difference(one, other, at: "\(place)[0]")
        case (.object(let first), .object(let second)):
            let (left, right) = (Set(first.map(\.key)), Set(second.map(\.key)))
            let missing = left.symmetricDifference(right).sorted().map { "\(place).\($0): only one has it" }
            return missing
                + first.flatMap { member in
                    ours[member.key].map { difference(member.value, $0, at: "\(place).\(member.key)") } ?? []
                }
        default: return ["\(place): of another kind"]
        }
    }
}

extension ForgeCall {
    fileprivate var segmentsOfRepository: [String]? {
        guard let segments = segments(below: "/api/v1"), segments.starts(with: ["repos", "contoso", "mail-flow"]),
            segments.count > 3
        else { return nil }
        return Array(segments.dropFirst(3))
    }
}
