/// Definitions as text; a test states only what it is about.
enum Definition {
    /// What lets a definition weaken security, or be deleted.
    static let approval = "mitregate.dev/accept-risk: \"Agreed.\""

    static func document(_ kind: String, _ slug: String, _ spec: String, annotations: String = "") -> String {
        """
        apiVersion: mitregate.dev/v1
        kind: \(kind)
        metadata: {name: \(slug)\(annotations.isEmpty ? "" : ", annotations: {\(annotations)}")}
        spec: {\(spec)}

        """
    }

    /// Forced TLS to a partner's domain.
    static func outbound(
        _ slug: String,
        name: String? = nil,
        domain: String? = nil,
        _ more: String = "",
        annotations: String = ""
    ) -> String {
        let own = "name: \"\(name ?? "To \(slug)")\", connectorType: Partner, useMXRecord: true, "
        let mail = "recipientDomains: [\(domain ?? "\(slug).example")], tlsSettings: EncryptionOnly"
        return document(
            "OutboundConnector",
            slug,
            own + mail + (more.isEmpty ? "" : ", \(more)"),
            annotations: annotations
        )
    }

    /// A connector that only a transport rule leads to.
    static func scoped(_ slug: String, annotations: String = "") -> String {
        document(
            "OutboundConnector",
            slug,
            "name: \"To \(slug)\", connectorType: Partner, useMXRecord: true, isTransportRuleScoped: true, "
                + "tlsSettings: EncryptionOnly",
            annotations: annotations
        )
    }

    /// Forced TLS from a partner's domain, with the partner's certificate.
    static func inbound(
        _ slug: String,
        name: String? = nil,
        _ more: String = "",
        annotations: String = ""
    ) -> String {
        document(
            "InboundConnector",
            slug,
            "name: \"\(name ?? "From \(slug)")\", connectorType: Partner, senderDomains: [\(slug).example], requireTls: true, "
                + "restrictDomainsToCertificate: true, tlsSenderCertificateName: mail.\(slug).example"
                + (more.isEmpty ? "" : ", \(more)"),
            annotations: annotations
        )
    }

    static func rule(_ slug: String, to connector: String, domain: String, annotations: String = "") -> String {
        document(
            "TransportRule",
            slug,
            "name: \"Lead \(slug)\", routeMessageOutboundConnector: \(connector), recipientDomainIs: [\(domain)]",
            annotations: annotations
        )
    }

    /// A rule that demands TLS and leads nowhere; it is written last.
    static let lastRule = document(
        "TransportRule",
        "z",
        "name: Z, routeMessageOutboundRequireTls: true, recipientDomainIs: [z.example]"
    )
}
