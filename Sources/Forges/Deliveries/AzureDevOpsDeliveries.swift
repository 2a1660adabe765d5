import FoundationEssentials

/// Azure DevOps signs nothing: a service hook sends a user and a password.
///
/// `git.pullrequest.merged` tells that a merge was tried, `git.pullrequest.updated` that a request was completed, so
/// both are no more than a hint at the request.
/// Source: learn.microsoft.com/azure/devops/service-hooks/events.
struct AzureDevOpsDeliveries: Deliveries {
    func hint(in delivery: Delivery, secret: HookSecret) -> Hint? {
        guard delivery.isWithinLimit, case .user(let user, let password) = secret, !password.isEmpty,
            let given = delivery.header("Authorization"), let space = given.firstIndex(of: " "),
            given[..<space].lowercased() == "basic",
            DeliveryProof.isSame(
                String(given[given.index(after: space)...]),
                Data("\(user):\(password)".utf8).base64EncodedString()
            )
        else { return nil }
        let body = DeliveryBody(delivery.body)
        let id = body.text("id").flatMap(Delivery.identifier)
        let event = event(body.text("eventType") ?? "")
        guard event == .comment else {
            return Hint(
                event: event,
                repository: repository(
                    body.text("resource", "repository", "project", "name"),
                    body.text("resource", "repository", "name")
                ),
                number: body.number("resource", "pullRequestId"),
                delivery: id
            )
        }
        return Hint(
            event: event,
            repository: repository(
                body.text("resource", "pullRequest", "repository", "project", "name"),
                body.text("resource", "pullRequest", "repository", "name")
            ),
            number: body.number("resource", "pullRequest", "pullRequestId"),
            delivery: id
        )
    }

    private func event(_ name: String) -> Hint.Event {
        switch name {
        case "git.push": .push
        case "git.pullrequest.created", "git.pullrequest.updated", "git.pullrequest.merged": .request
        case "ms.vss-code.git-pullrequest-comment-event": .comment
        default: .other
        }
    }

    private func repository(_ project: String?, _ name: String?) -> String? {
        guard let project, let name else { return nil }
        return "\(project)/\(name)"
    }
}
