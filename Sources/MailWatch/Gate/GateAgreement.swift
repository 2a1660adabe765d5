package import FoundationEssentials

extension CauseClass {
    /// The gate's checks that see the same as a text of the class; the gate sends no mail, so none sees a refusal.
    package func isSeen(by check: String) -> Bool {
        switch self {
        case .tlsAbsent: Self.absent.contains(check)
        case .tlsHandshake: Self.handshake.contains(check)
        case .tlsUntrusted: Self.untrusted.contains(check)
        case .tlsName: check == "cert-name-mismatch"
        case .tlsCertificate:
            Self.untrusted.contains(check) || check == "cert-name-mismatch" || Self.certificate.contains(check)
        case .dane: check.hasPrefix("dane-") || check == "dns-bogus"
        case .sts: Self.policy.contains(check)
        case .network: Self.unreachable.contains(check)
        case .refused, .ownPolicy, .other: false
        }
    }

    private static let absent: Set = ["starttls-not-offered", "starttls-5xx", "starttls-mangled", "smtp-ehlo-5xx"]
    private static let handshake: Set = ["tls-handshake-failed", "tls-version-low", "tls-cipher-none-common"]
    private static let untrusted: Set = [
        "cert-untrusted-root", "cert-missing-intermediate", "cert-self-signed", "cert-path-invalid",
    ]
    private static let certificate: Set = [
        "cert-expired", "cert-chain-expired", "cert-not-yet-valid", "cert-revoked", "cert-purpose", "cert-key-weak",
        "cert-signature-weak",
    ]
    private static let policy: Set = ["mtasts-mx-mismatch", "mtasts-cert-invalid", "mtasts-no-starttls"]
    private static let unreachable: Set = [
        "tcp-refused", "tcp-timeout", "smtp-closed", "dns-failed", "dns-nxdomain", "mx-host-no-address",
    ]
}

extension GateAnswer {
    /// Condition B by observation, of the image before.
    package func before(_ cause: CauseClass, notBefore: Date) -> BeforeAnswer {
        guard let observedAt, observedAt >= notBefore else { return .open }
        if isDeliverable == true { return .yes }
        return findings.contains { $0.outcome == .fail && cause.isSeen(by: $0.check) } ? .no : .open
    }

    /// The finding with which the gate agrees to what Exchange Online says of a host.
    ///
    /// For `network` not knowing will do, as both cannot connect, unless the gate's own place is closed.
    package func agreement(with cause: CauseClass, of host: PartnerHost, notBefore: Date) -> Finding? {
        guard let observedAt, observedAt >= notBefore else { return nil }
        let isBlocked = findings.contains { $0.check == "vantage-blocked" && $0.outcome != .pass }
        return findings.first { finding in
            let isThere = finding.host.map { $0.isSame(as: host) } ?? true
            let isSeen = finding.outcome == .fail || cause == .network && finding.outcome == .unknown && !isBlocked
            return isThere && isSeen && cause.isSeen(by: finding.check)
        }
    }
}
