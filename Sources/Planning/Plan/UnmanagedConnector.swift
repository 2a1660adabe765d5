package import Connectors

/// A connector in the tenant that no definition claims; it is left alone.
package struct UnmanagedConnector: Hashable, Sendable, Codable {
    package var kind: ConnectorKind
    package var displayName: String
    package var origin: ObservedConnector.Origin
    package var risk: RiskLevel
    package var risks: [Risk]

    package init(
        kind: ConnectorKind,
        displayName: String,
        origin: ObservedConnector.Origin,
        risk: RiskLevel,
        risks: [Risk]
    ) {
        self.kind = kind
        self.displayName = displayName
        self.origin = origin
        self.risk = risk
        self.risks = risks
    }
}
