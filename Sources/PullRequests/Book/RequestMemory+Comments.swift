import Crypto
package import Forges
package import FoundationEssentials
import Planning

/// Which comment of ours one is.
package enum CommentKey: Hashable, Sendable {
    /// The plan of one tenant.
    case tenant(String)
    /// The plans of all tenants, where they are more than have comments of their own.
    case all
    /// What became of the merged request.
    case outcome
    /// What became of it before the merge, as a person asked.
    case applied

    var name: String {
        switch self {
        case .tenant(let name): "plan/\(name)"
        case .all: "plan"
        case .outcome: "outcome"
        case .applied: "applied"
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

    /// Whether the comment does not read like the text, as far as is known: what one in doubt reads is not known.
    package func isNew(_ text: String, for key: CommentKey) -> Bool {
        isDoubtful(key) || comments[key.name]?.digest != Self.digest(text)
    }

    /// The text was written.
    package mutating func wrote(_ text: String, for key: CommentKey, as id: CommentID) {
        guard comments[key.name] != nil || comments.count < Self.tenantLimit else { return }
        comments[key.name] = WrittenComment(id: id.rawValue, digest: Self.digest(text))
        settled(key)
    }

    /// A comment is about to be written.
    ///
    /// This is stored before it is sent: if the answer is lost, a new comment is looked for, and one that was there is written
    /// again.
    /// What a comment in doubt showed until then is not known, so that its showing begins once more.
    package mutating func begin(_ key: CommentKey, at now: Date) {
        if isOpen, !isMerged, isDoubtful(key), comment(key) != nil {
            switch key {
            case .tenant(let name): showings[name] = nil
            case .all: showings.removeAll()
            case .outcome, .applied: break
            }
        }
        if begun == nil { begun = [:] }
        begun?[key.name] = now
    }

    /// Whether a write of the comment has no answer yet: a new one may be on the forge, and is looked for before it is written
    /// again; one whose id is known may read otherwise than is remembered.
    package func isDoubtful(_ key: CommentKey) -> Bool { begun?[key.name] != nil }

    /// Since when it is not known what the comment on a tenant shows.
    func doubt(about tenant: String) -> Date? {
        [CommentKey.tenant(tenant), .all].compactMap { begun?[$0.name] }.min()
    }

    /// Whether a doubtful comment that the forge does not list is not there: lists may lag behind what was written.
    package func mayBegin(_ key: CommentKey, at now: Date) -> Bool {
        guard let since = begun?[key.name] else { return true }
        // A time that is to come is of a clock that was set back.
        return !(0..<Self.listDelay).contains(now.timeIntervalSince(since))
    }

    /// Whether a comment of ours is known to show the last plan of a tenant, as it was made for this head, with its remarks.
    package func isShown(_ tenant: String) -> Bool {
        let isWritten = [CommentKey.tenant(tenant), .all].contains { comment($0) != nil && !isDoubtful($0) }
        guard isWritten, let plan = looks[tenant]?.plan, let showing = showings[tenant] else { return false }
        return showing.head == head && showing.at == plan.at && showing.remarks == remarks(on: tenant)
    }

    /// What a comment on a tenant says in addition to the plan, as a digest: why the last command was refused, and who approved.
    package func remarks(on tenant: String) -> String {
        let texts = [[refusal ?? ""], approvers(of: tenant), formerApprovers(of: tenant)]
        return Self.digest(texts.map { $0.joined(separator: "\n") }.joined(separator: "\n\n"))
    }

    /// It is known whether the comment was written.
    package mutating func settled(_ key: CommentKey) {
        begun?[key.name] = nil
        if begun?.isEmpty == true { begun = nil }
    }

    /// By how much a forge's lists may lag behind what was written.
    private static var listDelay: TimeInterval { 60 }

    /// The comment is gone: it is written as a new one.
    package mutating func lost(_ key: CommentKey) {
        comments[key.name] = nil
        settled(key)
    }

    /// The comment was not gone: it is ours, and known or in doubt, as it was before it counted as lost.
    package mutating func found(_ key: CommentKey, as former: RequestMemory) {
        comments[key.name] = former.comments[key.name]
        guard let doubt = former.begun?[key.name] else { return }
        if begun == nil { begun = [:] }
        begun?[key.name] = doubt
    }

    /// The comments of a merged request that show another head than was merged, where the changes are held for that;
    /// each with the head that it shows.
    package var overtakenKeys: [(key: CommentKey, head: String)] {
        guard isMerged else { return [] }
        var keys: [(key: CommentKey, head: String)] = []
        for (tenant, showing) in showings.sorted(by: { $0.key < $1.key }) where showing.head != head {
            let own = CommentKey.tenant(tenant)
            let key = comments[own.name] == nil ? CommentKey.all : own
            guard outcomes[tenant]?.reason == Guard.ID.notReviewed.rawValue, comments[key.name] != nil,
                overtaken?.contains(key.name) != true, !keys.contains(where: { $0.key == key })
            else { continue }
            keys.append((key, showing.head))
        }
        return keys
    }

    /// The comment says now that another head was merged, or is gone.
    package mutating func overtook(_ key: CommentKey) {
        if overtaken == nil { overtaken = [] }
        overtaken?.insert(key.name)
    }

    private static func digest(_ text: String) -> String {
        SHA256.hash(data: Array(text.utf8)).prefix(16).map { byte in
            let digits = String(byte, radix: 16)
            return digits.utf8.count == 1 ? "0\(digits)" : digits
        }.joined()
    }
}
