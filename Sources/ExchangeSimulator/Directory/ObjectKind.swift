/// The kinds of objects that cmdlets create, change and remove.
enum ObjectKind: String, CaseIterable, Hashable, Sendable {
    case inboundConnector = "InboundConnector"
    case outboundConnector = "OutboundConnector"
    case transportRule = "TransportRule"

    /// The member of a seed that lists them.
    var seedName: String {
        switch self {
        case .inboundConnector: "inboundConnectors"
        case .outboundConnector: "outboundConnectors"
        case .transportRule: "transportRules"
        }
    }

    var properties: [Property] {
        switch self {
        case .inboundConnector: Property.inboundConnector
        case .outboundConnector: Property.outboundConnector
        case .transportRule: Property.transportRule
        }
    }
}
