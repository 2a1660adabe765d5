package import FoundationEssentials

/// One repository on a forge, as Mitregate needs it; no forge's own word leaves the room.
///
/// A call is bounded in time and size and counts its own retries; what is left to the caller is to ask again later
/// (``ForgeError/retryAt``). Nothing here decides about mail.
package protocol Forge: Sendable {
    var limits: ForgeLimits { get }

    /// The open requests against a branch, newest change first; with `since` only those that changed at or after it.
    ///
    /// Where a forge does not tell when a request changed they are all of them, the one opened last first.
    ///
    /// Where nothing moved since the last call of this value it is one conditional call.
    /// At most ``ForgeLimits/openRequests`` are returned.
    func open(into branch: String, since: Date?) async throws(ForgeError) -> [PullRequest]
    /// One request with its reviews, whatever its state.
    func pullRequest(_ number: Int) async throws(ForgeError) -> PullRequest
    /// The request that brought a commit onto its base branch, whether as a merge, a squash or a rebase.
    func merged(as commit: CommitID) async throws(ForgeError) -> PullRequest?
    /// Whether a person may push to the repository; when it cannot be found out it throws, which counts as no.
    func mayWrite(_ person: Person) async throws(ForgeError) -> Bool
    /// Comments that people and programs wrote on a request at or after `since`, oldest first.
    func comments(on number: Int, since: Date) async throws(ForgeError) -> [Comment]
    /// Writes a comment, or replaces the text of one of our own; a replaced one that is gone is `notFound`.
    func write(_ text: String, on number: Int, over: CommentID?) async throws(ForgeError) -> CommentID
    /// Answers a comment with a reaction, or with what the forge has in its place.
    func answer(_ comment: Comment, with reaction: Reaction) async throws(ForgeError)
    /// Sets a status on the request's head; setting what is set already is not an error.
    func set(_ status: CommitStatus, for request: PullRequest) async throws(ForgeError)
    /// Where the commits lie that are tested before they become the branch's tip; `nil` where the forge has no queue.
    func queue(into branch: String) async throws(ForgeError) -> MergeQueue?
    /// Whether a status can be set now on a queue's commit, which stands in the place of the request's head.
    func isTesting(_ request: PullRequest) async throws(ForgeError) -> Bool
    /// Opens a request, or updates the open one with this head branch; returns its number.
    func propose(_ proposal: Proposal) async throws(ForgeError) -> Int
    /// Closes a request without merging it; one that is closed already is not an error.
    func close(_ number: Int) async throws(ForgeError)
    /// Whom the forge knows the credentials as; what this person writes is our own.
    func ourselves() async throws(ForgeError) -> Person
    /// Whether we may do what statuses and comments take; nothing is written.
    ///
    /// Where a forge has no word for it, a write is tried that cannot succeed, as what it is about does not exist: how that
    /// is refused tells it.
    func grants() async throws(ForgeError) -> [ForgeGrant]
    /// What the forge tells of our limit, of the repository's readers, and of what merging into a branch takes.
    ///
    /// What it keeps from us, or has no word for, is not known; only a forge that cannot be asked at all throws.
    ///
    /// - Parameter context: A status of ours, such as `mitregate/gate`.
    func terms(of branch: String, requiring context: String) async throws(ForgeError) -> ForgeTerms
}

extension Forge {
    package func queue(into branch: String) async throws(ForgeError) -> MergeQueue? { nil }
    package func isTesting(_ request: PullRequest) async throws(ForgeError) -> Bool { true }
}

/// What a forge takes in one text.
package struct ForgeLimits: Hashable, Sendable {
    /// Of a comment, in Unicode scalars.
    package let comment: Int
    /// Of a request's description, in Unicode scalars.
    package let description: Int
    /// Of a status's text, in Unicode scalars.
    package let statusText: Int
    /// Open requests that are looked at; the ones that changed last come first.
    package let openRequests: Int
    /// Whether a request in the list has changed when a comment or a review came to it.
    package let listTellsOfComments: Bool

    package init(
        comment: Int,
        description: Int,
        statusText: Int,
        openRequests: Int = 1_000,
        listTellsOfComments: Bool = true
    ) {
        self.comment = comment
        self.description = description
        self.statusText = statusText
        self.openRequests = openRequests
        self.listTellsOfComments = listTellsOfComments
    }
}

/// A commit by its whole name: 40 or 64 lowercase hexadecimal digits.
///
/// Forges take branch names and short names in its place and then answer for something else, so nothing shorter exists.
package struct CommitID: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let hex: String

    /// `nil` for anything but a whole name; capital digits are taken.
    package init?(_ text: some StringProtocol) {
        let bytes = text.utf8
        guard bytes.count == 40 || bytes.count == 64 else { return nil }
        guard text.unicodeScalars.allSatisfy({ $0.isASCII && $0.properties.isASCIIHexDigit }) else { return nil }
        hex = text.lowercased()
    }

    package var description: String { hex }

    package static func < (left: Self, right: Self) -> Bool { left.hex < right.hex }
}
