package import Connectors

/// What the files of a tenant are to say of one connector.
package struct DefinitionWish: Hashable, Sendable {
    package enum Change: Hashable, Sendable {
        /// The values of fields by their names, `name` among them.
        case fields([String: FieldValue])
        /// There is no such connector.
        case removal
    }

    package var key: ConnectorKey
    package var change: Change

    package init(_ key: ConnectorKey, _ change: Change) {
        self.key = key
        self.change = change
    }
}

/// A wish, or a field of one, that no edit fulfils.
package struct UnmetWish: Hashable, Sendable {
    package var key: ConnectorKey
    /// `nil` where the connector as a whole is meant.
    package var field: String?
    /// Half a sentence for people; strangers' strings in it are escaped.
    package var reason: String
    package var position: SourcePosition?

    package init(_ key: ConnectorKey, field: String?, reason: String, position: SourcePosition? = nil) {
        self.key = key
        self.field = field
        self.reason = reason
        self.position = position
    }
}

/// A file that was edited.
package struct EditedFile: Hashable, Sendable {
    /// As in ``DefinitionFile/path``.
    package let path: String
    /// `nil`: nothing is left in it, and it is to be removed.
    package let bytes: [UInt8]?
}
