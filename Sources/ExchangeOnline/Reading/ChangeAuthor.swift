package import FoundationEssentials

/// Who changed an object, as far as the audit log tells it by now; it never says that no one did.
package enum ChangeAuthor: Hashable, Sendable, Codable {
    /// - Parameters:
    ///   - name: The user's name.
    ///   - address: From where, without the port; nothing where the log does not tell.
    case person(name: String, at: Date, address: String?)
    /// - Parameter id: The application's id.
    case application(id: String, at: Date, address: String?)
    /// The log lags an hour or more; ask again later.
    case notYetKnown
    /// A day after the change was seen, the log still names no one.
    case notFound
    /// Nothing is recorded in this tenant, so it cannot be known.
    case auditingOff

    /// Whether asking again may give another answer.
    package var isFinal: Bool { self != .notYetKnown }
}
