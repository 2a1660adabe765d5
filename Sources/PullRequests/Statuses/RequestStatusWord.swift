import Connectors
import Forges

/// What one status says: of one tenant, or of all that say the same.
struct RequestStatusWord: Hashable, Sendable {
    var state: CommitStatus.State
    /// A sentence without the tenant's name, without the request, the commit, or a time.
    var text: String
    var tenant: String?
    /// How many changes it is about.
    var count: Int

    init(_ state: CommitStatus.State, _ text: String, tenant: String? = nil, count: Int = 0) {
        self.state = state
        self.text = text
        self.tenant = tenant
        self.count = count
    }

    /// The most that every forge takes, in Unicode scalars.
    static let limit = 140

    /// As it stands alone, where the context has the tenant's name.
    var alone: Self { RequestStatusWord(state, text, count: count) }

    var fitted: String {
        let whole = (tenant.map { "\($0): " } ?? "") + text
        return whole.bounded(Self.limit)
    }

    /// What several tenants come to: the worst state, and what it is about.
    static func joined(_ words: [Self]) -> Self {
        guard let worst = words.map(\.state).max(by: { $0.gravity < $1.gravity }) else {
            return Self(.success, RequestMemory.untouchedText)
        }
        let those = words.filter { $0.state == worst }
        guard let first = those.first else { return Self(worst, RequestMemory.untouchedText) }
        if words.count == 1 { return first }
        if worst == .success {
            let sum = words.reduce(0) { $0 + $1.count }
            let texts = Set(words.map(\.text))
            if texts.count == 1, sum == 0 { return Self(.success, "\(words.count) tenants: \(first.text)") }
            return Self(
                .success,
                "\(words.count) tenants: \(sum == 0 ? "all well" : "\(sum) \(sum == 1 ? "change" : "changes")").",
                count: sum
            )
        }
        let names = those.prefix(3).compactMap(\.tenant).joined(separator: ", ")
        let more = those.count > 3 ? " and \(those.count - 3) more" : ""
        if Set(those.map(\.text)).count == 1 { return Self(worst, "\(names)\(more): \(first.text)") }
        return Self(worst, "\(names)\(more): see the comment. First: \(first.text)")
    }
}

extension CommitStatus.State {
    /// Our own trouble outweighs a failure only where there is none: what the author has to do comes first.
    fileprivate var gravity: Int {
        switch self {
        case .success: 0
        case .pending: 1
        case .error: 2
        case .failure: 3
        }
    }
}
