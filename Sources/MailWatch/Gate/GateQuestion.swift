package import Connectors
package import FoundationEssentials

/// What a watch asks the gate: to judge one image of the connector for the next hop of one domain.
package struct GateQuestion: Hashable, Sendable {
    package enum Image: String, Hashable, Sendable, Codable {
        /// As the connector was: would it have delivered?
        case before
        /// As the connector is: does the gate see what Exchange Online says?
        case after
    }

    /// The watch that asks.
    package var watch: String
    package var image: Image
    /// The connector's fields in that image; `nil` for no connector, so mail goes by MX and TLS is opportunistic.
    package var settings: Settings?
    /// The recipient domain whose next hop is meant.
    ///
    /// It matters where the image delivers by MX.
    package var domain: String
    /// The server that failed, by name and by address, as far as the text tells; its findings are wanted.
    package var host: PartnerHost?
    /// Observations made before this do not count.
    package var notBefore: Date
}

/// A partner's server as a text of Exchange Online names it.
package struct PartnerHost: Hashable, Sendable, Codable {
    /// In lower case.
    package var name: String?
    /// An IP address, without a port.
    package var address: String?

    /// Takes both in normal form; what is neither a name nor an address is left out.
    package init(name: String? = nil, address: String? = nil) {
        self.name = name.flatMap { DomainName($0) }.map(\.description)
        self.address = address.flatMap { IPRange($0) }.map(\.description)
    }

    /// Whether both may be one server: the same name or the same address, where both tell it.
    package func isSame(as other: PartnerHost) -> Bool {
        name != nil && name == other.name || address != nil && address == other.address
    }
}
