import FoundationEssentials

/// GitLab: `X-Gitlab-Token` is the secret itself; newer ones sign as Standard Webhooks do, and then only that counts.
///
/// The signature is `v1,` and the base64 HMAC-SHA256 of `ID.TIMESTAMP.BODY`, its key what follows `whsec_` in the
/// signing token. Source: standardwebhooks.com and gitlab.com/gitlab-org/gitlab merge request 230944.
struct GitLabDeliveries: Deliveries {
    /// A hook whose key is being changed is signed with both; more than a few are not looked at.
    private static let maximumSignatures = 8

    func hint(in delivery: Delivery, secret: HookSecret) -> Hint? {
        guard delivery.isWithinLimit, let secret = secret.text, isProven(delivery, secret) else { return nil }
        // The event's own id is shared by what it sets off, so only an id of the delivery is one.
        let id = delivery.identifier("webhook-id", "Idempotency-Key")
        let body = DeliveryBody(delivery.body)
        let event = event(body)
        return Hint(
            event: event,
            repository: body.text("project", "path_with_namespace"),
            number: number(event, body),
            delivery: id
        )
    }

    private func isProven(_ delivery: Delivery, _ secret: String) -> Bool {
        guard let signatures = delivery.header("webhook-signature") else {
            guard let token = delivery.header("X-Gitlab-Token") else { return false }
            return DeliveryProof.isSame(token, secret)
        }
        guard secret.hasPrefix("whsec_"), let key = Data(base64Encoded: String(secret.dropFirst(6))), !key.isEmpty,
            let id = delivery.header("webhook-id"), let time = delivery.header("webhook-timestamp")
        else { return false }
        let message = Array("\(id).\(time).".utf8) + delivery.body
        let code = DeliveryProof.code(of: message, key: Array(key)).base64EncodedString()
        return signatures.split(separator: " ", maxSplits: Self.maximumSignatures).prefix(Self.maximumSignatures)
            .contains { DeliveryProof.isSame(String($0), "v1,\(code)") }
    }

    private func event(_ body: DeliveryBody) -> Hint.Event {
        switch body.text("object_kind") {
        case "push": .push
        case "merge_request": isReview(body.text("object_attributes", "action")) ? .review : .request
        case "note": body.has("merge_request") ? .comment : .other
        default: .other
        }
    }

    private func isReview(_ action: String?) -> Bool {
        ["approved", "unapproved", "approval", "unapproval"].contains(action)
    }

    private func number(_ event: Hint.Event, _ body: DeliveryBody) -> Int? {
        switch event {
        case .request, .review: body.number("object_attributes", "iid")
        case .comment: body.number("merge_request", "iid")
        case .push, .queue, .ping, .other: nil
        }
    }
}
