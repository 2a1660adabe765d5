package import FoundationEssentials

/// Why a forge did not do what it was asked.
package struct ForgeError: Error, Hashable, Sendable {
    package enum Reason: String, Hashable, Sendable, CaseIterable {
        /// The credentials are refused, or cannot be had.
        case unauthorized
        /// The credentials are good and may not do this.
        case forbidden
        case notFound
        /// The commit is not on the forge any more, as after a force-push; trying again cannot help.
        case commitGone
        case conflict
        /// The forge refuses what we sent.
        case invalid
        /// Too many calls; ``ForgeError/retryAt`` says when the next may be made.
        case limited
        /// It answers with an error of its own, not at all, or not in time.
        case unavailable
        /// It answers with something that its description does not allow.
        case unreadable
    }

    package let reason: Reason
    /// What was asked for, such as "the open requests of contoso/mail-flow".
    package let asked: String
    /// For people; without tokens, bounded, and with what the forge said where it said something.
    package let message: String
    package let remedy: String
    /// The HTTP status; `nil` where there was no answer.
    package let status: Int?
    package let retryAt: Date?
    /// Whether it was not read because it is larger than is read.
    package let isTooLarge: Bool

    package init(
        _ reason: Reason,
        asked: String,
        message: String,
        remedy: String,
        status: Int? = nil,
        retryAt: Date? = nil,
        isTooLarge: Bool = false
    ) {
        self.reason = reason
        self.asked = asked
        self.message = message
        self.remedy = remedy
        self.status = status
        self.retryAt = retryAt
        self.isTooLarge = isTooLarge
    }

    /// Whether asking again later can help.
    package var isPassing: Bool { reason == .limited || reason == .unavailable }
}
