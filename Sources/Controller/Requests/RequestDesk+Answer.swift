import Configuration
import Connectors
import Forges
import FoundationEssentials
import GitRepositories
import PullRequests
import Reconciling
package import Reports

/// What was written on one request.
package struct WrittenRequest: Sendable {
    /// The request's page, for people.
    package var page: String
    /// The plans that it was made of.
    package var plans: [TenantPlan]
    /// Why there is none, where there is none.
    package var reason: String?

    package var exitStatus: ExitStatus { reason == nil ? .combined(plans.map(\.exitStatus)) : .held }
}

extension RequestDesk {
    /// Looks at one request, whether or not anything moved, and answers on it: what `mitregate comment` does.
    ///
    /// - Throws: `RunStop`.
    package func answer(_ number: Int) async throws -> WrittenRequest {
        guard let source, let snapshot = await tools.branch(source) else {
            throw RunStop.notAnswered("The source \"\(name)\" has no forge, or was not fetched.", "Add forge to it.")
        }
        guard await load() else {
            throw RunStop.notAnswered(unread?.message ?? "The store cannot be read.", unread?.remedy ?? "")
        }
        do {
            let forge = try connect(source)
            let visit = Visit(
                source: source,
                snapshot: snapshot,
                forge: forge,
                mirror: try SourceReader.requests(of: source, at: snapshot, environment),
                states: [:],
                began: now,
                hinted: [],
                plansAnew: true
            )
            // From here on it is to be found out what is merged.
            memory.settled = memory.settled ?? snapshot.commit.id
            ourselves = try await forge.ourselves()
            let request = try await forge.pullRequest(number)
            guard request.state == .open, request.base.branch == source.branch else {
                let branch = request.base.branch.escapingControls
                throw RunStop.notAnswered(
                    request.state == .open
                        ? "Request \(number) is for the branch \(branch), but the source follows \(source.branch)."
                        : "Request \(number) is not open any more.",
                    "Name an open request against \(source.branch)."
                )
            }
            try await find(comments: request, forge)
            if let trouble = await look(at: request, visit) {
                throw RunStop.notAnswered(trouble.message, trouble.remedy)
            }
            return answer(request)
        } catch let error as ForgeError {
            throw RunStop.notAnswered(error.message, error.remedy)
        }
    }

    private func answer(_ request: PullRequest) -> WrittenRequest {
        let known = book[request.number]
        let touched = known?.touched ?? []
        var reason: String?
        switch known?.standing {
        case .conflict(let files)?:
            reason = "It has a conflict in \(files.map(\.escapingControls).joined(separator: ", "))."
        case .failed(let why, _)?: reason = why
        default: break
        }
        return WrittenRequest(
            page: request.page,
            plans: touched.compactMap { plans[request.number, $0] },
            reason: reason
        )
    }

    /// Finds the comments of ours that an earlier process wrote, where their ids were not kept.
    private func find(comments request: PullRequest, _ forge: any Forge) async throws {
        let number = request.number
        guard let source, book[number] == nil else { return }
        book[number] = RequestMemory(number: number)
        let instance = environment.configuration.controllerName
        var keys: [String: CommentKey] = [PlanComment.key(instance: instance, tenant: nil): .all]
        for tenant in source.tenants {
            keys[PlanComment.key(instance: instance, tenant: tenant.name)] = .tenant(tenant.name)
        }
        let all = try await forge.comments(on: number, since: Date(timeIntervalSince1970: 0))
        for comment in all where comment.author == ourselves {
            let line = comment.text.prefix { !$0.isNewline }
            guard let key = keys[String(line)] else { continue }
            book[number]?.wrote(comment.text, for: key, as: comment.id)
        }
    }
}

extension RunStop {
    fileprivate static func notAnswered(_ message: String, _ remedy: String) -> RunStop {
        RunStop(.error, id: "request-not-answered", message, remedy: remedy)
    }
}
