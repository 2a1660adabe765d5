/// An inbound connector that Exchange Online treats as compromised: it may neither send nor relay, and only a person may
/// lift that.
///
/// Of the rows nothing but `ConnectorId` is published, and that as a parameter; the rest is read as far as it is there.
/// Source: learn.microsoft.com/powershell/module/exchangepowershell/get-blockedconnector.
package struct BlockedConnector: Hashable, Sendable, Codable {
    /// The connector's GUID in lower case; nothing where the row names none, which makes it no less blocked.
    package var guid: String?
    /// The connector's name, where the row has one.
    package var name: String?
    /// What the service says of the cause, at most some hundred characters, free of control characters.
    package var reason: String?

    package init(guid: String?, name: String? = nil, reason: String? = nil) {
        self.guid = guid
        self.name = name
        self.reason = reason
    }
}
