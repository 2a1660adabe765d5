package import FoundationEssentials

/// What is so about a tenant or another object now, and since when.
package struct Condition: Hashable, Sendable, Codable {
    package enum Status: String, Hashable, Sendable, Codable, CaseIterable {
        case `true` = "True"
        case `false` = "False"
        case unknown = "Unknown"
    }

    package var object: String
    package var type: ConditionType
    package var status: Status
    /// CamelCase or kebab-case, and stable.
    package var reason: String
    /// For people; what strangers wrote in it is escaped.
    package var message: String
    /// When status or reason last changed.
    package var since: Date

    package init(
        object: String,
        type: ConditionType,
        status: Status,
        reason: String,
        message: String,
        since: Date
    ) {
        self.object = object
        self.type = type
        self.status = status
        self.reason = reason
        self.message = message
        self.since = since
    }
}
