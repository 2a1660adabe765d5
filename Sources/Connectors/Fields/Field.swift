/// One settable parameter of a kind: the only list from which definitions are decoded, schemas printed, rows read,
/// parameters sent and differences found.
package struct Field: Hashable, Sendable {
    /// The name in a definition, Microsoft's parameter name in lowerCamelCase: `recipientDomains`.
    package let name: String
    /// Microsoft's parameter name: `RecipientDomains`.
    package let parameter: String
    package let type: FieldType
    /// What Exchange holds when the parameter was never given.
    package let defaultValue: FieldValue
    /// False for a parameter that the New- cmdlet does not take: it is set right after.
    package let isSettableOnCreate: Bool
    /// One sentence for people and for the JSON Schema.
    package let summary: String

    package init(
        _ name: String,
        _ parameter: String,
        _ type: FieldType,
        default defaultValue: FieldValue,
        isSettableOnCreate: Bool = true,
        _ summary: String
    ) {
        self.name = name
        self.parameter = parameter
        self.type = type
        self.defaultValue = defaultValue
        self.isSettableOnCreate = isSettableOnCreate
        self.summary = summary
    }
}

extension ConnectorKind {
    /// Every managed field of the kind, in the order in which people read them.
    package var fields: [Field] {
        switch self {
        case .inboundConnector: Field.inboundConnector
        case .outboundConnector: Field.outboundConnector
        case .transportRule: Field.transportRule
        }
    }

    package func field(_ name: String) -> Field? { Field.byName[self]?[name] }

    /// Parameters that exist in Exchange and that a definition may not set, with the reason.
    package var reservedFields: [String: String] {
        switch self {
        case .inboundConnector: Field.reservedInbound
        case .outboundConnector: Field.reservedOutbound
        case .transportRule: Field.reservedRule
        }
    }

    /// Fields that Exchange validates together, so that a change to one sends the values of all.
    ///
    /// Source: the parameter notes of Set-OutboundConnector and Set-InboundConnector: the resulting object is validated.
    package var companions: [Set<String>] {
        switch self {
        case .inboundConnector:
            [
                ["requireTls", "restrictDomainsToCertificate", "tlsSenderCertificateName"],
                ["restrictDomainsToIPAddresses", "senderIPAddresses"],
            ]
        case .outboundConnector:
            [
                ["useMXRecord", "smartHosts"],
                ["tlsSettings", "tlsDomain"],
                ["isTransportRuleScoped", "recipientDomains", "allAcceptedDomains"],
            ]
        case .transportRule: []
        }
    }
}

extension Field {
    fileprivate static let byName: [ConnectorKind: [String: Field]] = Dictionary(
        uniqueKeysWithValues: ConnectorKind.allCases.map { kind in
            (kind, Dictionary(uniqueKeysWithValues: kind.fields.map { ($0.name, $0) }))
        }
    )
}
