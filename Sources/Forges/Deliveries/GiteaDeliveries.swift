/// Gitea and Forgejo: a header of their own is the bare hexadecimal HMAC-SHA256 of the body.
///
/// They send GitHub's headers too, and Forgejo also Gitea's: only their own are read.
struct GiteaDeliveries: Deliveries {
    let isForgejo: Bool

    private var prefix: String { isForgejo ? "X-Forgejo" : "X-Gitea" }

    func hint(in delivery: Delivery, secret: HookSecret) -> Hint? {
        guard delivery.isWithinLimit, let secret = secret.text,
            let signature = delivery.header("\(prefix)-Signature"),
            DeliveryProof.isCode(Substring(signature), of: delivery.body, secret: secret)
        else { return nil }
        let name = delivery.header("\(prefix)-Event") ?? ""
        let id = delivery.identifier("\(prefix)-Delivery")
        let body = DeliveryBody(delivery.body)
        return body.hint(event(name, body), delivery: id)
    }

    private func event(_ name: String, _ body: DeliveryBody) -> Hint.Event {
        switch name {
        case "push": .push
        // A review's verdict is its event; one without a verdict is called a comment.
        case "pull_request_approved", "pull_request_rejected", "pull_request_comment": .review
        case "issue_comment": body.isTrue("is_pull") || body.has("issue", "pull_request") ? .comment : .other
        case _ where name.hasPrefix("pull_request_review"): .review
        case _ where name.hasPrefix("pull_request"): .request
        default: .other
        }
    }
}
