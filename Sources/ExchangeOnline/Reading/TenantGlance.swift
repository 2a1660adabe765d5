package import Connectors
import Crypto
package import FoundationEssentials

/// What the two lists of connectors said, in short: two glances with one digest are of a tenant in which no connector
/// moved between them.
package struct TenantGlance: Hashable, Sendable, Codable {
    /// `sha256:` and 64 hexadecimal digits, over every connector's identity, name, origin and fields in their normal form.
    ///
    /// Times are not in it: which replica of the directory answers decides on `WhenChanged`. Nor are connectors in test
    /// mode, which a plain `Get-OutboundConnector` hides, and which carry no mail.
    package let digest: String
    /// How many connectors the digest is over.
    package let connectors: Int
    /// By our own clock, before the first request.
    package let readAt: Date
    /// When the service answered, by its own clock; nothing where it does not tell.
    package let serviceTime: Date?

    /// - Parameter connectors: Of all kinds; rules and connectors in test mode count for nothing.
    package init(of connectors: [ObservedConnector], readAt: Date, serviceTime: Date? = nil) {
        let counted = connectors.filter { connector in
            connector.kind != .transportRule && connector.settings["testMode"] != .boolean(true)
        }
        var hash = SHA256()
        for connector in counted.sorted(by: { ($0.kind, $0.guid) < ($1.kind, $1.guid) }) {
            hash.update(connector.kind.rawValue)
            hash.update(connector.guid)
            hash.update(connector.displayName)
            hash.update(connector.origin.rawValue)
            hash.update(connector.isValid ? "valid" : "broken")
            for field in connector.kind.fields {
                hash.update(field.name)
                hash.update(field.normal(connector.settings[field.name] ?? .none))
            }
        }
        digest =
            "sha256:"
            + hash.finalize().map { byte in
                (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }.joined()
        self.connectors = counted.count
        self.readAt = readAt
        self.serviceTime = serviceTime
    }

    /// Of a tenant that was read in full: a later glance with the same digest says that no connector moved since.
    package init(of observed: ObservedTenant) { self.init(of: observed.connectors, readAt: observed.readAt) }
}

extension SHA256 {
    /// With its length before it, so that no two lists of texts are one.
    fileprivate mutating func update(_ text: String) {
        update(data: Array("\(text.utf8.count):".utf8))
        update(data: Array(text.utf8))
    }

    fileprivate mutating func update(_ value: FieldValue) {
        switch value {
        case .none: update("none")
        case .boolean(let flag): update(flag ? "true" : "false")
        case .integer(let number): update("integer \(number)")
        case .text(let text): update("text \(text)")
        case .list(let items):
            update("list \(items.count)")
            for item in items { update(item) }
        }
    }
}
