/// Where a forge keeps the commits that its merge queue tests, before they become the branch's tip.
package enum MergeQueue: Hashable, Sendable {
    /// Below a prefix; only a delivery tells that there are any.
    ///
    /// GitHub names each `pr-NUMBER-COMMIT`.
    /// Source: `merge_group.head_ref` in docs.github.com/webhooks/webhook-events-and-payloads.
    case branches(below: String)
    /// One reference for each request that waits, gone when it is merged; the forge tells that the repository has trains.
    ///
    /// Source: docs.gitlab.com/ci/pipelines/merge_trains.
    case trains

    /// What the references of all its commits begin with.
    package var prefix: String {
        switch self {
        case .branches(let prefix): prefix
        case .trains: "refs/merge-requests/"
        }
    }

    /// The reference of a request's train.
    package static func train(of number: Int) -> String { "refs/merge-requests/\(number)/train" }

    /// The request that a commit is of, by its reference.
    package func request(of reference: String) -> Int? {
        guard reference.hasPrefix(prefix) else { return nil }
        let name = reference.dropFirst(prefix.count)
        let number: Int?
        switch self {
        case .branches:
            let parts = name.split(separator: "-", omittingEmptySubsequences: false)
            number = parts.count == 3 && parts[0] == "pr" ? Int(parts[1]) : nil
        case .trains: number = name.hasSuffix("/train") ? Int(name.dropLast("/train".count)) : nil
        }
        return number.flatMap { $0 > 0 ? $0 : nil }
    }
}
