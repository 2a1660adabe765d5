import Connectors

/// What an inbound connector demands of, or trusts in, the mail that it is about; one out of use does neither.
struct InboundPosture {
    enum Binding: Int, Comparable {
        case none
        case addresses
        case certificate

        static func < (lhs: Self, rhs: Self) -> Bool { lhs.rawValue < rhs.rawValue }
    }

    let isInUse: Bool
    let isOnPremises: Bool
    let requiresTLS: Bool
    /// What ties a partner's mail to the partner; for your own servers, what they are recognised by.
    let binding: Binding
    let certificateName: String?
    let addresses: [String]

    init(_ settings: NormalSettings?) {
        isInUse = settings?.isOn("enabled") ?? false
        isOnPremises = isInUse && settings?.word("connectorType") == "OnPremises"
        requiresTLS = isInUse && settings?.isOn("requireTls") == true
        let name = settings?.word("tlsSenderCertificateName")
        let networks = settings?.words("senderIPAddresses") ?? []
        let usesName =
            isOnPremises ? name != nil : name != nil && settings?.isOn("restrictDomainsToCertificate") == true
        let usesAddresses =
            isOnPremises
            ? !networks.isEmpty : !networks.isEmpty && settings?.isOn("restrictDomainsToIPAddresses") == true
        certificateName = isInUse && usesName ? name : nil
        addresses = isInUse && usesAddresses ? networks : []
        binding = certificateName != nil ? .certificate : addresses.isEmpty ? .none : .addresses
    }

    /// Whether a partner's mail is refused under some condition.
    var protects: Bool { isInUse && !isOnPremises && (requiresTLS || binding > .none) }

    /// The condition, to go behind "unless".
    var condition: String {
        var parts: [String] = []
        if let certificateName {
            parts.append("it arrives over TLS with a certificate for \(certificateName.escapingControls)")
        } else if requiresTLS {
            parts.append("it arrives over TLS")
        }
        if !addresses.isEmpty { parts.append("it comes from \(Phrase.list(addresses, or: true))") }
        return parts.joined(separator: ", and ")
    }

    /// How your own servers are recognised, to go behind "from".
    var servers: String {
        var parts: [String] = []
        if let certificateName { parts.append("servers with a certificate for \(certificateName.escapingControls)") }
        if !addresses.isEmpty { parts.append("the addresses \(Phrase.list(addresses))") }
        return parts.isEmpty ? "unnamed servers" : parts.joined(separator: ", and from ")
    }
}
