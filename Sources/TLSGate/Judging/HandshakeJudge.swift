import Connectors
import FoundationEssentials
import Probing

/// Judges the handshake and what follows inside TLS.
struct HandshakeJudge {
    let context: Context
    let level: TLSLevel
    /// Whether the connector, DANE or MTA-STS demands encryption.
    let isEncryptionDemanded: Bool
    let probe: ProbeObservation
    let diagnostic: ProbeObservation?
    let probes: [ProbeObservation]

    func findings() -> [Finding?] {
        guard let phase = probe.phase(.handshake) else { return [] }
        switch phase.outcome {
        case .completed: return completed()
        case .closed, .timedOut, .refused, .unreachable:
            return [isCertificateDemanded ? certificateDemanded() : closed(phase)]
        case .tooLong: return [tooLong(phase)]
        default: return [failed(phase)]
        }
    }

    /// Source: MessageLimitClient in learn.microsoft.com/windows-server/security/tls/tls-registry-settings.
    private func tooLong(_ phase: PhaseObservation) -> Finding? {
        context.finding(
            "tls-handshake-closed",
            probe.subject,
            "The server sends more certificates than are read (128 KiB), so it was not looked at further. Windows itself reads 32 KiB by default, so Exchange Online may not get any further either.",
            evidence: ["seen": "\(phase.bytesRead) bytes in \(phase.milliseconds) ms"],
            remedy: "Partner: send only the server's own certificate and the intermediates that lead to its root.",
            tags: ["validation-failure"],
            at: probe.at
        )
    }

    /// A server that asked for our certificate and then gave up wants one; Exchange Online has one, we have not.
    private var isCertificateDemanded: Bool {
        if probe.alert?.name == "certificate_required" { return true }
        guard probe.clientCertificateRequested else { return false }
        return !probe.completed(.handshake) || probe.alert?.received == true
    }

    private func certificateDemanded() -> Finding? {
        context.finding(
            "tls-client-cert-required",
            probe.subject,
            "The server demands that the sender shows a certificate. Exchange Online shows its own; we have none to show, so it could not be looked at further.",
            evidence: [
                "seen": probe.alert.map { "alert \($0.name)" } ?? "certificate requested, and none shown",
                "reply": probe.phase(.ehloInTLS)?.reply?.text,
                "vantage": probe.vantage,
            ],
            remedy:
                "Partner: confirm that the server accepts Exchange Online's certificate (mail.protection.outlook.com), or does not demand one.",
            at: probe.at
        )
    }

    private func closed(_ phase: PhaseObservation) -> Finding? {
        context.finding(
            "tls-handshake-closed",
            probe.subject,
            "The connection ended while encryption was being set up. It may be a firewall in between, so it says nothing for certain (\(probe.seenFrom)).",
            exo: "450 4.4.318 Connection was closed abruptly",
            evidence: ["seen": "\(phase.bytesRead) bytes in \(phase.milliseconds) ms", "vantage": probe.vantage],
            remedy:
                "Run it again later. If it stays so, ask the partner to look into the server's log for this time.",
            tags: ["validation-failure"],
            at: probe.at
        )
    }

    /// Says why the handshake failed, with the help of the diagnostic probe.
    private func failed(_ phase: PhaseObservation) -> Finding? {
        if isCertificateDemanded { return certificateDemanded() }
        var seen = probe.alert.map { "alert \($0.name)\($0.received ? "" : " (ours)")" } ?? "handshake failed"
        if case .handshakeFailed(let why) = phase.outcome { seen += probe.alert == nil ? ": \(why)" : "" }
        let exo = "450 4.4.317 Cannot connect to remote server"
        guard let diagnostic, diagnostic.isExplanation else { return unexplained(seen, exo) }
        guard diagnostic.completed(.handshake), let version = diagnostic.tlsVersion else {
            return context.finding(
                "tls-handshake-failed",
                probe.subject,
                """
                The server offers STARTTLS and then breaks off with every cipher and version that we know. \
                \(context.effect(of: "tls-handshake-failed", level: level))
                """,
                level: level,
                exo: exo,
                evidence: ["seen": seen],
                remedy: """
                    Partner: usual causes are that only RC4 or 3DES is allowed, or that no certificate is configured. Enable TLS \
                    1.2 with ECDHE and AES-GCM, and check the certificate; the log of \(Timestamp.text(probe.at)) tells.
                    """,
                tags: ["validation-failure"],
                at: probe.at
            )
        }
        if Self.outdated.contains(version) {
            return context.finding(
                "tls-version-low",
                probe.subject,
                "The server only knows \(version), which is outdated; Exchange Online needs TLS 1.2. \(context.effect(of: "tls-version-low", level: level))",
                level: level,
                exo: exo,
                evidence: [
                    "seen": "\(version), \(diagnostic.cipher ?? "unknown cipher")", "wanted": "TLS 1.2 or newer",
                ],
                remedy: "Partner: enable TLS 1.2 on this server.",
                at: probe.at
            )
        }
        if isDoubtful, let cipher = diagnostic.cipher { return unoffered(version, cipher, Self.key(of: diagnostic)) }
        return context.finding(
            "tls-cipher-none-common",
            probe.subject,
            "The server and Exchange Online have no way of encrypting in common. \(context.effect(of: "tls-cipher-none-common", level: level))",
            level: level,
            exo: exo,
            evidence: [
                "seen":
                    "the server chose \(diagnostic.cipher ?? "an unknown suite"), which Exchange Online does not list",
                "wanted": "such as ECDHE-RSA-AES256-GCM-SHA384",
            ],
            remedy: "Partner: allow ECDHE with AES-GCM on this server.",
            at: probe.at
        )
    }

