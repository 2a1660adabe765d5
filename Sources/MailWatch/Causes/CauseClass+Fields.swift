extension CauseClass {
    /// Condition F: the classes that a change of these fields can produce.
    ///
    /// `transportRule` stands for a rule that leads mail to the connector: it changes what mail takes it.
    package static func producible(by changed: Set<String>) -> Set<CauseClass> {
        Set(allCases.filter { !$0.fields.isDisjoint(with: changed) })
    }

    /// The fields that bring mail under a connector's demands, or send it another way.
    static let scopeFields: Set<String> = [
        "recipientDomains", "isTransportRuleScoped", "allAcceptedDomains", "enabled", "testMode", transportRule,
    ]

    /// The name under which a change of a transport rule counts.
    static let transportRule = "transportRule"

    /// The fields whose change can produce the class.
    package var fields: Set<String> {
        switch self {
        case .tlsAbsent, .tlsHandshake, .tlsUntrusted, .tlsName, .tlsCertificate:
            Self.scopeFields.union(["tlsSettings", "tlsDomain", "smartHosts", "useMXRecord"])
        case .dane, .sts: Self.scopeFields.union(["smtpDaneMode", "mtaStsMode", "useMXRecord", "smartHosts"])
        case .network: Self.scopeFields.union(["smartHosts", "useMXRecord", "routeAllMessagesViaOnPremises"])
        case .refused:
            Self.scopeFields.union([
                "smartHosts", "useMXRecord", "routeAllMessagesViaOnPremises", "cloudServicesMailEnabled",
            ])
        case .ownPolicy, .other: []
        }
    }

    /// What failed, in the fewest words, for people.
    var phrase: String {
        switch self {
        case .ownPolicy: "a policy of the tenant"
        case .tlsAbsent: "STARTTLS is required"
        case .tlsName: "the certificate's name does not match"
        case .tlsUntrusted: "the certificate is not trusted"
        case .tlsHandshake: "the TLS handshake failed"
        case .sts: "MTA-STS validation failed"
        case .dane: "DANE validation failed"
        case .tlsCertificate: "the certificate is not valid"
        case .network: "the server cannot be reached"
        case .refused: "the server refused to relay"
        case .other: "another cause"
        }
    }
}
