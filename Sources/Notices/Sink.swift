package import Scheduling

/// A place that events are sent to, and which of them it gets.
package struct Sink: Sendable {
    /// How a message is written.
    package enum Form: String, Hashable, Sendable {
        /// CloudEvents 1.0, signed where there is a secret.
        case cloudEvents = "webhook"
        case slack
        case teams
    }

    package var name: String
    package var form: Form
    /// Reads the address when it is needed: that of a chat is a secret.
    package var address: @Sendable () throws -> String
    /// Reads the key that signs a CloudEvents message; `nil`: unsigned.
    package var secret: (@Sendable () throws -> String)?
    /// Conditions whose events it gets, in either spelling (`Drifted`, `live-state-unknown`); empty: all.
    package var conditions: Set<String>
    /// Tenants whose events it gets; empty: all, and what concerns no tenant.
    package var tenants: Set<String>

    package init(
        name: String,
        form: Form,
        address: @escaping @Sendable () throws -> String,
        secret: (@Sendable () throws -> String)? = nil,
        conditions: Set<String> = [],
        tenants: Set<String> = []
    ) {
        self.name = name
        self.form = form
        self.address = address
        self.secret = secret
        self.conditions = conditions
        self.tenants = tenants
    }

    package func takes(_ event: Event) -> Bool {
        let isWanted =
            conditions.isEmpty || conditions.contains(event.condition.rawValue)
            || conditions.contains(event.condition.kebabCase) || conditions.contains(event.reason)
        guard isWanted else { return false }
        return tenants.isEmpty || event.tenant.map(tenants.contains) ?? false
    }
}
