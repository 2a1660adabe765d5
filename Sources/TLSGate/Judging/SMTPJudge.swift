import Connectors
import FoundationEssentials
import Probing

/// Judges the way to an address and the dialogue up to TLS.
struct SMTPJudge {
    let context: Context
    let level: TLSLevel
    let probe: ProbeObservation

    func findings() -> [Finding?] {
        let steps = [connect, greeting, ehlo, startTLS]
        var found: [Finding?] = []
        for step in steps {
            let (findings, goesOn) = step()
            found += findings
            guard goesOn else { break }
        }
        return found + oddities()
    }

    private typealias Step = ([Finding?], Bool)

    /// What a temporary or local failure means, in the words of every `unknown`.
    private var unsure: String {
        "Whether Exchange Online would be let in cannot be said: it connects from other addresses (\(probe.seenFrom))."
    }

    private let retryRemedy =
        "Run it again later. If it stays so, see with mitregate doctor whether this network lets mail connections out, then"
        + " ask the partner whether their server admits connections from Exchange Online."

    private func unknown(
        _ id: String,
        _ message: String,
        exo: String? = nil,
        phase: PhaseObservation? = nil,
        evidence: [String: String?] = [:],
        remedy: String? = nil
    ) -> Finding? {
        var evidence = evidence
        evidence["vantage"] = probe.vantage
        evidence["tries"] = probe.tries > 1 ? "\(probe.tries)" : nil
        if let reply = phase?.reply { evidence["reply"] = reply.text }
        return context.finding(
            id,
            probe.subject,
            "\(message) \(unsure)",
            outcome: .unknown,
            exo: exo,
            evidence: evidence,
            remedy: remedy ?? retryRemedy,
            at: probe.at
        )
    }

    private func failing(
        _ id: String,
        _ message: String,
        exo: String,
        phase: PhaseObservation? = nil,
        evidence: [String: String?] = [:],
        remedy: String,
        tags: [String] = []
    ) -> Finding? {
        var evidence = evidence
        if let reply = phase?.reply { evidence["reply"] = reply.text }
        return context.finding(
            id,
            probe.subject,
            "\(message) \(transportEffect(id))",
            level: level,
            exo: exo,
            evidence: evidence,
            remedy: remedy,
            tags: tags,
            at: probe.at
        )
    }

    private func transportEffect(_ id: String) -> String {
        guard level != context.level else { return context.effect(of: id) }
        return "The partner publishes DANE records, so Exchange Online will not send unencrypted mail to this server."
    }

    private func connect() -> Step {
        guard let phase = probe.phase(.connect) else {
            return ([unknown("smtp-closed", "The server was not reached.")], false)
        }
        let took = "after \(phase.milliseconds) ms"
        switch phase.outcome {
        case .completed: return ([], true)
        case .refused:
            let finding = unknown(
                "tcp-refused",
                "The server refuses connections on port \(probe.port).",
                exo: "450 4.4.316 Connection refused [Message=Socket error code 10061]",
                evidence: ["seen": "refused \(took)"]
            )
            return ([finding], false)
        case .closed: return ([closed(phase)], false)
        default:
            var seen = "no answer \(took)"
            if case .unreachable(let why) = phase.outcome { seen = why }
            let finding = unknown(
                "tcp-timeout",
                "The server does not answer on port \(probe.port).",
                exo: "450 4.4.315 Connection timed out",
                evidence: ["seen": seen]
            )
            return ([finding], false)
        }
    }

    private func closed(_ phase: PhaseObservation) -> Finding? {
        let words: [ProbePhase: String] = [
            .connect: "right after connecting", .greeting: "before its greeting", .ehlo: "when it was greeted",
            .starttls: "when encryption was asked for", .handshake: "while encryption was set up",
            .ehloInTLS: "right after encryption was set up",
        ]
        let how = phase.outcome == .timedOut ? "stopped answering" : "closed the connection"
        return unknown(
            "smtp-closed",
            "The server \(how) \(words[phase.phase] ?? "").".replacing(" .", with: "."),
            exo: "450 4.4.318 Connection was closed abruptly",
            evidence: ["seen": "\(phase.phase.rawValue): \(phase.bytesRead) bytes in \(phase.milliseconds) ms"]
        )
    }

