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

    package func field(_ name: String) -> Field? {
        guard let number = FieldNames.number(of: name) else { return nil }
        switch self {
        case .inboundConnector: return Field.inboundByNumber[number]
        case .outboundConnector: return Field.outboundByNumber[number]
        case .transportRule: return Field.ruleByNumber[number]
        }
    }

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
    fileprivate static let inboundByNumber = byNumber(inboundConnector)
    fileprivate static let outboundByNumber = byNumber(outboundConnector)
    fileprivate static let ruleByNumber = byNumber(transportRule)

    /// One kind's fields by their numbers in `FieldNames`.
    private static func byNumber(_ fields: [Field]) -> [Field?] {
        FieldNames.all.map { name in fields.first { $0.name == name } }
    }
}
