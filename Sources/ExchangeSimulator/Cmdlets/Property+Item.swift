extension Property.Item {
    /// What Exchange checks on each element, whatever the rest of the object says.
    ///
    /// Rules I8, I10, O8, O11.
    func check(_ text: String) throws(CmdletError) {
        switch self {
        case .text: return
        case .senderDomain: try Self.checkPattern(DirectoryObject.senderDomain(text).domain)
        case .recipientDomain: try Self.checkPattern(text)
        case .domain:
            guard DomainSyntax.isDomain(text) else { throw Self.notADomain(text) }
        case .senderAddress: try Self.checkSenderAddress(text)
        case .smartHost: try Self.checkSmartHost(text)
        case .skippedAddress:
            guard text.split(separator: "-").allSatisfy({ !$0.isEmpty }), !text.contains(" ") else {
                throw .task(
                    "InvalidIPRangeFormatException",
                    "\"\(text)\" is not an IP address, a range or a CIDR block."
                )
            }
        case .emailAddress:
            let parts = text.split(separator: "@", omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty, DomainSyntax.isDomain(String(parts[1])) else {
                throw .validation("\"\(text)\" isn't a valid SMTP address.")
            }
        }
    }

    private static func notADomain(_ text: String) -> CmdletError {
        .validation("\"\(text)\" isn't a valid SMTP domain.")
    }

    /// A wildcard only alone or as the whole first label.
    private static func checkPattern(_ text: String) throws(CmdletError) {
        let rest = text.hasPrefix("*.") ? String(text.dropFirst(2)) : text
        guard text == "*" || DomainSyntax.isDomain(rest) else { throw notADomain(text) }
    }

    /// IPv4 only, alone or with a prefix of 24 to 32, neither reserved nor the service's own.
    private static func checkSenderAddress(_ text: String) throws(CmdletError) {
        guard !text.contains(":") else {
            throw .task(
                "IPv6AddressesRangesAreNotAllowedInConnectorException",
                "IPv6 addresses and ranges aren't allowed in a connector: \"\(text)\"."
            )
        }
        guard let network = IPv4Block(text) else {
            throw .task("InvalidIPRangeFormatException", "\"\(text)\" isn't a valid IP address or CIDR block.")
        }
        guard network.prefix >= 24 else {
            throw .task("InvalidCidrRangeException", "The CIDR block \"\(text)\" is larger than /24.")
        }
        guard !network.isReserved else {
            throw .task(
                "IPRangeInConnectorContainsReservedIPAddresses",
                "The range \"\(text)\" contains reserved IP addresses."
            )
        }
        guard !network.isExchangeOnline else {
            throw .task(
                "SenderIPAddressOverlapsFfoDCIPAddresses",
                "The range \"\(text)\" overlaps with addresses of Exchange Online Protection."
            )
        }
    }

    /// Whether an address may be private depends on the tenant's quirks and is checked with the object.
    private static func checkSmartHost(_ text: String) throws(CmdletError) {
        let host = IPv4Block.withoutBrackets(text)
        guard !host.contains(":"),
            IPv4Block(host) != nil || DomainSyntax.isDomain(host) && !DomainSyntax.looksLikeAddress(host)
        else { throw .validation("\"\(text)\" isn't a valid smart host.") }
    }
}
