import Connectors
package import Forges

extension RequestMemory {
    /// All statuses that the head has by now: three for the request, and three for each of up to twenty tenants.
    ///
    /// The three are on every request, as a required one that never comes blocks it for ever.
    ///
    /// - Parameters:
    ///   - isSummary: Whether anyone may read them, so that they tell nothing of a tenant's state or of our trouble.
    ///   - link: Where a person reads more.
    ///   - review: For a commit of a merge queue: whether it is what reviewers were shown.
    package func statuses(
        isSummary: Bool = false,
        link: String? = nil,
        review: [ReviewVerdict] = []
    ) -> [CommitStatus] {
        guard isOpen else { return [] }
        let tenants = standing == .open ? touched : []
        var all: [CommitStatus] = []
        let hasOwn = tenants.count <= RequestPolicy.tenantStatuses
        for check in RequestCheck.allCases {
            let words = tenants.map { trees in
                word(check, of: trees, isSummary: isSummary, review: review.first { $0.tenant == trees.tenant })
            }
            let whole = standingWord(isSummary) ?? RequestStatusWord.joined(words)
            all.append(status(check.context, whole, link))
            guard hasOwn else { continue }
            for (tenant, word) in zip(tenants, words) {
                all.append(status("\(check.context): \(tenant.tenant)", word.alone, link))
            }
        }
        let current = Set(all.map(\.context))
        // What an earlier look said of a tenant depends on the commit, and is no longer so.
        for (context, sent) in sentStatuses.sorted(by: { $0.key < $1.key })
        where sent.commit == head && !current.contains(context) {
            all.append(status(context, RequestStatusWord(.success, Self.untouchedText), link))
        }
        return all
    }

    /// Those that would change something.
    package func unsent(_ statuses: [CommitStatus]) -> [CommitStatus] {
        statuses.filter { sentStatuses[$0.context] != SentStatus($0, commit: head) }
    }

    /// The status was set, or the commit is gone and it never will be.
    package mutating func sent(_ status: CommitStatus) {
        if sentStatuses[status.context]?.commit != head {
            sentStatuses = sentStatuses.filter { $0.value.commit == head }
        }
        guard sentStatuses.count < Self.statusLimit else { return }
        sentStatuses[status.context] = SentStatus(status, commit: head)
    }

    static let statusLimit = 200
    static let untouchedText = "No tenant's definitions changed."

    private func status(_ context: String, _ word: RequestStatusWord, _ link: String?) -> CommitStatus {
        CommitStatus(context: context, state: word.state, text: word.fitted, link: link)
    }

    /// What holds for the request as a whole; `nil` where its tenants decide.
    private func standingWord(_ isSummary: Bool) -> RequestStatusWord? {
        switch standing {
        case .open, .closed: return nil
        case .untouched: return RequestStatusWord(.success, Self.untouchedText)
        case .conflict:
            return RequestStatusWord(
                .failure,
                "conflict with \(branch.escapingControls): merge it into this branch, or rebase."
            )
        case .failed(_, isOurs: true) where isSummary:
            return RequestStatusWord(.error, "Not planned: a problem on our side; it is tried again.")
        case .failed(_, isOurs: false) where isSummary:
            return RequestStatusWord(.failure, "Not planned: this head cannot be fetched or merged.")
        case .failed(let reason, let isOurs):
            return RequestStatusWord(isOurs ? .error : .failure, reason.escapingControls)
        }
    }
}

extension RequestMemory.SentStatus {
    init(_ status: CommitStatus, commit: String) {
        self.init(commit: commit, state: status.state.rawValue, text: status.text, link: status.link)
    }
}

/// The three questions that every request is asked.
package enum RequestCheck: String, Hashable, Sendable, CaseIterable {
    case validate
    case plan
    case gate

    package var context: String { "mitregate/\(rawValue)" }
}
