package import FoundationEssentials
package import Planning

/// What a round learnt of the tenant itself.
package enum LiveState: Hashable, Sendable {
    /// A full round read all of it.
    case read(LiveView)
    /// A cheap round saw that nothing moved since the last full one.
    case unmoved
    /// A cheap round saw that something moved; a full round follows.
    case moved
    /// It could not be read: what was known is neither confirmed nor refuted.
    case unknown(reason: UnknownReason, message: String)
    /// The round ended before it asked.
    case notAsked

    package enum UnknownReason: String, Hashable, Sendable, Codable, CaseIterable {
        case throttled = "Throttled"
        case authenticationFailed = "AuthenticationFailed"
        case serviceError = "ServiceError"
        case timeout = "Timeout"
    }
}

/// What is so in a tenant, compared with what was last written there.
package struct LiveView: Hashable, Sendable {
    package var drift: [DriftFinding]
    package var unmanaged: [UnmanagedConnector]
    /// Inbound connectors that Exchange has blocked, by the name that it shows; `nil` where it could not be asked.
    package var blockedConnectors: [String]?
    /// `nil` where it could not be asked.
    package var isAuditing: Bool?
    /// Whether the tenant refuses mail in its own name from strangers; `nil` where it was not asked.
    package var rejectsDirectSend: Bool?

    package init(
        drift: [DriftFinding] = [],
        unmanaged: [UnmanagedConnector] = [],
        blockedConnectors: [String]? = [],
        isAuditing: Bool? = true
    ) {
        self.drift = drift
        self.unmanaged = unmanaged
        self.blockedConnectors = blockedConnectors
        self.isAuditing = isAuditing
    }
}

/// One connector's deviation, and whose it is.
package struct DriftFinding: Hashable, Sendable {
    package var item: DriftItem
    package var author: DriftAuthor
    /// Who changed a field last, by its path, where the audit log names the field.
    package var fieldAuthors: [String: DriftAuthor]
    /// The paths of fields that, put back, would weaken security; all of them where that cannot be told apart.
    package var weakeningFields: Set<String>

    package init(
        _ item: DriftItem,
        author: DriftAuthor = .notYetKnown,
        fieldAuthors: [String: DriftAuthor] = [:],
        weakeningFields: Set<String> = []
    ) {
        self.item = item
        self.author = author
        self.fieldAuthors = fieldAuthors
        self.weakeningFields = weakeningFields
    }
}

/// Who changed a connector, as far as the tenant's audit log tells.
package enum DriftAuthor: Hashable, Sendable, Codable {
    /// The audit log is late.
    case notYetKnown
    /// A person's or application's name and address, as the audit log has them: hostile text.
    case known(name: String, isApplication: Bool, at: Date, address: String?)
    /// Not found after 24 h.
    case notFound
    case auditingOff
    /// Our own write, which is not drift.
    case ours
}
