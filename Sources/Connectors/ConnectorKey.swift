/// A connector's identity in git: its kind and its slug (`metadata.name`).
package struct ConnectorKey: Hashable, Sendable, Codable {
    package let kind: ConnectorKind
    package let name: String

    package init(kind: ConnectorKind, name: String) {
        self.kind = kind
        self.name = name
    }
}

extension ConnectorKey: Comparable, CustomStringConvertible {
    package static func < (lhs: Self, rhs: Self) -> Bool {
        lhs.kind != rhs.kind ? lhs.kind < rhs.kind : lhs.name.utf8.lexicographicallyPrecedes(rhs.name.utf8)
    }

    package var description: String { "\(kind)/\(name)" }
}