    /// The second connection, which was to say why, did not come to the handshake or not to its end: with that, a server that
    /// only has another kind of key looks like one that has nothing.
    private func unexplained(_ seen: String, _ exo: String) -> Finding? {
        var second: String?
        if case .backingOff? = diagnostic?.notProbed { second = "the server asked for fewer connections" }
        if let phase = diagnostic?.phases.last, phase.reply == nil { second = "ended in \(phase.phase.rawValue)" }
        return context.finding(
            "tls-handshake-failed",
            probe.subject,
            """
            The server breaks off while encryption is set up, and it could not be found out why: the second look, with every \
            cipher and version that we know, did not come that far. So it is not known whether Exchange Online gets further \
            (\(probe.seenFrom)).
            """,
            outcome: .unknown,
            exo: exo,
            evidence: [
                "seen": seen, "second": second, "reply": diagnostic?.phases.last?.reply?.text, "vantage": probe.vantage,
            ],
            remedy: """
                Run it again later. If it stays so, ask the partner to look into the server's log of \
                \(Timestamp.text(probe.at)).
                """,
            tags: ["validation-failure"],
            at: probe.at
        )
    }

    /// Whether the server can do what Microsoft lists, and fails only by the kind of its key or of its key exchange: what
    /// Exchange Online offers there is remembered from Schannel and not documented, so a person decides.
    var isDoubtful: Bool {
        guard case .handshakeFailed? = probe.phase(.handshake)?.outcome, !isCertificateDemanded,
            let diagnostic, diagnostic.completed(.handshake), let version = diagnostic.tlsVersion,
            let cipher = diagnostic.cipher, !Self.outdated.contains(version)
        else { return false }
        return version == "TLSv1.3" || Self.listed.contains(cipher)
    }

    private static let outdated: Set<String> = ["SSLv3", "TLSv1", "TLSv1.1"]

    private static func key(of probe: ProbeObservation) -> Certificate.Key? {
        probe.presentedChain.first.flatMap { Certificate(der: $0.bytes)?.key }
    }

    /// Schannel lists the signatures of P-521 among what it can check, and its curves without P-521: TLS 1.3 goes by the first
    /// list and so completes here, and nothing says whether it would there.
    private func unofferedCurve() -> Finding? {
        guard let version = probe.tlsVersion, let cipher = probe.cipher, let key = Self.key(of: probe),
            key.type == "EC",
            let curve = key.curve, !Self.curves.contains(curve)
        else { return nil }
        return unoffered(version, cipher, key)
    }

    private static let curves: Set<String> = ["prime256v1", "P-256", "secp384r1", "P-384"]

    private func unoffered(_ version: String, _ cipher: String, _ key: Certificate.Key?) -> Finding? {
        context.finding(
            "tls-cipher-none-common",
            probe.subject,
            """
            The server encrypts only with a kind of key or key exchange that Exchange Online is not known to offer. Whether \
            mail can be sent there is not documented.
            """,
            outcome: .warn,
            evidence: [
                "seen":
                    "\(version), \(cipher), key \(key.map { "\($0.type) \($0.curve ?? "\($0.bits)")" } ?? "unknown")",
                "wanted": "a key of RSA, P-256 or P-384, and X25519, P-256 or P-384 for the key exchange",
            ],
            remedy: "Partner: install a certificate with an RSA or P-256 key as well, and allow X25519 or P-256.",
            demands: isEncryptionDemanded ? .approve : nil,
            at: probe.at
        )
    }

    /// Source: "Technical reference details about encryption", and the ECDSA twins of its first four.
    private static let listed: Set<String> = [
        "ECDHE-RSA-AES256-GCM-SHA384", "ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-RSA-AES256-SHA384",
        "ECDHE-RSA-AES128-SHA256", "ECDHE-RSA-AES256-SHA", "ECDHE-RSA-AES128-SHA", "AES256-GCM-SHA384",
        "AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-ECDSA-AES128-GCM-SHA256",
        "ECDHE-ECDSA-AES256-SHA384", "ECDHE-ECDSA-AES128-SHA256",
    ]