    private func greeting() -> Step {
        guard let phase = probe.phase(.greeting) else { return ([], false) }
        switch phase.outcome {
        case .completed: return ([], true)
        case .timedOut:
            let seen = "\(phase.bytesRead) bytes in \(phase.milliseconds) ms"
            return (
                [
                    unknown(
                        "smtp-greeting-timeout",
                        "The server accepts connections and says nothing.",
                        evidence: ["seen": seen]
                    )
                ],
                false
            )
        case .replied: return ([greetingReply(phase)], false)
        case .malformed(let line):
            let finding = unknown(
                "smtp-greeting-bad",
                "What answers on port \(probe.port) does not greet like a mail server.",
                evidence: ["seen": line]
            )
            return ([finding], false)
        case .tooLong: return ([tooLong(phase)], false)
        default: return ([closed(phase)], false)
        }
    }

    private func greetingReply(_ phase: PhaseObservation) -> Finding? {
        switch phase.reply?.code ?? 0 {
        case 400...499: unknown("smtp-greeting-4xx", "The server says that it cannot take mail just now.", phase: phase)
        case 500...599:
            unknown("smtp-greeting-5xx", "The server says that it takes no mail from where we asked.", phase: phase)
        default:
            unknown("smtp-greeting-bad", "The server's greeting is not the one that mail servers give.", phase: phase)
        }
    }

    private func tooLong(_ phase: PhaseObservation) -> Finding? {
        unknown(
            "smtp-reply-limit",
            "The server's answer does not end within reasonable bounds.",
            evidence: ["seen": "\(phase.phase.rawValue): \(phase.bytesRead) bytes"]
        )
    }

    private func ehlo() -> Step {
        guard let phase = probe.phase(.ehlo) else { return ([], false) }
        switch phase.outcome {
        case .completed: return offer()
        case .replied:
            guard (phase.reply?.code ?? 0) >= 500 else {
                return ([unknown("smtp-ehlo-4xx", "The server puts us off when it is greeted.", phase: phase)], false)
            }
            return ([isAboutUs(phase) ? turnedAway("smtp-ehlo-5xx", phase) : refusedEHLO(phase)], false)
        case .malformed(let line): return ([unreadable(line)], false)
        case .tooLong: return ([tooLong(phase)], false)
        default: return ([closed(phase)], false)
        }
    }

    private func unreadable(_ line: String) -> Finding? {
        unknown("smtp-reply-malformed", "The server's answer cannot be understood.", evidence: ["seen": line])
    }

    /// Whether a permanent refusal may be about our address or name: only "not implemented" is about the server.
    ///
    /// 500 and 502 say that the command is not known (RFC 5321 4.2.4). A reply with an enhanced code of the class x.7.x is
    /// about policy (RFC 3463 3.8), and EHLO counts as unknown only where HELO is taken.
    private func isAboutUs(_ phase: PhaseObservation) -> Bool {
        guard let reply = phase.reply else { return true }
        let isPolicy = reply.text.contains(/(^|[^0-9.])[45]\.7\.[0-9]+/)
        guard [500, 502].contains(reply.code), !isPolicy else { return true }
        return phase.phase == .ehlo && !(probe.heloReply.map { (200...299).contains($0.code) } ?? false)
    }

    /// A refusal that concerns who asks, as at the greeting.
    private func turnedAway(_ id: String, _ phase: PhaseObservation) -> Finding? {
        unknown(
            id,
            """
            The server turned us away before encryption could be looked at. That may concern the address or the name from \
            which we asked (\(probe.seenFrom)), not Exchange Online.
            """,
            phase: phase,
            remedy: """
                Here: run the gate from an address that is not on a blocklist, and set gate.ehloName to a full name that \
                resolves to it.
                """
        )
    }

    private func refusedEHLO(_ phase: PhaseObservation) -> Finding? {
        let helo = probe.heloReply.map { $0.code < 400 ? "HELO accepted" : "HELO answered \($0.code)" }
        return failing(
            "smtp-ehlo-5xx",
            "The server does not know the extended greeting, and encryption cannot be had without it.",
            exo: "450 4.4.317 Cannot connect to remote server [Message=451 5.7.3 STARTTLS is required to send mail]",
            phase: phase,
            evidence: ["seen": "EHLO answered \(phase.reply?.code ?? 0)\(helo.map { "; \($0)" } ?? "")"],
            remedy: "Partner: enable ESMTP and STARTTLS on this server, or look for a firewall that rewrites EHLO.",
            tags: ["starttls-not-supported"]
        )
    }

