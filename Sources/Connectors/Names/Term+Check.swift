extension Term {
    /// What is wrong with a string as an operator wrote it, or `nil` when nothing is.
    package func problem(with text: String) -> TermProblem? {
        if text.isTreacherous,
            text.unicodeScalars.contains(where: { $0.isTreacherous && !($0 == "\n" && allowsLines) })
        {
            return TermProblem(
                rule: "control-character",
                reason: "\"\(text.escapingControls)\" has a control or invisible character, which hides what is meant",
                remedy: "Remove it; type the value again rather than pasting it."
            )
        }
        switch self {
        case .text(let maximum): return Self.problem(withText: text, maximum: maximum)
        case .domainName: return DomainName(text) == nil ? Self.notADomain(text, "contoso.com") : nil
        case .domainPattern: return Self.problem(withPattern: text)
        case .certificateName: return Self.problem(withCertificateName: text)
        case .senderNetwork: return Self.problem(withSenderNetwork: text)
        case .skippedNetwork:
            guard IPRange(text) == nil else { return nil }
            return TermProblem(
                rule: "ip-range",
                reason: "\"\(text)\" is not an address, network or range",
                remedy: "Write 192.0.2.1, 192.0.2.0/24 or 192.0.2.1-192.0.2.9."
            )
        case .smartHost: return Self.problem(withSmartHost: text)
        case .emailAddress: return Self.problem(withAddress: text)
        case .connectorReference: return Self.problem(withText: text, maximum: 64)
        }
    }

    private var allowsLines: Bool {
        if case .text = self { return true }
        return false
    }

    private static func problem(withText text: String, maximum: Int) -> TermProblem? {
        guard text.utf16.count > maximum else { return nil }
        return TermProblem(
            rule: "text-too-long",
            reason: "the text has \(text.utf16.count) characters, and Exchange takes at most \(maximum)",
            remedy: "Shorten it to \(maximum) characters."
        )
    }

    private static func notADomain(_ text: String, _ example: String) -> TermProblem {
        TermProblem(
            rule: "domain-syntax",
            reason: "\"\(text)\" is not a domain name",
            remedy: "Write the bare domain, as in \"\(example)\": no address, no URL, no port."
        )
    }

    private static func problem(withPattern text: String) -> TermProblem? {
        let bare = text.trimmingSpaces()[...]
        guard DomainPattern(String(withoutSMTPPrefix(bare) ?? bare)) == nil else { return nil }
        guard text.contains("*") else { return notADomain(text, "contoso.com") }
        return TermProblem(
            rule: "domain-wildcard",
            reason:
                "\"\(text)\" has its wildcard in the wrong place: Exchange takes it only as the whole first label, or alone",
            remedy: "Write \"*.contoso.com\" for all domains below contoso.com, or \"*\" for every domain."
        )
    }

    private static func problem(withCertificateName text: String) -> TermProblem? {
        switch DomainPattern(text) {
        case .exactly, .below: nil
        case .everything:
            TermProblem(
                rule: "certificate-name-everything",
                reason: "\"*\" as a certificate name would accept anybody's certificate",
                remedy: "Write the name in the partner's certificate, as in \"mail.contoso.com\" or \"*.contoso.com\"."
            )
        case nil:
            TermProblem(
                rule: "certificate-name-syntax",
                reason: "\"\(text)\" is not a name that a certificate can carry",
                remedy:
                    "Write a name such as \"mail.contoso.com\"; a wildcard only as the whole first label, \"*.contoso.com\"."
            )
        }
    }

    private static func problem(withSenderNetwork text: String) -> TermProblem? {
        let text = text.trimmingSpaces()
        guard let network = IPv4Network(text) else {
            return TermProblem(
                rule: "inbound-sender-ip",
                reason: text.contains(":")
                    ? "\"\(text)\" is IPv6, and Exchange takes only IPv4 here"
                    : "\"\(text)\" is not an IPv4 address or network",
                remedy: "Write 203.0.113.7, or a network such as 203.0.113.0/24; ranges (a-b) are not taken."
            )
        }
        if network.prefix < 24 {
            return TermProblem(
                rule: "inbound-sender-ip",
                reason: "\"\(text)\" is wider than /24, the widest network that Exchange takes",
                remedy: "Split it into /24 networks, and list only those that the partner really sends from."
            )
        }
        if let purpose = network.specialPurpose {
            return TermProblem(
                rule: "inbound-sender-ip",
                reason: "\"\(text)\" is \(purpose): mail from the internet never comes from there",
                remedy: "Write the public address that the sender's mail leaves with."
            )
        }
        if network.isExchangeOnline {
            return TermProblem(
                rule: "inbound-sender-ip",
                reason: "\"\(text)\" belongs to Exchange Online, and every tenant's mail comes from there",
                remedy: "Write the sender's own address, or recognise it by its certificate."
            )
        }
        if network.hasHostBits {
            return TermProblem(
                rule: "inbound-sender-ip",
                reason: "\"\(text)\" names an address inside its network, so it is unclear which of the two is meant",
                remedy: "Write the network as \(network), or the one address without the prefix."
            )
        }
        return nil
    }

    private static func problem(withSmartHost text: String) -> TermProblem? {
        let normal = Term.smartHost.normal(text)
        if let network = IPv4Network(normal) {
            if network.isExchangeOnline {
                return TermProblem(
                    rule: "outbound-smart-host-loop",
                    reason: "\"\(text)\" belongs to Exchange Online: mail would go round in a circle",
                    remedy: "Write the address of the partner's own server, or better its name."
                )
            }
            guard let purpose = network.specialPurpose else { return nil }
            return TermProblem(
                rule: TermProblem.privateSmartHost,
                reason: "\"\(text)\" is \(purpose), and Exchange Online cannot reach it from the internet",
                remedy: """
                    Write the smart host's public address, or better its name; in a laboratory, gate.networks: any in the \
                    configuration allows it.
                    """
            )
        }
        guard DomainName(normal) == nil else { return nil }
        return TermProblem(
            rule: "smart-host-syntax",
            reason: text.contains(":")
                ? "\"\(text)\" is not a server name or IPv4 address (Exchange takes neither a port nor IPv6)"
                : "\"\(text)\" is not a server name or IPv4 address",
            remedy: "Write a name such as \"mail.contoso.com\", or an IPv4 address."
        )
    }

    private static func problem(withAddress text: String) -> TermProblem? {
        let parts = text.trimmingSpaces().split(separator: "@", omittingEmptySubsequences: false)
        let isAddress =
            parts.count == 2 && !parts[0].isEmpty && parts[0].utf8.count <= 64
            && parts[0].unicodeScalars.allSatisfy {
                !$0.properties.isWhitespace && !"<>,;:\"()[]\\".unicodeScalars.contains($0)
            }
            && DomainName(String(parts[1])) != nil
        guard !isAddress else { return nil }
        return TermProblem(
            rule: "address-syntax",
            reason: "\"\(text)\" is not a mail address",
            remedy: "Write one address, as in \"tls-test@contoso.com\"."
        )
    }
}
