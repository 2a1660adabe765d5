package import Forges

/// All that is kept of the offers of one kind to one tenant; a value for the store, and bounded.
package struct OfferRecord: Hashable, Sendable, Codable {
    package var memory: OfferMemory
    /// The open request's page, for people.
    package var page: String?
    /// What the request is about, where that is one thing: the commit that a revert takes back.
    package var about: String?
    /// Our comment with the evidence on the request ``commented``.
    package var comment: String?
    package var commented: Int?
    /// Of the comment's text.
    package var commentDigest: String?
    /// What is still to be said and done about a request that we close.
    package private(set) var farewell: Farewell?

    /// We close a request, which says why in a comment, and its branch goes.
    package struct Farewell: Hashable, Sendable, Codable {
        package var number: Int
        /// Where the branch was then; at another tip it is left.
        package var tip: String?

        package init(number: Int, tip: CommitID?) {
            self.number = number
            self.tip = tip?.hex
        }
    }

    package init(_ kind: ChangeOffer.Kind, of tenant: String) { memory = OfferMemory(kind, of: tenant) }

    /// Where it is kept: the source, the tenant and the kind.
    package static func key(_ kind: ChangeOffer.Kind, of tenant: String, in source: String) -> String {
        "\(source)/\(tenant)/\(kind.rawValue)"
    }

    /// The open request as people name it, such as `#12`; `nil` where there is none.
    package var shownNumber: String? { memory.number.map { "#\($0)" } }

    /// Whether nothing is worth keeping.
    package var isEmpty: Bool { self == OfferRecord(memory.kind, of: memory.tenant) }

    /// What is to be written as the comment of a request; `nil` where it stands there.
    package func comment(of offer: ChangeOffer, on number: Int) -> (text: String, over: CommentID?)? {
        guard let text = offer.comment else { return nil }
        let isKnown = commented == number
        guard !isKnown || commentDigest != OfferDigest.of([text]) else { return nil }
        return (text, isKnown ? comment.map { CommentID(rawValue: $0) } : nil)
    }

    /// The request is gone, and the comment with it; the number may be given once more.
    package mutating func forgetComment() { (comment, commented, commentDigest) = (nil, nil, nil) }

    /// The request is about to be closed by us; stored before it is, so that a crash leaves nothing unsaid.
    package mutating func willClose(_ number: Int, tip: CommitID?) {
        memory.willClose()
        farewell = Farewell(number: number, tip: tip)
    }

    /// All that goes with closing a request was done, or is not to be done any more.
    package mutating func didClose() { farewell = nil }

    /// What is to be done about a request that we close, once the forge tells how it is.
    ///
    /// - Parameter state: `nil` where the forge has no such request any more.
    package func farewell(_ state: PullRequest.State?) -> FarewellStep {
        guard let farewell else { return .forget }
        // There was something to offer again before it was closed, and then it was not to be.
        let isKept = memory.number == farewell.number && !memory.isClosing
        switch state {
        case .open?: return isKept ? .forget : .wait
        case .closed?: return isKept ? .forget : .say(farewell)
        case .merged?, nil: return .forget
        }
    }

    package enum FarewellStep: Hashable, Sendable {
        /// It is not closed: what is to become of it is decided as for any.
        case wait
        case say(Farewell)
        case forget
    }

    /// Our comment is about to be written over.
    ///
    /// This is stored before it is sent: what it reads is not known until the answer comes, and if that is lost it is
    /// written once more.
    package mutating func willWriteComment() { commentDigest = nil }

    /// The comment stands on a request.
    package mutating func wrote(_ text: String, on number: Int, as id: CommentID) {
        comment = id.rawValue
        commented = number
        commentDigest = OfferDigest.of([text])
    }
}

extension ChangeOffer {
    /// The first line of our comment on a request of ours, by which it is found when the answer to writing it was lost.
    package static let commentKey = "<!-- mitregate-offer-evidence -->"
    /// The first line of what we say when we close one.
    package static let endKey = "<!-- mitregate-offer-end -->"
}
