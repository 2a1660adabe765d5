package import FoundationEssentials
package import Forges

/// What is done with a comment.
package enum CommandRuling: Hashable, Sendable {
    /// It is not for us, or was ruled on before: it is left alone.
    case talk
    /// Only whether its author may write is left to find out: ask, and rule again.
    case ask
    case accept(CommentCommand)
    /// - Parameter reason: A sentence without strangers' strings.
    case refuse(reason: String)
}

extension RequestMemory {
    /// Rules on a comment; whatever it rules but `talk` and `ask` is told by ``rule(on:)`` once it is carried out.
    ///
    /// - Parameters:
    ///   - mayWrite: `nil` where it was not asked yet; what cannot be found out is `false`.
    ///   - appliesByComment: Whether the operator's file has `apply: comment`; what else it takes to apply is told by
    ///     ``applyRuling(on:terms:)``.
    ///   - lookBegan: When the look began in which the comment was found. A head that was first seen in this look may be
    ///     younger than the comment, so it counts for none.
    package func ruling(
        on comment: Comment,
        in circle: ReviewCircle,
        mayWrite: Bool?,
        appliesByComment: Bool = false,
        lookBegan: Date
    ) -> CommandRuling {
        guard !comment.author.isBot, comment.author != circle.ourselves, !ruled.contains(comment.id.rawValue),
            let command = CommentCommand(comment.text)
        else { return .talk }
        guard circle.ourselves != nil else { return .refuse(reason: Refusal.unknownSelves) }
        guard isOpen, standing != .closed else { return .refuse(reason: Refusal.closed) }
        guard comment.updated <= comment.created.addingTimeInterval(1) else { return .refuse(reason: Refusal.edited) }
        guard headSince < lookBegan, comment.created >= headSince else { return .refuse(reason: Refusal.old) }
        if case .unknown = command { return .refuse(reason: Refusal.unknown) }
        if case .apply = command, !appliesByComment { return .refuse(reason: Refusal.apply) }
        if case .approve(let digest) = command {
            guard circle.committers != nil else { return .refuse(reason: Refusal.committers) }
            guard circle.isIndependent(comment.author) else { return .refuse(reason: Refusal.own) }
            guard !tenants(showing: digest, at: comment.created).isEmpty else {
                return .refuse(reason: Refusal.digest)
            }
        }
        guard let mayWrite else { return .ask }
        return mayWrite ? .accept(command) : .refuse(reason: Refusal.permission)
    }

    /// The comment was ruled on, and is not looked at again.
    ///
    /// - Parameter refusal: Why it was refused, for the comment of ours; `nil` where it was obeyed.
    package mutating func rule(on comment: Comment, refusing refusal: String? = nil) {
        self.refusal = refusal
        ruled.append(comment.id.rawValue)
        ruled.removeFirst(max(0, ruled.count - Self.ruledLimit))
    }

    /// A person who may write asked for a plan of this head.
    package mutating func ask(at now: Date) { asked = Ask(head: head, at: now) }

    /// A person who may write approved what is shown under a digest; answers with the tenants that it is about.
    @discardableResult
    package mutating func approve(_ digest: String, by comment: Comment, at now: Date) -> [String] {
        let names = tenants(showing: digest, at: comment.created)
        guard !names.isEmpty else { return [] }
        add(
            ReviewWord(
                by: comment.author,
                .comment(comment.id.rawValue),
                seenAt: now,
                for: showings.filter { names.contains($0.key) }
            )
        )
        return names
    }

    /// The tenants whose changes are shown under a digest, whole or its first twelve or more hex digits, and were so at a time.
    func tenants(showing digest: String, at time: Date) -> [String] {
        let digits = digest.digits.lowercased()
        guard digits.utf8.count >= 12 else { return [] }
        return showings.values.filter { $0.changesDigest.digits.hasPrefix(digits) && $0.since <= time }
            .map(\.tenant).sorted()
    }

    private enum Refusal {
        static let unknownSelves =
            "Mitregate cannot find out its own account on this forge right now, so it accepts no command."
        static let closed = "Commands are accepted only while the request is open."
        static let edited = "The comment was edited; write a new one."
        static let old =
            "The comment is older than the current head; read what is shown now, then comment again."
        static let apply =
            "Nothing is applied before the merge here, as the source's forge does not have apply: comment. Merge the request."
        static let unknown = "This is not a command. `mitregate help` lists them."
        static let own = "The author, the committers and bots cannot approve what they propose."
        static let committers =
            "The authors of this request's commits cannot be found out right now, so no approval counts. Comment again later; "
            + "a request with more than 1,000 commits has to be split."
        static let digest = "No changes are shown under this digest; copy it from the comment as it is now."
        static let permission = "Commands are accepted only from people who may write to this repository."
    }
}

extension String {
    fileprivate var digits: Substring { hasPrefix("sha256:") ? dropFirst(7) : self[...] }
}
