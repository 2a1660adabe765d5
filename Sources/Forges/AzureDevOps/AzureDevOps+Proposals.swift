import JSON
import Transfers

extension AzureDevOps {
    func propose(_ proposal: Proposal) async throws(ForgeError) -> Int {
        let call = ForgeRequest(
            .post,
            path("pullrequests"),
            query: [Self.version],
            body: [
                "sourceRefName": .string("refs/heads/\(proposal.head)"),
                "targetRefName": .string("refs/heads/\(proposal.base)"), "title": .string(proposal.title),
                "description": .string(proposal.description),
            ],
            asked: "a request from \(proposal.head) into \(proposal.base) of \(repository)"
        )
        do throws(ForgeError) {
            guard let number = try await connection.send(call).json["pullRequestId"]?.integer, number > 0 else {
                throw ForgeFailure.unreadable(connection.rules, call, "the new request has no number")
            }
            return number
        } catch {
            guard error.reason == .conflict, let number = try await openRequest(for: proposal) else { throw error }
            try await change(
                number,
                to: ["title": .string(proposal.title), "description": .string(proposal.description)],
                asked: "a new description of \(asked(number))"
            )
            return number
        }
    }

    private func openRequest(for proposal: Proposal) async throws(ForgeError) -> Int? {
        let call = ForgeRequest(
            path: path("pullrequests"),
            query: [
                ("searchCriteria.status", "active"), ("searchCriteria.sourceRefName", "refs/heads/\(proposal.head)"),
                ("searchCriteria.targetRefName", "refs/heads/\(proposal.base)"), Self.version,
            ],
            asked: "the open request from \(proposal.head) of \(repository)"
        )
        let found = try await elements(call).first { $0["forkSource"].map(\.isNull) ?? true }
        return found?["pullRequestId"]?.integer
    }

    func close(_ number: Int) async throws(ForgeError) {
        do throws(ForgeError) {
            try await change(number, to: ["status": "abandoned"], asked: "the closing of \(asked(number))")
        } catch {
            // One that is merged or closed already is refused.
            guard error.reason == .conflict || error.reason == .invalid else { throw error }
            guard try await pullRequest(number).state != .open else { throw error }
        }
    }

    private func change(_ number: Int, to body: JSONValue, asked: String) async throws(ForgeError) {
        let path = path("pullrequests", "\(number)")
        _ = try await connection.send(ForgeRequest(.patch, path, query: [Self.version], body: body, asked: asked))
    }
}
