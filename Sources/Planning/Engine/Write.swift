package import Connectors
package import FoundationEssentials

/// One request to change a tenant: what to send, and nothing else.
package struct Write: Hashable, Sendable, Codable {
    package var action: Change.Action
    package var kind: ConnectorKind
    /// The slug; for messages.
    package var name: String
    /// The `Name` in Exchange before the write; for a create, the one it gets.
    package var displayName: String
    /// A new `Name`, where the write renames.
    package var newDisplayName: String?
    /// The object's identity; `nil` for a create.
    package var guid: String?
    /// The fields to send: what changes, with the companions that Exchange wants in one call.
    package var settings: Settings
    /// The fields whose values the write must bring about, by which it is judged when read back.
    package var expected: Settings
    /// When Exchange's own validation of the connector was passed, where that is what the tenant is to record, and nothing
    /// else; `nil` for a change of settings.
    package var validatedAt: Date?
    /// Whether it is to change any setting.
    package var changesSettings: Bool { validatedAt == nil }
    /// How empty lists among the settings are sent; `nil` for the usual form, an empty array.
    package var clearedList: ClearedList?

    package init(
        action: Change.Action,
        kind: ConnectorKind,
        name: String,
        displayName: String,
        newDisplayName: String? = nil,
        guid: String? = nil,
        settings: Settings,
        expected: Settings
    ) {
        self.action = action
        self.kind = kind
        self.name = name
        self.displayName = displayName
        self.newDisplayName = newDisplayName
        self.guid = guid
        self.settings = settings
        self.expected = expected
    }
}
