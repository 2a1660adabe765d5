/// What Mitregate manages in a tenant: the two directions of connectors, and the rules that lead mail into one.
package enum ConnectorKind: String, Hashable, Sendable, CaseIterable, Codable {
    case inboundConnector = "InboundConnector"
    case outboundConnector = "OutboundConnector"
    case transportRule = "TransportRule"
}

extension ConnectorKind: Comparable {
    /// The order in which kinds are listed: connectors before the rules that need them.
    package static func < (lhs: Self, rhs: Self) -> Bool { lhs.rank < rhs.rank }

    private var rank: Int {
        switch self {
        case .inboundConnector: 0
        case .outboundConnector: 1
        case .transportRule: 2
        }
    }
}

extension ConnectorKind: CustomStringConvertible {
    package var description: String { rawValue }
}
