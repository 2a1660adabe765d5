import Forges
import Foundation
import Planning
import PullRequests
import Reports

/// One offer that a replica is at work on, between two awaits.
struct OfferWork {
    enum Phase {
        /// Something is to be done, and git is asked where the branch is.
        case decide
        case push(ChangeOffer, over: CommitID?, number: Int?)
        case propose(ChangeOffer, number: Int?)
        /// The evidence is to stand on a request.
        case comment(ChangeOffer, number: Int)
        case close(Int, tip: CommitID?)
        case farewell(OfferRecord.Farewell)
    }

    let tenant: Int
    let kind: ChangeOffer.Kind
    var record: OfferRecord
    let wish: PretendWish
    /// The commit that the offer is made for.
    let base: PretendSource.Commit
    var request: PullRequest?
    var phase = Phase.decide

    var key: String { OfferRecord.key(kind, of: "t\(tenant)", in: "mail-flow") }
}

/// What there is to offer, as the desk finds it out.
struct PretendWish {
    var wish: OfferFacts.Wish
    var policy = OfferPolicy()
    var isFought = false

    static let unknown = PretendWish(wish: .unknown)
    static let nothing = PretendWish(wish: .nothing)

    var isOffer: Bool { if case .offer = wish { true } else { false } }
}

/// An offer as it was drafted last, and what of.
struct PretendDraft {
    struct Key: Hashable {
        var trees: [String]
        var applied = AppliedTenant()
        var drift: [AttributedDrift] = []
        var quarantine: Quarantine?
    }

    var key: Key
    var offer: ChangeOffer?
}
