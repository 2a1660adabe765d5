package import FoundationEssentials

/// Something that changed, told once: a condition that came or went, or the daily reminder of one that stays.
///
/// What makes two events the same is tenant, object, condition, reason and transition, never the text.
package struct Event: Hashable, Sendable, Codable {
    package enum Transition: String, Hashable, Sendable, Codable, CaseIterable {
        case raised
        case cleared
        case reminder
    }

    package enum Severity: String, Hashable, Sendable, Codable, CaseIterable, Comparable {
        case info
        case warning
        case high

        package static func < (left: Severity, right: Severity) -> Bool { left.rank < right.rank }

        private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
    }

    /// Unique and in the order of time within one store: 26 characters, as a run's id.
    package var id: String
    package var time: Date
    /// `nil` for what concerns no single tenant: a source, a sink, the controller itself.
    package var tenant: String?
    /// What it is about, such as `OutboundConnector/fabrikam-forced-tls`, `Source/mail-flow` or `Tenant/contoso`.
    package var object: String
    package var condition: ConditionType
    /// CamelCase or kebab-case, and stable.
    package var reason: String
    package var transition: Transition
    package var severity: Severity
    /// For people; what strangers wrote in it is escaped.
    package var message: String
    /// The run that it comes from.
    package var run: String?
    /// The commit, 40 hex digits.
    package var revision: String?
    /// Where a person reads more: below `server.publicURL`.
    package var link: String?

    package init(
        id: String,
        time: Date,
        tenant: String?,
        object: String,
        condition: ConditionType,
        reason: String,
        transition: Transition = .raised,
        severity: Severity,
        message: String,
        run: String? = nil,
        revision: String? = nil,
        link: String? = nil
    ) {
        self.id = id
        self.time = time
        self.tenant = tenant
        self.object = object
        self.condition = condition
        self.reason = reason
        self.transition = transition
        self.severity = severity
        self.message = message
        self.run = run
        self.revision = revision
        self.link = link
    }
}
