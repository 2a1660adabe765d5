package import Forges
package import FoundationEssentials

/// What is remembered of the offers of one kind to one tenant; a value for the store, and bounded.
///
/// Whoever drives it tells what was found, does what it answers, and stores it before each step that others see:
///
///     switch memory.decide(facts, policy, at: now) {
///     case .open(let offer, let over): memory.willPush(commit, of: offer); store; push; propose
///         memory.did(offer, as: number, at: now); store
///     case .close(let number, let tip, …): record.willClose(number, tip: tip); store; close; say why; remove the branch
///         record.didClose(); store
///     …
///
/// So a crash at any point leads to the same step again, and to no other. ``OfferRecord`` holds this memory, and what is still to be
/// said of a request that we close.
package struct OfferMemory: Hashable, Sendable, Codable {
    package let kind: ChangeOffer.Kind
    package let tenant: String
    /// The open request.
    package internal(set) var number: Int?
    /// What the request shows, by the digests of its files and of its words.
    var content = ""
    var words = ""
    var parts: [String] = []
    /// Our commits on the branch, oldest first.
    var pushed: [String] = []
    /// Whether we are about to close the request.
    var isClosing = false
    /// The requests that we closed.
    var closed: [Int] = []
    /// What people have decided about, with the request that it was in.
    var settled: [Settlement] = []
    /// When requests were opened and commits pushed, within the last day.
    var openings: [Date] = []
    var pushes: [Date] = []
    /// Since when there has been nothing to offer.
    var quietSince: Date?

    struct Settlement: Hashable, Sendable, Codable {
        var part: String
        var number: Int
        /// Whether it was merged, and not declined.
        var isMerged: Bool
    }

    package init(_ kind: ChangeOffer.Kind, of tenant: String) {
        self.kind = kind
        self.tenant = tenant
    }

    static let pushedLimit = 100
    static let closedLimit = 100
    static let settledLimit = 2_000

    package var branch: String { ChangeOffer.branch(kind, of: tenant) }

    /// Whether a commit on the branch is ours.
    package func isOurs(_ commit: CommitID) -> Bool { pushed.contains(commit.hex) }
}

/// What is told before a step, and after it.
extension OfferMemory {
    /// A commit of ours is about to be pushed to the branch.
    package mutating func willPush(_ commit: CommitID, of offer: ChangeOffer) {
        // Who closes the request before we know of it has decided about this.
        parts = Array(offer.parts.prefix(Self.settledLimit))
        own(commit)
    }

    mutating func own(_ commit: CommitID) {
        pushed.removeAll { $0 == commit.hex }
        pushed.append(commit.hex)
        pushed.removeFirst(max(0, pushed.count - Self.pushedLimit))
    }

    /// The request shows an offer.
    package mutating func did(_ offer: ChangeOffer, as number: Int, at now: Date) {
        // Only what went through counts: a forge that is down must not use the day up.
        let content = OfferDigest.of(offer.files)
        if self.number != number {
            openings.append(now)
            // A forge that was restored may give a number once more.
            closed.removeAll { $0 == number }
        }
        if self.content != content { pushes.append(now) }
        self.number = number
        isClosing = false
        self.content = content
        words = OfferDigest.of([offer.title, offer.body, offer.comment ?? ""])
        parts = Array(offer.parts.prefix(Self.settledLimit))
    }

    /// A person asks for the offer: what was decided about it before counts no more, nor how often it was offered.
    package mutating func asked() {
        settled = []
        (openings, pushes) = ([], [])
    }

    /// The request may show other words than these.
    package mutating func doubtWords() { words = "" }

    /// The request is about to be closed by us.
    package mutating func willClose() { isClosing = true }
}
