import Connectors

/// What a document of the repository may be.
package enum DefinitionKind: String, Hashable, Sendable, CaseIterable {
    case outboundConnector = "OutboundConnector"
    case inboundConnector = "InboundConnector"
    case transportRule = "TransportRule"
    case forcedTLSPartner = "ForcedTLSPartner"
    case waiver = "Waiver"
    case acceptedDrift = "AcceptedDrift"
    case templateInstance = "TemplateInstance"
    case template = "Template"
    case tombstone = "Tombstone"

    /// The kind of object in the tenant that the document is about by itself.
    var connectorKind: ConnectorKind? {
        switch self {
        case .outboundConnector: .outboundConnector
        case .inboundConnector: .inboundConnector
        case .transportRule: .transportRule
        case .forcedTLSPartner, .waiver, .acceptedDrift, .templateInstance, .template, .tombstone: nil
        }
    }

    /// The version that every document names.
    package static let apiVersion = "mitregate.dev/v1"
}
