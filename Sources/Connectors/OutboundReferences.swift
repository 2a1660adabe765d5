/// Finds the outbound connector that a transport rule names, by its slug or by its name in Exchange.
package struct OutboundReferences {
    private let bySlug: [String: DesiredConnector]
    private let byDisplayName: [String: DesiredConnector]

    package init(_ connectors: [DesiredConnector]) {
        let outbound = connectors.filter { $0.kind == .outboundConnector }
        bySlug = Dictionary(outbound.map { ($0.key.name, $0) }) { first, _ in first }
        byDisplayName = Dictionary(outbound.map { ($0.displayName.lowercased(), $0) }) { first, _ in first }
    }

    /// The connector that a reference means: a slug first, then a name without regard to case.
    package func target(of reference: String) -> DesiredConnector? {
        bySlug[reference] ?? byDisplayName[reference.trimmingSpaces().lowercased()]
    }

    /// The rule with its reference as Exchange wants it, the connector's name; others as they are.
    package func resolved(_ connector: DesiredConnector) -> DesiredConnector {
        guard connector.kind == .transportRule,
            let reference = connector.settings.word("routeMessageOutboundConnector"),
            let target = target(of: reference)
        else { return connector }
        var connector = connector
        connector.settings["routeMessageOutboundConnector"] = .text(target.displayName)
        return connector
    }
}