    private func completed() -> [Finding?] {
        [
            passed(), suite(), ecdsaOnly(), unofferedCurve(), only13(), insideTLS(),
            isCertificateDemandedLate ? certificateDemanded() : nil, offeredAgain(),
        ]
    }

    /// Postfix asks for a certificate, completes the handshake without one, and answers the next command with an error: that
    /// is about what we have not, and says nothing of Exchange Online, which has one.
    private var isCertificateDemandedLate: Bool {
        guard let phase = probe.phase(.ehloInTLS), phase.outcome != .completed else { return false }
        return probe.clientCertificateRequested || probe.alert?.name == "certificate_required"
    }

    private func passed() -> Finding? {
        context.finding(
            "starttls-not-offered",
            probe.subject,
            "The server accepts encrypted mail.",
            outcome: .pass,
            evidence: ["seen": present(probe.tlsVersion, probe.cipher).joined(separator: ", ")],
            at: probe.at
        )
    }

    private func suite() -> Finding? {
        guard let cipher = probe.cipher, !cipher.hasPrefix("TLS_") else { return nil }
        let hasSecrecy = cipher.hasPrefix("ECDHE-") || cipher.hasPrefix("DHE-")
        let isCounter = ["GCM", "CHACHA20", "CCM"].contains { cipher.contains($0) }
        guard !hasSecrecy || !isCounter else { return nil }
        let why =
            hasSecrecy
            ? "an outdated way of encrypting (CBC)"
            : "a key exchange under which recorded mail can be read once the key leaks"
        return context.finding(
            "tls-cipher-weak",
            probe.subject,
            "The server chose \(why). This alone stops no mail.",
            evidence: ["seen": cipher],
            remedy: "Partner: prefer ECDHE with AES-GCM on this server.",
            at: probe.at
        )
    }

    private func ecdsaOnly() -> Finding? {
        guard let cipher = probe.cipher, cipher.hasPrefix("ECDHE-ECDSA"), probe.tlsVersion == "TLSv1.2" else {
            return nil
        }
        return context.finding(
            "tls-cipher-none-common",
            probe.subject,
            "The server's key is of the ECDSA kind. Microsoft's list of what Exchange Online speaks names only RSA, though it is known to speak both.",
            outcome: .info,
            evidence: ["seen": cipher],
            at: probe.at
        )
    }

    private func only13() -> Finding? {
        guard probe.tlsVersion == "TLSv1.3", probe.refusesTLS12 == true else { return nil }
        return context.finding(
            "tls-version-13-only",
            probe.subject,
            "The server speaks only TLS 1.3, and Microsoft does not promise that Exchange Online sends with it.",
            evidence: ["seen": "TLS 1.2 refused, TLS 1.3 accepted"],
            remedy: "Partner: allow TLS 1.2 as well as 1.3 on this server.",
            at: probe.at
        )
    }

    private func insideTLS() -> Finding? {
        guard let phase = probe.phase(.ehloInTLS), phase.outcome != .completed, !isCertificateDemandedLate else {
            return nil
        }
        let code = phase.reply?.code ?? 0
        let isPolicy = phase.reply?.text.contains(/(^|[^0-9.])5\.7\.[0-9]+/) ?? false
        // As before encryption: only a command that is not implemented is a fault of the server's own.
        let isPermanent = phase.outcome == .replied && [500, 502].contains(code) && !isPolicy
        return context.finding(
            "smtp-posttls-failed",
            probe.subject,
            isPermanent
                ? "The server refuses to go on once the connection is encrypted. \(context.effect(of: .fail))"
                : "The server did not go on once the connection was encrypted (\(probe.seenFrom)).",
            outcome: isPermanent ? .fail : .unknown,
            exo: "450 4.4.318 Connection was closed abruptly",
            evidence: [
                "reply": phase.reply?.text,
                "seen": phase.reply == nil ? "\(phase.bytesRead) bytes in \(phase.milliseconds) ms" : nil,
            ],
            remedy: isPermanent
                ? "Partner: look into this server's log for this time." : "Run it again later.",
            at: probe.at
        )
    }

    private func offeredAgain() -> Finding? {
        guard (probe.extensionsInTLS ?? []).contains(where: { SMTPJudge.keyword($0) == "STARTTLS" }) else { return nil }
        return context.finding(
            "starttls-after-tls",
            probe.subject,
            "The server offers encryption again although the connection is encrypted; it is untidy and harmless.",
            at: probe.at
        )
    }
}
