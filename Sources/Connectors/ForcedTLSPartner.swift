/// Forced TLS with one partner, both ways, in one document: what the admin center's two wizards ask for.
///
/// It expands to an outbound and an inbound connector under the same slug. Every field that the how-to touches is
/// declared in them, so that a changed document also takes back what the former one set.
package struct ForcedTLSPartner: Hashable, Sendable {
    /// How much the partner's certificate must prove before mail is sent.
    package enum Trust: String, Hashable, Sendable, CaseIterable {
        case encryptionOnly = "encryption-only"
        case certificateValidation = "certificate-validation"
        case domainValidation = "domain-validation"

        /// The word of `TlsSettings`.
        package var tlsSettings: String {
            switch self {
            case .encryptionOnly: "EncryptionOnly"
            case .certificateValidation: "CertificateValidation"
            case .domainValidation: "DomainValidation"
            }
        }
    }

    package enum Direction: String, Hashable, Sendable, CaseIterable {
        case both
        case outbound
        case inbound
    }

    /// What the partner is called in the names of the two connectors; the slug where it is `nil`.
    package var name: String?
    /// The comment of both connectors; theirs is left alone where it is `nil`.
    package var comment: String?
    package var domains: [String]
    package var trust: Trust
    /// The name in the partner's certificate; with `domainValidation` only.
    package var tlsDomain: String?
    /// Empty: mail goes to the partner's MX.
    package var smartHosts: [String]
    package var testRecipients: [String]
    /// The name in the certificate that the partner sends with.
    package var certificateName: String?
    package var senderIPAddresses: [String]
    package var direction: Direction
    package var transportRuleScoped: Bool
    package var enabled: Bool

    package init(
        name: String? = nil,
        comment: String? = nil,
        domains: [String],
        trust: Trust,
        tlsDomain: String? = nil,
        smartHosts: [String] = [],
        testRecipients: [String] = [],
        certificateName: String? = nil,
        senderIPAddresses: [String] = [],
        direction: Direction = .both,
        transportRuleScoped: Bool = false,
        enabled: Bool = true
    ) {
        self.name = name
        self.comment = comment
        self.domains = domains
        self.trust = trust
        self.tlsDomain = tlsDomain
        self.smartHosts = smartHosts
        self.testRecipients = testRecipients
        self.certificateName = certificateName
        self.senderIPAddresses = senderIPAddresses
        self.direction = direction
        self.transportRuleScoped = transportRuleScoped
        self.enabled = enabled
    }

    /// The fields of the outbound connector, and for each the field of this document that it comes from.
    package var outbound: [(field: String, value: FieldValue, from: String)]? {
        guard direction != .inbound else { return nil }
        return [
            ("enabled", .boolean(enabled), "enabled"),
            ("connectorType", "Partner", "domains"),
            ("recipientDomains", .list(transportRuleScoped ? [] : domains), "domains"),
            ("isTransportRuleScoped", .boolean(transportRuleScoped), "transportRuleScoped"),
            ("useMXRecord", .boolean(smartHosts.isEmpty), "smartHosts"),
            ("smartHosts", .list(smartHosts), "smartHosts"),
            ("tlsSettings", .text(trust.tlsSettings), "trust"),
            ("tlsDomain", tlsDomain.map(FieldValue.text) ?? .none, "tlsDomain"),
            ("validationRecipients", .list(testRecipients), "testRecipients"),
        ] + remark
    }

    /// The fields of the inbound connector, and for each the field of this document that it comes from.
    package var inbound: [(field: String, value: FieldValue, from: String)]? {
        guard direction != .outbound else { return nil }
        return [
            ("enabled", .boolean(enabled), "enabled"),
            ("connectorType", "Partner", "domains"),
            ("senderDomains", .list(domains), "domains"),
            ("requireTls", true, "domains"),
            ("tlsSenderCertificateName", certificateName.map(FieldValue.text) ?? .none, "certificateName"),
            ("restrictDomainsToCertificate", .boolean(certificateName != nil), "certificateName"),
            ("senderIPAddresses", .list(senderIPAddresses), "senderIPAddresses"),
            ("restrictDomainsToIPAddresses", .boolean(!senderIPAddresses.isEmpty), "senderIPAddresses"),
        ] + remark
    }

    /// Declared only where it is given: a connector that was there before may have a comment that someone wrote.
    private var remark: [(field: String, value: FieldValue, from: String)] {
        comment.map { [("comment", .text($0), "comment")] } ?? []
    }

    /// The names in Exchange of the two connectors.
    package func displayNames(slug: String) -> (outbound: String, inbound: String) {
        ("Forced TLS to \(name ?? slug)", "Forced TLS from \(name ?? slug)")
    }

    /// What is wrong with the document as a whole; each connector's own rules are asked of the expansion.
    package var violations: [Violation] {
        var found: [Violation] = []
        if domains.isEmpty {
            found.append(
                Violation(
                    "partner-without-domains",
                    field: "domains",
                    "a partner is its mail domains, and none is listed",
                    remedy: "List the domains, as in domains: [fabrikam.com]."
                )
            )
        }
        if trust == .domainValidation && tlsDomain == nil && direction != .inbound {
            found.append(
                Violation(
                    "partner-tls-domain",
                    field: "trust",
                    "domain-validation compares the certificate's name, and no name is given",
                    remedy: "Set tlsDomain to the name in the partner's certificate."
                )
            )
        }
        if trust != .domainValidation && tlsDomain != nil {
            found.append(
                Violation(
                    "partner-tls-domain",
                    field: "tlsDomain",
                    "tlsDomain has a meaning only with trust: domain-validation",
                    remedy: "Set trust: domain-validation, or remove tlsDomain."
                )
            )
        }
        if certificateName != nil && !senderIPAddresses.isEmpty {
            found.append(
                Violation(
                    "partner-both-restrictions",
                    field: "senderIPAddresses",
                    "Exchange takes either a certificate or addresses to recognise the partner by, not both",
                    remedy: "Keep certificateName, the stronger one."
                )
            )
        }
        if direction != .outbound && certificateName == nil && senderIPAddresses.isEmpty {
            found.append(
                Violation(
                    "partner-unbound",
                    severity: .warning,
                    field: "domains",
                    "anybody who speaks TLS can send as this partner: nothing ties its mail to a certificate or address",
                    remedy: """
                        Ask the partner for the certificate that it sends with, and set certificateName. A partner on Exchange Online \
                        has none of its own: then TLS is demanded, and DMARC tells whose mail it is.
                        """
                )
            )
        }
        return found
    }
}
