extension ProbeObservation {
    /// How long the observation may stand in for a new one.
    ///
    /// What worked is kept for six hours, what was refused for good for a quarter of one. What hung on the moment is
    /// kept only until its first retry is due, so that a thousand partners on one silent host ask it once.
    var shelfLife: Duration {
        if notProbed != nil { return .zero }
        if completed(.ehloInTLS) { return .seconds(6 * 3600) }
        return isLasting ? .seconds(15 * 60) : .seconds(60)
    }

    /// Whether the server's answer was of the kind that does not pass by itself.
    private var isLasting: Bool {
        guard let last = phases.last else { return false }
        switch last.outcome {
        case .notOffered, .handshakeFailed: return true
        case .replied: return last.phase != .greeting && last.reply.map { $0.code / 100 == 5 } ?? false
        case .completed, .refused, .unreachable, .timedOut, .closed, .malformed, .tooLong: return false
        }
    }

    /// Whether the server said that there are too many connections, and asked for a pause with that.
    ///
    /// Source: the 421 replies of Postfix ("too many connections"), Exchange and others; RFC 5321 3.8.
    var asksForPause: Bool {
        phases.contains { phase in
            guard let reply = phase.reply, reply.code == 421 else { return false }
            let text = reply.lines.joined(separator: " ").lowercased()
            return text.contains("too many") || text.contains("connection") && text.contains("limit")
                || text.contains("rate") && text.contains("limit") || text.contains("too frequent")
        }
    }

    /// What a repetition of the probe is for.
    enum Doubt: Equatable {
        /// A reset on connect: up to three tries.
        case refused
        /// The stream ended in the handshake: one more try.
        case brokenHandshake
        /// A 5xx to EHLO or STARTTLS: one more try, a while later.
        case refusedForGood
    }

    var doubt: Doubt? {
        guard let last = phases.last else { return nil }
        switch (last.phase, last.outcome) {
        case (.connect, .refused): return .refused
        case (.handshake, .closed), (.handshake, .timedOut): return .brokenHandshake
        case (.ehlo, .replied), (.starttls, .replied):
            return last.reply.map { $0.code / 100 == 5 } ?? false ? .refusedForGood : nil
        default: return nil
        }
    }

    /// Whether a probe with everything that OpenSSL has could explain what happened.
    var wantsExplanation: Bool {
        guard profile == .exo, let handshake = phase(.handshake) else { return false }
        return handshake.outcome != .completed && handshake.outcome != .tooLong
    }
}

extension [ProbeObservation] {
    /// Whether a server failed in the handshake and the probe that was to explain it did not come that far.
    var isUnexplained: Bool {
        contains { probe in
            probe.wantsExplanation
                && !contains { $0.address == probe.address && ($0.completed(.handshake) || $0.isExplanation) }
        }
    }
}
