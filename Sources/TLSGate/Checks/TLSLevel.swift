package import Connectors

/// What a connector demands of TLS before it sends: the columns of the severity tables.
package enum TLSLevel: Int, Hashable, Sendable, CaseIterable {
    /// TlsSettings is not set: mail goes unencrypted where the partner offers no TLS.
    case opportunistic = 0
    case encryption
    case certificate
    case domain

    /// Reads the word of `tlsSettings`.
    package init(_ value: FieldValue?) {
        switch value?.strings.first?.lowercased() {
        case "encryptiononly": self = .encryption
        case "certificatevalidation": self = .certificate
        case "domainvalidation": self = .domain
        default: self = .opportunistic
        }
    }

    /// What the connector demands, for a sentence.
    package var demand: String {
        switch self {
        case .opportunistic: "no encryption"
        case .encryption: "an encrypted connection"
        case .certificate: "an encrypted connection and a certificate from a trusted issuer"
        case .domain: "an encrypted connection and a trusted certificate with the partner's name"
        }
    }

    /// Whether the server's certificate is looked at.
    package var checksCertificates: Bool { self == .certificate || self == .domain }

    /// The word of TlsSettings.
    package var word: String {
        switch self {
        case .opportunistic: "not set"
        case .encryption: "EncryptionOnly"
        case .certificate: "CertificateValidation"
        case .domain: "DomainValidation"
        }
    }
}
