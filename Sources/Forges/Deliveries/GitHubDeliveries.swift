/// GitHub: `X-Hub-Signature-256` is `sha256=` and the hexadecimal HMAC-SHA256 of the body.
///
/// Source: docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries.
struct GitHubDeliveries: Deliveries {
    func hint(in delivery: Delivery, secret: HookSecret) -> Hint? {
        guard delivery.isWithinLimit, let secret = secret.text,
            let signature = delivery.header("X-Hub-Signature-256"), signature.hasPrefix("sha256="),
            DeliveryProof.isCode(signature.dropFirst(7), of: delivery.body, secret: secret)
        else { return nil }
        let name = delivery.header("X-GitHub-Event") ?? ""
        let id = delivery.identifier("X-GitHub-Delivery")
        let body = DeliveryBody(delivery.body)
        return body.hint(event(name, body), delivery: id)
    }

    private func event(_ name: String, _ body: DeliveryBody) -> Hint.Event {
        switch name {
        case "push": .push
        case "pull_request": .request
        case "pull_request_review": .review
        case "pull_request_review_comment": .comment
        // Requests are issues here, and what is said on an issue is none of ours.
        case "issue_comment": body.has("issue", "pull_request") ? .comment : .other
        case "merge_group": .queue
        case "ping": .ping
        default: .other
        }
    }
}