    /// What the reply to EHLO offers.
    private func offer() -> Step {
        let keywords = (probe.extensions ?? []).map(Self.keyword)
        if keywords.contains("STARTTLS") { return ([], true) }
        let mangled = keywords.first(where: Self.isMangled)
        let seen =
            (probe.extensions ?? []).isEmpty ? "no extension at all" : (probe.extensions ?? []).joined(separator: ", ")
        let finding = failing(
            "starttls-not-offered",
            "The server does not offer encryption (no STARTTLS).",
            exo: "450 4.4.317 Cannot connect to remote server [Message=451 5.7.3 STARTTLS is required to send mail]",
            evidence: ["seen": seen],
            remedy: mangled == nil
                ? "Partner: enable STARTTLS with a certificate on this server."
                : "Partner: a firewall that inspects SMTP replaces STARTTLS with \(mangled ?? ""); switch that inspection off.",
            tags: ["starttls-not-supported"]
        )
        let note = mangled.flatMap { word in
            context.finding(
                "starttls-mangled",
                probe.subject,
                "Something on the way overwrites the offer of encryption, as firewalls that inspect SMTP do.",
                evidence: ["seen": word],
                remedy: "Partner: switch off the SMTP inspection of the firewall in front of this server.",
                at: probe.at
            )
        }
        return ([finding, note], false)
    }

    /// The word of an extension, which is compared without regard to case (RFC 5321 4.1.1.1).
    static func keyword(_ line: String) -> String {
        String(line.prefix { $0 != " " && $0 != "\t" }).uppercased()
    }

    private static func isMangled(_ keyword: String) -> Bool {
        guard keyword.utf8.count >= 7, keyword.utf8.count <= 10 else { return false }
        return keyword.utf8.dropLast().allSatisfy { $0 == UInt8(ascii: "X") }
            && (keyword.hasSuffix("A") || keyword.hasSuffix("X"))
    }

    private func startTLS() -> Step {
        guard let phase = probe.phase(.starttls) else { return ([], false) }
        switch phase.outcome {
        case .completed:
            guard let bytes = probe.bytesAfterStartTLS?.bytes, !bytes.isEmpty else { return ([], true) }
            return ([injected(bytes)], true)
        case .replied:
            switch phase.reply?.code ?? 0 {
            case 400...499:
                return (
                    [unknown("starttls-4xx", "The server offers encryption and cannot do it just now.", phase: phase)],
                    false
                )
            case 500...599:
                return ([isAboutUs(phase) ? turnedAway("starttls-5xx", phase) : refusedTLS(phase)], false)
            default: return ([unreadable(phase.reply?.text ?? "")], false)
            }
        case .malformed(let line): return ([unreadable(line)], false)
        case .tooLong: return ([tooLong(phase)], false)
        case .notOffered: return ([], false)
        default: return ([closed(phase)], false)
        }
    }

    private func refusedTLS(_ phase: PhaseObservation) -> Finding? {
        failing(
            "starttls-5xx",
            "The server offers encryption and refuses it when asked.",
            exo: "450 4.4.317 Cannot connect to remote server [Message=\(phase.reply?.text ?? "")]",
            phase: phase,
            remedy: "Partner: look into this server's TLS settings; often its certificate or key cannot be read.",
            tags: ["starttls-not-supported"]
        )
    }

    private func injected(_ bytes: [UInt8]) -> Finding? {
        let isDemanded = level != .opportunistic
        return context.finding(
            "starttls-injection",
            probe.subject,
            """
            Something is sent in clear after the server agreed to encrypt, where an attacker could put commands. \
            \(isDemanded ? "Senders differ: some stop here, some discard it and deliver. What Exchange Online does is not documented." : "This alone stops no mail.")
            """,
            outcome: .warn,
            evidence: ["seen": String(decoding: bytes.prefix(64), as: UTF8.self)],
            remedy: "Partner: update this mail server, or the proxy in front of it (see CVE-2011-0411).",
            demands: isDemanded ? .approve : nil,
            at: probe.at
        )
    }

    private func oddities() -> [Finding?] {
        let all = probe.phases.flatMap { phase in (phase.reply?.oddities ?? []).map { "\(phase.phase.rawValue): \($0)" }
        }
        guard !all.isEmpty else { return [] }
        return [
            context.finding(
                "smtp-reply-malformed",
                probe.subject,
                "The server's answers break the rules of SMTP, though their meaning is clear. This alone stops no mail.",
                evidence: ["seen": all.prefix(4).joined(separator: "; ")],
                remedy: "Partner: look for a proxy or firewall that rewrites what this server says.",
                at: probe.at
            )
        ]
    }
}
