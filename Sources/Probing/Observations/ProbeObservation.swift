package import FoundationEssentials

/// What one connection to one address showed, with no judgement in it.
package struct ProbeObservation: Hashable, Sendable, Codable {
    /// The address in its usual text form.
    package var address: String
    package var port: Int
    /// The host that the address belongs to, as the MX or the smart host names it.
    package var host: String
    /// The name sent in the handshake; `nil` for none.
    package var sni: String?
    package var ehloName: String
    package var profile: ProbeProfile
    /// How many connections were made before this outcome stood.
    package var tries: Int
    /// Our own address in this connection: whether we are let in depends on it.
    package var vantage: String?
    /// In order, up to the one that did not complete.
    package var phases: [PhaseObservation]
    /// The answer to a HELO that was sent after EHLO was refused.
    package var heloReply: SMTPReply?
    /// The lines after the first of the reply to EHLO, escaped: `SIZE 35882577`; `nil` when there was no good reply.
    package var extensions: [String]?
    /// The same, of the EHLO inside TLS.
    package var extensionsInTLS: [String]?
    /// What followed the reply to STARTTLS before the handshake, capped at 64 bytes.
    package var bytesAfterStartTLS: Base64Bytes?
    /// As OpenSSL names it: `TLSv1.2`.
    package var tlsVersion: String?
    /// As OpenSSL names it: `ECDHE-RSA-AES256-GCM-SHA384`.
    package var cipher: String?
    /// DER, in the order in which the server sent them.
    package var presentedChain: [Base64Bytes]
    /// How many certificates the server sent, where they were more than are kept.
    package var certificatesSent: Int?
    package var stapledOCSP: Base64Bytes?
    package var clientCertificateRequested: Bool
    /// Whether a connection that offered nothing above TLS 1.2 was refused; `nil` when that was not tried.
    package var refusesTLS12: Bool?
    package var alert: TLSAlert?
    /// Set when no connection was made, and then all the above is empty.
    package var notProbed: NotProbedReason?
    /// The dialogue, `S: 220 …` and `C: EHLO …`, escaped and capped.
    package var transcript: [String]
    package var at: Date

    package init(
        address: String,
        port: Int = 25,
        host: String,
        sni: String? = nil,
        ehloName: String = "",
        profile: ProbeProfile = .exo,
        tries: Int = 1,
        vantage: String? = nil,
        phases: [PhaseObservation] = [],
        heloReply: SMTPReply? = nil,
        extensions: [String]? = nil,
        extensionsInTLS: [String]? = nil,
        bytesAfterStartTLS: Base64Bytes? = nil,
        tlsVersion: String? = nil,
        cipher: String? = nil,
        presentedChain: [Base64Bytes] = [],
        stapledOCSP: Base64Bytes? = nil,
        clientCertificateRequested: Bool = false,
        refusesTLS12: Bool? = nil,
        alert: TLSAlert? = nil,
        notProbed: NotProbedReason? = nil,
        transcript: [String] = [],
        at: Date
    ) {
        self.address = address
        self.port = port
        self.host = host
        self.sni = sni
        self.ehloName = ehloName
        self.profile = profile
        self.tries = tries
        self.vantage = vantage
        self.phases = phases
        self.heloReply = heloReply
        self.extensions = extensions
        self.extensionsInTLS = extensionsInTLS
        self.bytesAfterStartTLS = bytesAfterStartTLS
        self.tlsVersion = tlsVersion
        self.cipher = cipher
        self.presentedChain = presentedChain
        self.stapledOCSP = stapledOCSP
        self.clientCertificateRequested = clientCertificateRequested
        self.refusesTLS12 = refusesTLS12
        self.alert = alert
        self.notProbed = notProbed
        self.transcript = transcript
        self.at = at
    }
}

extension ProbeObservation {
    package func phase(_ phase: ProbePhase) -> PhaseObservation? { phases.last { $0.phase == phase } }
    package func completed(_ wanted: ProbePhase) -> Bool { phase(wanted)?.outcome == .completed }

