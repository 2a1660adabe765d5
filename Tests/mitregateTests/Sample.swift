/// Definitions that the gate passes without asking anybody: bound to addresses, or a rule that demands TLS.
enum Sample {
    static let fabrikam = ["fabrikam.yaml": inbound("fabrikam", "From Fabrikam", "192.0.2.1")]

    static func inbound(
        _ slug: String,
        _ name: String,
        _ addresses: String,
        isEnabled: Bool = true,
        more: String = ""
    ) -> String {
        """
        apiVersion: mitregate.dev/v1
        kind: InboundConnector
        metadata: {name: \(slug)}
        spec:
          name: \(name)
          enabled: \(isEnabled)
          connectorType: Partner
          senderDomains: [\(slug).example]
          requireTls: true
          restrictDomainsToIPAddresses: true
          senderIPAddresses: [\(addresses)]
        \(more)
        """
    }

    static func rule(_ slug: String, _ domains: String) -> String {
        """
        apiVersion: mitregate.dev/v1
        kind: TransportRule
        metadata: {name: \(slug)}
        spec:
          name: Rule \(slug)
          routeMessageOutboundRequireTls: true
          recipientDomainIs: [\(domains)]
          sentToScope: NotInOrganization

        """
    }

    /// An inbound connector that is bound to nothing: a high risk without approval.
    static let unbound = """
        apiVersion: mitregate.dev/v1
        kind: InboundConnector
        metadata: {name: unbound}
        spec: {name: From anybody, connectorType: Partner, senderDomains: [tailspintoys.com], requireTls: false}

        """
}
