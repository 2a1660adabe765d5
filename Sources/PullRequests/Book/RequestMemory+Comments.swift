package import Forges
import Crypto

/// Which comment of ours one is.
package enum CommentKey: Hashable, Sendable {
    /// The plan of one tenant.
    case tenant(String)
    /// The plans of all tenants, where they are more than have comments of their own.
    case all
    /// What became of the merged request.
    case outcome

    var name: String {
        switch self {
        case .tenant(let name): "plan/\(name)"
        case .all: "plan"
        case .outcome: "outcome"
        }
    }
}

extension RequestMemory {
    /// The comments that the request is to have, each with its tenants; without tenants, it only says why it is empty.
    ///
    /// A comment on a tenant of `touched` that comes without tenants has moved into the one on all.
    ///
    /// What was commented on before stays, so that it does not go on telling what is no longer so; but where the base took
    /// over the very head that was shown, the comment is left as reviewers saw it.
    package var commentKeys: [(key: CommentKey, tenants: [String])] {
        let written = comments.keys.filter { $0.hasPrefix("plan/") }.map { String($0.dropFirst(5)) }
        switch standing {
        // Our own trouble passes, and the comments stay as they are meanwhile.
        case .closed, .failed(_, isOurs: true): return []
        case .conflict, .failed:
            let all: [(key: CommentKey, tenants: [String])] = comments[CommentKey.all.name] == nil ? [] : [(.all, [])]
            return all + written.sorted().map { (.tenant($0), []) }
        case .open, .untouched: break
        }
        let names = standing == .open ? touched.map(\.tenant) : []
        if names.count > RequestPolicy.tenantComments || comments[CommentKey.all.name] != nil {
            let gone = written.filter { showings[$0] == nil || names.contains($0) }.sorted()
            let isTakenOver = names.isEmpty && !showings.isEmpty
            return (isTakenOver ? [] : [(.all, names)]) + gone.map { (.tenant($0), []) }
        }
        let gone = written.filter { !names.contains($0) && showings[$0] == nil }
        return (names + gone).sorted().map { name in (.tenant(name), names.contains(name) ? [name] : []) }
    }

    /// The comment of ours, where it was written before.
    package func comment(_ key: CommentKey) -> CommentID? { comments[key.name].map { CommentID(rawValue: $0.id) } }

    /// Whether writing the text would change the comment.
    package func isNew(_ text: String, for key: CommentKey) -> Bool { comments[key.name]?.digest != Self.digest(text) }

    /// The text was written.
    package mutating func wrote(_ text: String, for key: CommentKey, as id: CommentID) {
        guard comments[key.name] != nil || comments.count < Self.tenantLimit else { return }
        comments[key.name] = WrittenComment(id: id.rawValue, digest: Self.digest(text))
    }

    /// The comment is gone: it is written as a new one.
    package mutating func lost(_ key: CommentKey) { comments[key.name] = nil }

    private static func digest(_ text: String) -> String {
        SHA256.hash(data: Array(text.utf8)).prefix(16).map { byte in
            let digits = String(byte, radix: 16)
            return digits.utf8.count == 1 ? "0\(digits)" : digits
        }.joined()
    }
}