    /// Whether it shows how the server takes a handshake with everything that OpenSSL has, be it that it refuses it.
    package var isExplanation: Bool {
        guard profile == .diagnostic else { return false }
        return switch phase(.handshake)?.outcome {
        case .completed, .handshakeFailed: true
        default: false
        }
    }
}

package enum ProbeProfile: String, Hashable, Sendable, Codable {
    /// What Exchange Online offers: TLS 1.2 and 1.3 with its cipher suites.
    case exo
    /// Everything that OpenSSL can do, to explain why `exo` failed.
    case diagnostic
}

/// Why an address was not connected to.
package enum NotProbedReason: Hashable, Sendable, Codable {
    /// The address is not on the public Internet; the text says what it is: `private`.
    case addressNotPublic(String)
    /// The next hop has more addresses than are probed.
    case overTheCap
    /// The server asked for fewer connections a short while ago.
    case backingOff(until: Date)
    /// Our network has no IPv6.
    case noIPv6
    /// An observation of the same server was made elsewhere and could not be had.
    case other(String)
}

package enum ProbePhase: String, Hashable, Sendable, Codable, CaseIterable {
    case connect
    case greeting
    case ehlo
    case starttls
    case handshake
    case ehloInTLS
}

/// One phase of a connection: how long it took, and how it ended.
package struct PhaseObservation: Hashable, Sendable, Codable {
    package var phase: ProbePhase
    package var outcome: PhaseOutcome
    package var milliseconds: Int
    /// What was read in this phase, in bytes.
    package var bytesRead: Int
    /// The server's reply, in the phases that have one, as far as it came.
    package var reply: SMTPReply?

    package init(
        _ phase: ProbePhase,
        _ outcome: PhaseOutcome = .completed,
        milliseconds: Int = 0,
        bytesRead: Int = 0,
        reply: SMTPReply? = nil
    ) {
        self.phase = phase
        self.outcome = outcome
        self.milliseconds = milliseconds
        self.bytesRead = bytesRead
        self.reply = reply
    }
}

package enum PhaseOutcome: Hashable, Sendable, Codable {
    /// The phase did what it is for: connected, 220, 250, 220, handshake done, 250.
    case completed
    /// A complete reply with another code; the phase's `reply` has it.
    case replied
    /// A reset on connect.
    case refused
    /// No way to the address, in the system's words.
    case unreachable(String)
    case timedOut
    /// The end of the stream, or a reset, before the phase was over.
    case closed
    /// STARTTLS was not in the reply to EHLO, so the phase was not entered.
    case notOffered
    /// Not a reply at all: the first line does not start with three digits; escaped, at most 80 bytes.
    case malformed(String)
    /// The reply is longer than is read.
    case tooLong
    /// The handshake failed: the peer's alert is in the observation; the text is the library's.
    case handshakeFailed(String)
}

/// A complete reply, or what of it came.
package struct SMTPReply: Hashable, Sendable, Codable {
    /// Of the last line.
    package var code: Int
    /// Without code and separator, escaped, each at most 512 bytes.
    package var lines: [String]
    /// What the reply got wrong where its meaning is still clear, such as "codes differ" or "bare LF", with the line.
    package var oddities: [String]

    package init(code: Int, lines: [String], oddities: [String] = []) {
        self.code = code
        self.lines = lines
        self.oddities = oddities
    }

    /// What a positive reply to EHLO offers: all but its greeting, and but lines without a text.
    var extensions: [String] { lines.dropFirst().filter { !$0.isEmpty } }

    /// The reply as one escaped text of at most 200 characters.
    package var text: String {
        let whole = lines.enumerated()
            .map { "\(code)\($0.offset == lines.count - 1 ? " " : "-")\($0.element)" }
            .joined(separator: "\\r\\n")
        return whole.count <= 200 ? whole : String(whole.prefix(199)) + "…"
    }
}

/// Source: RFC 8446 6, RFC 5246 7.2.
package struct TLSAlert: Hashable, Sendable, Codable {
    package var code: Int
    /// As in the RFC: `handshake_failure`.
    package var name: String
    /// True when the peer sent it, false when we did.
    package var received: Bool

    package init(code: Int, name: String, received: Bool) {
        self.code = code
        self.name = name
        self.received = received
    }
}
