package import Forges
package import FoundationEssentials

/// What was found, before it is decided what becomes of an offer.
package struct OfferFacts: Hashable, Sendable {
    package enum Wish: Hashable, Sendable {
        /// The tenant or the source could not be read; nothing follows from that.
        case unknown
        /// There is nothing to offer: git says what it should.
        case nothing
        /// - Parameter since: Since when what it is about is as it is now.
        case offer(ChangeOffer, since: Date)
    }

    package var wish: Wish
    /// The tip of the offer's branch; `nil` where there is no such branch.
    package var tip: CommitID?
    /// The request of ``OfferMemory/number``, or else the open one with the offer's branch as its head.
    ///
    /// `nil` only where the forge says that there is none; while it does not tell, nothing is decided.
    package var request: PullRequest?
    /// Whether other writers keep changing what it is about, back and forth.
    package var isFought: Bool

    package init(wish: Wish, tip: CommitID?, request: PullRequest?, isFought: Bool = false) {
        self.wish = wish
        self.tip = tip
        self.request = request
        self.isFought = isFought
    }
}

/// What is to be done about an offer now.
package enum OfferDecision: Hashable, Sendable {
    /// Push the offer's commit, and open a request.
    ///
    /// - Parameter over: The branch's tip that is replaced, and no other; `nil`: the branch must not exist.
    case open(ChangeOffer, over: CommitID?)
    /// Bring the open request to what is offered now.
    ///
    /// - Parameters:
    ///   - over: As in `open`, where a commit is to be pushed.
    ///   - pushes: Whether the files are other ones now; else only the words are.
    case update(ChangeOffer, number: Int, over: CommitID?, pushes: Bool)
    /// Close the request, saying why, and delete the branch where it is still at `tip`.
    case close(number: Int, tip: CommitID?, OfferEnd)
    case leave(OfferRest)
}

/// Why a request is closed by us.
package enum OfferEnd: String, Hashable, Sendable, Codable, CaseIterable {
    /// There is nothing to offer any more.
    case gone
}

/// Why nothing is done about an offer.
package enum OfferRest: Hashable, Sendable {
    /// Nothing could be found out.
    case unknown
    case nothingToOffer
    /// The request shows what is to be offered.
    case upToDate(Int)
    /// A commit is on the branch that is not ours: it is never overwritten. The branch's tip.
    case foreignCommit(CommitID)
    /// The branch of the open request is gone.
    case branchGone(Int)
    /// A person closed the request for the same thing, and it has not changed since. The request's number.
    case declined(Int)
    /// A person opened again a request that we had closed; it is theirs now.
    case reopened(Int)
    /// The request for the same thing was merged, and git does not say so yet, or was made to say something else. Its number.
    case merged(Int)
    /// It is too young, or was offered too often within a day; when to look again.
    case waits(until: Date)
    /// Other writers keep changing it.
    case fought
}

/// How patient offering is.
package struct OfferPolicy: Hashable, Sendable {
    /// For how long what is offered must have been as it is, in seconds, before a request is opened.
    package var settle: TimeInterval

    package init(settle: TimeInterval = 0) { self.settle = settle }

    /// At most so many requests are opened for one tenant and kind within a day, and so many commits pushed.
    package static let openingsADay = 3
    package static let pushesADay = 24
    package static let day: TimeInterval = 86_400
}
