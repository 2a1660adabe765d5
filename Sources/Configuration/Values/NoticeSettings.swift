/// A place that events are sent to.
package struct NoticeSettings: Hashable, Sendable {
    package enum Form: String, Hashable, Sendable, CaseIterable {
        /// CloudEvents 1.0 over HTTP.
        case webhook
        case slack
        case teams
    }

    /// An address as it stands in the file, or where it is found: the address of a chat's webhook is a secret.
    package enum Address: Hashable, Sendable {
        case plain(String)
        case secret(SecretReference)
    }

    package var name: String
    package var form: Form
    package var address: Address
    /// Signs each message of a webhook.
    package var secret: SecretReference?
    /// Conditions, such as `Drifted`, whose events are sent; empty: all.
    package var conditions: [String]
    /// Names of tenants; empty: all, and what concerns no tenant.
    package var tenants: [String]

    package init(
        name: String,
        form: Form,
        address: Address,
        secret: SecretReference? = nil,
        conditions: [String] = [],
        tenants: [String] = []
    ) {
        self.name = name
        self.form = form
        self.address = address
        self.secret = secret
        self.conditions = conditions
        self.tenants = tenants
    }
}
