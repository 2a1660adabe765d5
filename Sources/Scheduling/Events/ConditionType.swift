/// What may be said of a tenant or of another object, in the manner of Kubernetes' conditions.
///
/// The raw value is what people and scripts read; an event's CloudEvents type has it in kebab-case (`kebabCase`).
package struct ConditionType: RawRepresentable, Hashable, Sendable, Codable {
    package let rawValue: String

    package init(rawValue: String) { self.rawValue = rawValue }

    package init(from decoder: any Decoder) throws {
        rawValue = try decoder.singleValueContainer().decode(String.self)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }
}

extension ConditionType {
    /// Git and tenant agree, and nothing is waited for; always present.
    package static let ready = ConditionType(rawValue: "Ready")
    package static let drifted = ConditionType(rawValue: "Drifted")
    /// The tenant could not be read: its drift is not known.
    package static let liveStateUnknown = ConditionType(rawValue: "LiveStateUnknown")
    package static let approved = ConditionType(rawValue: "Approved")
    package static let blocked = ConditionType(rawValue: "Blocked")
    package static let rolledBack = ConditionType(rawValue: "RolledBack")
    package static let suspended = ConditionType(rawValue: "Suspended")
    /// The TLS gate lets the pending change through.
    package static let preflightPassed = ConditionType(rawValue: "PreflightPassed")
    /// A run has not ended within its deadline.
    package static let stalled = ConditionType(rawValue: "Stalled")
    /// Who changed a connector cannot be told, as the tenant keeps no audit log.
    package static let auditingOff = ConditionType(rawValue: "AuditingOff")
    /// Someone else undoes every correction of a connector; it is corrected no more.
    package static let fight = ConditionType(rawValue: "fight")
    /// Exchange has blocked an inbound connector, as it takes it for compromised.
    package static let connectorBlocked = ConditionType(rawValue: "connector-blocked")
    /// A commit waits for its canaries.
    package static let rolloutWaiting = ConditionType(rawValue: "rollout-waiting")
    /// A commit is held for all other tenants, as it failed in some.
    package static let rolloutStopped = ConditionType(rawValue: "rollout-stopped")
    /// The organization's setting that guards its own domains was changed.
    package static let directSend = ConditionType(rawValue: "direct-send")
    /// A request was applied before its merge, and the merge is awaited.
    package static let appliedBeforeMerge = ConditionType(rawValue: "AppliedBeforeMerge")
    /// What was applied before a merge is in the tenant, and no merge is to be expected that would bring git up to it.
    package static let aheadOfGit = ConditionType(rawValue: "AheadOfGit")
    package static let certificateEnds = ConditionType(rawValue: "certificate-ends")
    /// The credential by which we sign in to a tenant ends soon, or has ended.
    package static let credentialEnds = ConditionType(rawValue: "credential-ends")
    /// A partner's server shows a certificate with other names, or of another issuer.
    package static let certificateChanged = ConditionType(rawValue: "certificate-changed")
    /// A changed configuration cannot be taken over; the old one stays in force.
    package static let configurationRefused = ConditionType(rawValue: "configuration-refused")
    /// A source cannot be fetched.
    package static let fetchFailed = ConditionType(rawValue: "FetchFailed")
    /// Events do not reach a sink.
    package static let noticesFailing = ConditionType(rawValue: "NoticesFailing")
    /// Our own network keeps us from looking at partners.
    package static let partnersUnseen = ConditionType(rawValue: "PartnersUnseen")
    /// A round of a watch was skipped, as the service's time is not believed.
    package static let clockSkewed = ConditionType(rawValue: "ClockSkewed")
    /// Requests cannot be looked at, or not be answered.
    package static let forgeUnavailable = ConditionType(rawValue: "ForgeUnavailable")
    /// Deliveries of a source's forge cannot be verified, so they are not taken.
    package static let webhookClosed = ConditionType(rawValue: "WebhookClosed")
    /// A request of our own is open.
    package static let offered = ConditionType(rawValue: "Offered")
    /// A change cannot be offered, or its request not be brought up to date.
    package static let offerHeld = ConditionType(rawValue: "OfferHeld")

    /// All but the states of a watch over mail, which are told by their own words.
    package static let all: [ConditionType] = [
        .ready, .drifted, .liveStateUnknown, .approved, .blocked, .rolledBack, .suspended, .preflightPassed, .stalled,
        .auditingOff, .fight, .connectorBlocked, .rolloutWaiting, .rolloutStopped, .directSend, .appliedBeforeMerge,
        .aheadOfGit,
        .certificateEnds, .credentialEnds, .certificateChanged, .configurationRefused, .fetchFailed, .noticesFailing,
        .partnersUnseen, .clockSkewed, .forgeUnavailable, .webhookClosed, .offered, .offerHeld,
    ]

    /// The raw value with a hyphen before each word: `LiveStateUnknown` is `live-state-unknown`.
    package var kebabCase: String {
        var text = ""
        for character in rawValue {
            if character.isUppercase {
                if !text.isEmpty && text.last != "-" { text.append("-") }
                text.append(contentsOf: character.lowercased())
            } else {
                text.append(character)
            }
        }
        return text
    }
}
