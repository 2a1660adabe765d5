extension Check {
    static let configuration: [Check] = [
        Check("cfg-tlsdomain-missing", "---F", "Set-OutboundConnector: TlsDomain"),
        Check("cfg-tlsdomain-ignored", "WWW-", "Set-OutboundConnector: TlsDomain"),
        Check("cfg-tlsdomain-syntax", "---F", "Set-OutboundConnector: TlsDomain"),
        Check("cfg-smarthosts-missing", "F", "Set-OutboundConnector: SmartHosts"),
        Check("cfg-smarthosts-ignored", "W", "Set-OutboundConnector: UseMXRecord"),
        Check("cfg-smarthost-range", "I", "Set-OutboundConnector: SmartHosts"),
        Check("address-not-public", "F", "RFC 6890"),
        Check("cfg-recipient-wildcard", "U", "Set-OutboundConnector: RecipientDomains"),
        Check("cfg-dane-mandatory", "I", "Set-OutboundConnector: SmtpDaneMode"),
    ]

    static let dns: [Check] = [
        Check("dns-failed", "U", "RFC 5321 5.1"),
        Check("dns-bogus", "F", "RFC 7672 2.1.1", "How SMTP DANE works"),
        Check("dns-nxdomain", "F", "RFC 5321 5.1"),
        Check("mx-null", "F", "RFC 7505 3"),
        Check("mx-null-mixed", "W", "RFC 7505 3"),
        Check("mx-implicit", "W", "RFC 5321 5.1"),
        Check("mx-host-no-address", "F", "RFC 5321 5.1"),
        Check("mx-host-cname", "W", "RFC 5321 5.1", "RFC 2181 10.3"),
        Check("mx-host-is-address", "F", "RFC 1035 3.3.9"),
        Check("cname-loop", "U", "RFC 1034 3.6.2"),
        Check("mx-many", "W"),
        Check("addr-ipv6-failing", "W", "Exchange Team Blog 2024-10-30"),
        Check("addr-ipv6-only", "I", "Exchange Team Blog 2024-10-30"),
    ]

    static let smtp: [Check] = [
        Check("tcp-refused", "U", "RFC 5321 4.5.4.1"),
        Check("tcp-timeout", "U", "RFC 5321 4.5.4.1"),
        Check("vantage-blocked", "U"),
        Check("vantage-dns", "U"),
        Check("vantage-no-ipv6", "W"),
        Check("smtp-greeting-timeout", "U", "RFC 5321 4.5.3.2.1"),
        Check("smtp-greeting-4xx", "U", "RFC 5321 3.8"),
        Check("smtp-greeting-5xx", "U", "RFC 5321 3.1"),
        Check("smtp-greeting-bad", "U", "RFC 5321 4.2"),
        Check("smtp-closed", "U", "RFC 5321 3.8"),
        Check("smtp-ehlo-4xx", "U", "RFC 5321 4.1.1.1"),
        Check("smtp-ehlo-5xx", "WFFF", "RFC 5321 4.1.1.1", "RFC 3207"),
        Check("smtp-reply-malformed", "W", "RFC 5321 4.2.1"),
        Check("smtp-reply-limit", "U", "RFC 5321 4.5.3.1"),
        Check("starttls-not-offered", "WFFF", "RFC 3207 2–4", "RFC 8460 4.3"),
        Check("starttls-mangled", "I", "RFC 3207 2"),
        Check("starttls-4xx", "U", "RFC 3207 4"),
        Check("starttls-5xx", "WFFF", "RFC 3207 4"),
        Check("starttls-injection", "W", "RFC 3207 4.2, 6"),
        Check("starttls-after-tls", "I", "RFC 3207 4.2"),
        Check("smtp-posttls-failed", "U", "RFC 3207 4.2"),
    ]

    static let tls: [Check] = [
        Check("tls-handshake-failed", "WFFF", "RFC 3207 4"),
        Check("tls-handshake-closed", "U", "RFC 3207 4"),
        Check("tls-version-low", "WFFF", "Microsoft: encryption technical reference", "RFC 8996"),
        Check("tls-version-13-only", "W", "Microsoft: encryption technical reference"),
        Check("tls-cipher-none-common", "WFFF", "Microsoft: encryption technical reference"),
        Check("tls-cipher-weak", "IWWW", "RFC 9325 4.1–4.2"),
        Check("tls-client-cert-required", "U", "RFC 8446 4.3.2"),
        Check("tls-sni-dependent", "I", "RFC 7672 8.1", "RFC 8461 7.1"),
    ]

    static let certificate: [Check] = [
        Check("cert-expired", "IWFF", "RFC 5280 4.1.2.5"),
        Check("cert-chain-expired", "IWFF", "RFC 5280 6.1.3"),
        Check("cert-not-yet-valid", "IWFF", "RFC 5280 4.1.2.5"),
        Check("cert-expires-soon", "-IWW", "CA/Browser Forum ballot SC-081"),
        Check("cert-self-signed", "IIFF", "RFC 5280 6.1"),
        Check("cert-untrusted-root", "IIFF", "RFC 5280 6.1.1"),
        Check("cert-missing-intermediate", "IIFF", "RFC 5280 4.2.2.1", "RFC 8446 4.4.2"),
        Check("cert-path-invalid", "IIFF", "RFC 5280 6.1"),
        Check("cert-purpose", "IIFF", "RFC 5280 4.2.1.12"),
        Check("cert-key-weak", "IWFF", "RFC 9325 4.5"),
        Check("cert-signature-weak", "WWFF", "Microsoft: encryption technical reference", "RFC 9155"),
        Check("cert-name-mismatch", "--IF", "RFC 9525 6.3", "Set-OutboundConnector: TlsDomain"),
        Check("cert-name-cn-only", "---W", "RFC 9525 A"),
        Check("cert-name-uncertain", "---W", "Set-OutboundConnector: TlsDomain"),
        Check("cert-revoked", "IIFF", "RFC 5280 6.3"),
        Check("cert-revocation-unknown", "IIWW", "RFC 5280 6.3"),
        Check("cert-chain-untidy", "I", "RFC 8446 4.4.2"),
        Check("cert-unparseable", "U", "RFC 5280 4.1"),
        Check("cert-changed", "I"),
    ]

    static let dane: [Check] = [
        Check("dane-none", "I", "Set-OutboundConnector: SmtpDaneMode", "How SMTP DANE works"),
        Check("dane-mx-insecure", "I", "RFC 7672 2.2.1"),
        Check("dane-insecure", "W", "RFC 7672 2.2"),
        Check("dane-tlsa-failed", "F", "RFC 7672 2.1.2"),
        Check("dane-unusable", "W", "RFC 7672 3.1.3", "How SMTP DANE works"),
        Check("dane-match", "P", "RFC 7672 3"),
        Check("dane-mismatch", "F", "RFC 7672 3.2"),
        Check("dane-ee-expired", "F", "RFC 7672 3.1.1", "Microsoft: 5.7.322"),
        Check("dane-ta-name", "F", "RFC 7672 3.2.2", "Microsoft: 5.7.325"),
        Check("dane-ta-absent", "F", "RFC 7672 3.1.2"),
        Check("dane-no-starttls", "F", "RFC 7672 2.2", "Microsoft: 5.7.321"),
        Check("dane-digest-weaker", "I", "RFC 7671 9", "RFC 7672 5"),
    ]

    static let mtaSTS: [Check] = [
        Check("mtasts-none", "I", "RFC 8461 3.1"),
        Check("mtasts-txt-multiple", "W", "RFC 8461 3.1"),
        Check("mtasts-txt-syntax", "W", "RFC 8461 3.1"),
        Check("mtasts-mx-mismatch", "F", "RFC 8461 4.1"),
        Check("mtasts-cert-invalid", "F", "RFC 8461 4.2"),
        Check("mtasts-no-starttls", "F", "RFC 8461 4.2"),
        Check("mtasts-fetch-failed", "W", "RFC 8461 3.3"),
        Check("mtasts-policy-syntax", "W", "RFC 8461 3.2"),
        Check("mtasts-max-age-short", "I", "RFC 8461 3.2"),
        Check("mtasts-id-stale", "I", "RFC 8461 3.1"),
        Check("tlsrpt-none", "I", "RFC 8460 3"),
    ]

    static let inbound: [Check] =
        [
            Check("inbound-open", "W", "Set-InboundConnector"),
            Check("inbound-cert-name-missing", "F", "Set-InboundConnector: RestrictDomainsToCertificate"),
            Check("inbound-cert-name-syntax", "F", "Set-InboundConnector: TlsSenderCertificateName"),
            Check("inbound-cert-without-tls", "W", "Set-InboundConnector: TlsSenderCertificateName"),
            Check("inbound-sender-all", "W", "Set-InboundConnector: SenderDomains"),
            Check("inbound-ip-range", "F", "Set-InboundConnector: SenderIPAddresses"),
            Check("inbound-evidence-missing", "U", "Set-InboundConnector: RestrictDomainsToCertificate"),
            Check("inbound-eku-client", "W", "RFC 5280 4.2.1.12"),
            Check("inbound-name-foreign", "W", "MC1226222"),
            Check("inbound-mx-proxy", "I"),
        ]
        + certificate.compactMap { check in
            guard evidence.contains(check.id) else { return nil }
            let letter =
                switch check.outcomes[3] {
                case .fail where check.id == "cert-missing-intermediate": "W"
                case .fail: "F"
                case .unknown: "U"
                case .info: "I"
                default: "W"
                }
            return Check(inboundEvidence(check.id), letter, "Microsoft: 5.7.51, 5.7.64", check.sources.first ?? "")
        }

    /// The check of a sender's sample certificate that corresponds to one of a server's.
    static func inboundEvidence(_ id: String) -> String { "inbound-evidence-" + id.dropFirst("cert-".count) }

    private static let evidence: Set<String> = [
        "cert-expired", "cert-chain-expired", "cert-not-yet-valid", "cert-expires-soon", "cert-self-signed",
        "cert-untrusted-root", "cert-missing-intermediate", "cert-path-invalid", "cert-purpose", "cert-key-weak",
        "cert-signature-weak", "cert-name-mismatch", "cert-name-cn-only", "cert-name-uncertain", "cert-unparseable",
    ]

    static let policy: [Check] = [
        Check("policy-waiver-expired", "W"),
        Check("policy-waiver-outdated", "W"),
    ]
}
