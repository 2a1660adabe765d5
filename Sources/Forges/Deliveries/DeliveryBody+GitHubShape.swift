extension DeliveryBody {
    /// What a delivery in GitHub's shape hints at, which Gitea and Forgejo took over.
    func hint(_ event: Hint.Event, delivery: String?) -> Hint {
        Hint(event: event, repository: text("repository", "full_name"), number: number(of: event), delivery: delivery)
    }

    private func number(of event: Hint.Event) -> Int? {
        switch event {
        case .request, .review: number("pull_request", "number") ?? number("number")
        case .comment: number("issue", "number") ?? number("pull_request", "number")
        case .push, .queue, .ping, .other: nil
        }
    }
}
