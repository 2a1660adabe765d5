import FoundationEssentials

/// One try at one server: what is wrong there, and what is demanded, decide together.
///
/// Sections 4.2, 5.1 and 7.1.
struct Try {
    let server: MailServer
    let partner: Partner
    let route: RoutingTable.Route
    let recipient: String
    /// Counted from 1.
    let number: Int
    let faults: [MailFault]

    func has(_ kind: MailFault.Kind) -> Bool { faults.contains { $0.kind == kind } }

    /// Why it comes to nothing; `nil` when the server takes the message.
    ///
    /// The order is that of a delivery: name, connection, greeting, TLS, certificate, recipient.
    var failure: Failure? {
        guard var failure = connection ?? encryption ?? policies ?? certificate ?? answer else { return nil }
        if !has(.dnsGone) { failure.server = server }
        return failure
    }

    private var connection: Failure? {
        if has(.dnsGone) { return Failure("450 4.4.312 DNS query failed", message: "DNS_ServerFailure") }
        if has(.refused) { return Failure("450 4.4.316 Connection refused", message: "Socket error code 10061") }
        if has(.timedOut) { return Failure("450 4.4.315 Connection timed out", message: "Socket error code 10060") }
        if has(.closed) {
            return Failure("450 4.4.318 Connection was closed abruptly", message: "SuspiciousRemoteServerError")
        }
        if has(.busy) {
            return remote("450 4.4.317 Cannot establish session with remote server", "421 4.3.2 Service not available")
        }
        return nil
    }

    /// Whether anything here asks for TLS.
    private var needsTLS: Bool {
        route.rank > 0 || route.checksMTASTS && partner.hasMTASTS || route.checksDANE && partner.hasDANE
            || route.requiresDANE
    }

    private var encryption: Failure? {
        guard needsTLS else { return nil }
        if has(.startTLSGone) {
            if route.checksDANE, partner.hasDANE {
                return Failure(
                    "450 4.7.321 starttls-not-supported: Destination mail server must support TLS to receive mail."
                )
            }
            return remote(
                "450 4.4.317 Cannot establish session with remote server",
                "451 5.7.3 STARTTLS is required to send mail"
            )
        }
        if has(.handshakeBroken) {
            let text =
                number % 2 == 1 ? "TLS negotiation failed with error SocketError" : "Security status IllegalMessage"
            return Failure("450 4.4.317 Cannot establish session with remote server", message: "451 4.4.0 \(text)")
        }
        return nil
    }

    private var policies: Failure? {
        if route.requiresDANE, !partner.hasDANE {
            return Failure("450 4.7.324 dnssec-invalid: Destination domain returned invalid DNSSEC records")
        }
        if route.checksDANE, partner.hasDANE, has(.tlsaMismatch) {
            return Failure("450 4.7.323 tlsa-invalid: The domain failed DANE validation.")
        }
        guard route.checksMTASTS, partner.hasMTASTS else { return nil }
        if has(.mtaSTSMismatch) {
            return Failure("450 4.4.8 MX hosts of '\(partner.domain)' failed MTA-STS validation.")
        }
        let reasons: [(MailFault.Kind, String)] = [
            (.certificateExpired, "CertificateExpired"), (.wrongName, "SubjectMismatch"),
            (.chainIncomplete, "UntrustedRoot"),
        ]
        for (kind, reason) in reasons where has(kind) {
            return Failure("450 4.7.5 Remote certificate failed MTA-STS validation. Reason: \(reason)")
        }
        return nil
    }

    private var certificate: Failure? {
        guard route.rank >= 2 else { return nil }
        if has(.chainIncomplete) {
            return Failure("450 4.4.317 Cannot connect to remote server", message: "UntrustedRoot")
        }
        if has(.certificateExpired) { return Failure("450 4.7.320 Certificate validation failed") }
        guard let wanted = route.tlsDomain, has(.wrongName) || !server.isNamed(wanted) else { return nil }
        let shown = has(.wrongName) ? "wrong.invalid" : server.certificateNames.first ?? ""
        return Failure(
            "450 4.4.317 Cannot connect to remote server",
            message: "SubjectMismatch Expected Subject: \(wanted). Presented Subject: CN=\(shown). "
                + "Thumbprint:0123456789ABCDEF0123456789ABCDEF01234567"
        )
    }

    /// What the server says to the sender and the recipient.
    private var answer: Failure? {
        if has(.relayDenied) {
            return final(
                remote("550 5.7.64 TenantAttribution; Relay Access Denied [ValidationStatus of '' is EmptyCertificate]")
            )
        }
        if has(.unknownUser) {
            return final(remote("550 5.1.1 <\(recipient)>: Recipient address rejected: User unknown"))
        }
        if has(.mailboxFull) { return remote("452 4.2.2 The recipient's mailbox <\(recipient)> is full") }
        if let fault = faults.first(where: { $0.kind == .greylisting }), number < fault.goodTry {
            return remote("451 4.7.1 Greylisting in action, please come back later")
        }
        return nil
    }

    private func remote(_ text: String, _ message: String? = nil) -> Failure {
        var failure = Failure(text, message: message)
        failure.isRemote = true
        return failure
    }

    private func final(_ failure: Failure) -> Failure {
        var failure = failure
        failure.isFinal = true
        return failure
    }
}
