/// Something that is not as it should be, as it was found now; the ledger makes conditions and events of it.
package struct Finding: Hashable, Sendable {
    /// Such as `OutboundConnector/fabrikam-forced-tls`, `Source/mail-flow` or `Tenant/contoso`.
    package var object: String
    package var type: ConditionType
    /// What the condition's status is while this is so: `true` for `Drifted`, `false` for `Ready`.
    package var status: Condition.Status
    package var reason: String
    package var severity: Event.Severity
    /// For people; what strangers wrote in it is escaped.
    package var message: String
    /// Whether it becomes an event; what is only state, such as a change that settles, does not.
    package var isTold: Bool

    package init(
        _ object: String,
        _ type: ConditionType,
        status: Condition.Status = .true,
        reason: String,
        severity: Event.Severity = .warning,
        message: String,
        isTold: Bool = true
    ) {
        self.object = object
        self.type = type
        self.status = status
        self.reason = reason
        self.severity = severity
        self.message = message
        self.isTold = isTold
    }

    package var identity: Identity { Identity(object: object, type: type, reason: reason) }

    /// What makes two findings one: never the text.
    package struct Identity: Hashable, Sendable, Codable, Comparable {
        package var object: String
        package var type: ConditionType
        package var reason: String

        package init(object: String, type: ConditionType, reason: String) {
            self.object = object
            self.type = type
            self.reason = reason
        }

        package static func < (left: Self, right: Self) -> Bool {
            (left.object, left.type.rawValue, left.reason) < (right.object, right.type.rawValue, right.reason)
        }
    }
}
