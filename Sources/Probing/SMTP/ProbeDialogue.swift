/// The whole conversation of a probe as a state machine: what happened goes in, what to do comes out.
///
/// Greeting, EHLO, STARTTLS, handshake, EHLO inside, QUIT; each reply is awaited before the next command, as servers
/// punish early talkers. It never says MAIL, RCPT, DATA, AUTH, VRFY, EXPN or HELP. Source: RFC 5321, RFC 3207.
package struct ProbeDialogue {
    package enum Event: Equatable, Sendable {
        case connected
        case notConnected(PhaseOutcome)
        /// Bytes of the dialogue: as they came before TLS, decrypted after it.
        case received([UInt8])
        /// The end of the stream, or a reset.
        case ended
        /// The time for the current phase, or for the whole probe, is over.
        case timedOut
        /// With what was read of the peer during the handshake.
        case handshakeDone(bytesRead: Int)
        case handshakeFailed(String, bytesRead: Int)
        /// The peer sent more certificates than are read.
        case handshakeTooLong(bytesRead: Int)
    }

    package enum Action: Equatable, Sendable {
        /// Start the clock of this phase.
        case await(ProbePhase)
        case send(String)
        case startTLS
        /// The observation is complete. With `isPolite` a QUIT was sent, and its answer may be awaited for two seconds.
        case finish(isPolite: Bool)
    }

    private enum State: Equatable {
        case connecting
        case greeting
        case ehlo
        case helo
        case starttls
        case handshake
        case ehloInTLS
        case finished
    }

    /// What was seen so far.
    package private(set) var phases: [PhaseObservation] = []
    package private(set) var heloReply: SMTPReply?
    package private(set) var extensions: [String]?
    package private(set) var extensionsInTLS: [String]?
    package private(set) var bytesAfterStartTLS: [UInt8]?
    package var transcript: [String] { log.lines }

    private let ehloName: String
    private var state = State.connecting
    private var reader = ReplyReader()
    private var log = Transcript()
    private var bytesRead = 0
    private var phaseStart: Duration

    /// - Parameter start: The time at which the connection was begun, on any monotonic clock that `handle` is told too.
    package init(ehloName: String, start: Duration = .zero) {
        // A line break in the operator's configuration must not become a command.
        self.ehloName = String(decoding: ehloName.utf8.filter { (0x21...0x7e).contains($0) }, as: UTF8.self)
        phaseStart = start
    }

    package mutating func handle(_ event: Event, at now: Duration) -> [Action] {
        switch (state, event) {
        case (.finished, _): []
        case (.connecting, .connected): enter(.greeting, after: close(.connect, .completed, at: now), await: .greeting)
        case (.connecting, .notConnected(let outcome)): finish(.connect, outcome, at: now)
        case (.handshake, .handshakeDone(let bytes)): startTalkingInTLS(bytes, at: now)
        case (.handshake, .handshakeFailed(let words, let bytes)):
            failHandshake(.handshakeFailed(words), "TLS failed: \(words)", bytes, at: now)
        case (.handshake, .handshakeTooLong(let bytes)):
            failHandshake(.tooLong, "TLS ended: more certificates than are read", bytes, at: now)
        case (_, .received(let bytes)): receive(bytes, at: now)
        case (_, .ended): stop(.closed, at: now)
        case (_, .timedOut): stop(.timedOut, at: now)
        case (_, .connected), (_, .notConnected), (_, .handshakeDone), (_, .handshakeFailed), (_, .handshakeTooLong): []
        }
    }

    // MARK: Replies

    private mutating func receive(_ bytes: [UInt8], at now: Duration) -> [Action] {
        guard phase != .connect, phase != .handshake else { return [] }
        bytesRead += bytes.count
        reader.append(bytes)
        return readReplies(at: now)
    }

    /// Goes on for as long as complete replies are there.
    private mutating func readReplies(at now: Duration) -> [Action] {
        var actions: [Action] = []
        while state != .finished, state != .handshake {
            switch reader.next() {
            case .needsMore: return actions
            case .reply(let reply): actions += answer(reply, at: now)
            case .malformed(let text):
                log.server(raw: text)
                actions += giveUp(.malformed(text), at: now)
            case .tooLong: actions += giveUp(.tooLong, at: now)
            }
        }
        return actions
    }

    private mutating func answer(_ reply: SMTPReply, at now: Duration) -> [Action] {
        log.server(reply)
        switch state {
        case .greeting: return greeted(reply, at: now)
        case .ehlo: return extended(reply, at: now)
        case .helo:
            heloReply = reply
            return quit()
        case .starttls: return readyForTLS(reply, at: now)
        case .ehloInTLS:
            if reply.isPositive { extensionsInTLS = reply.extensions }
            record(close(.ehloInTLS, reply.isPositive ? .completed : .replied, reply, at: now))
            return quit()
        case .connecting, .handshake, .finished: return []
        }
    }

    private mutating func greeted(_ reply: SMTPReply, at now: Duration) -> [Action] {
        guard reply.code == 220 else { return finish(.greeting, .replied, reply, at: now) }
        return enter(
            .ehlo,
            after: close(.greeting, .completed, reply, at: now),
            await: .ehlo,
            saying: "EHLO \(ehloName)"
        )
    }

    private mutating func extended(_ reply: SMTPReply, at now: Duration) -> [Action] {
        guard reply.isPositive else {
            let refused = close(.ehlo, .replied, reply, at: now)
            record(refused)
            guard reply.isPermanentRefusal else { return quit() }
            return enter(.helo, after: nil, await: .ehlo, saying: "HELO \(ehloName)")
        }
        let offered = reply.extensions
        extensions = offered
        var reply = reply
        if let odd = offered.first(where: { !$0.startsWithKeyword }) {
            reply.oddities.append("no keyword: \(odd.prefix(80))")
        }
        let done = close(.ehlo, .completed, reply, at: now)
        guard offered.contains(where: \.offersStartTLS) else {
            record(done)
            record(PhaseObservation(.starttls, .notOffered))
            return quit()
        }
        return enter(.starttls, after: done, await: .starttls, saying: "STARTTLS")
    }

    private mutating func readyForTLS(_ reply: SMTPReply, at now: Duration) -> [Action] {
        guard reply.code == 220 else { return finish(.starttls, .replied, reply, at: now) }
        let early = reader.takePending()
        if !early.isEmpty {
            bytesAfterStartTLS = Array(early.prefix(64))
            log.event("after the reply to STARTTLS came \(early.escapedText(limit: 64))")
        }
        record(close(.starttls, .completed, reply, at: now))
        state = .handshake
        return [.startTLS, .await(.handshake)]
    }

    private mutating func startTalkingInTLS(_ bytes: Int, at now: Duration) -> [Action] {
        bytesRead = bytes
        log.event("TLS")
        return enter(
            .ehloInTLS,
            after: close(.handshake, .completed, at: now),
            await: .ehloInTLS,
            saying: "EHLO \(ehloName)"
        )
    }

    private mutating func failHandshake(
        _ outcome: PhaseOutcome,
        _ words: String,
        _ bytes: Int,
        at now: Duration
    ) -> [Action] {
        bytesRead = bytes
        log.event(words)
        record(close(.handshake, outcome, at: now))
        state = .finished
        return [.finish(isPolite: false)]
    }

    // MARK: Ends

    private var phase: ProbePhase {
        switch state {
        case .connecting: .connect
        case .greeting: .greeting
        case .ehlo, .helo: .ehlo
        case .starttls: .starttls
        case .handshake: .handshake
        case .ehloInTLS, .finished: .ehloInTLS
        }
    }

    /// The peer ended the phase, or the clock did.
    private mutating func stop(_ outcome: PhaseOutcome, at now: Duration) -> [Action] {
        log.event(outcome == .timedOut ? "no answer in time" : "closed by the server")
        // The answer to HELO is for the record only: EHLO was refused already.
        if state != .helo { record(close(phase, outcome, reader.partial, at: now)) }
        let canQuit = outcome == .timedOut && state != .connecting && state != .handshake
        guard canQuit else {
            state = .finished
            return [.finish(isPolite: false)]
        }
        return quit()
    }

    /// What came cannot be followed.
    private mutating func giveUp(_ outcome: PhaseOutcome, at now: Duration) -> [Action] {
        if state != .helo { record(close(phase, outcome, reader.partial, at: now)) }
        return quit()
    }

    private mutating func finish(
        _ phase: ProbePhase,
        _ outcome: PhaseOutcome,
        _ reply: SMTPReply? = nil,
        at now: Duration
    ) -> [Action] {
        record(close(phase, outcome, reply, at: now))
        guard phase != .connect else {
            state = .finished
            return [.finish(isPolite: false)]
        }
        return quit()
    }

    private mutating func quit() -> [Action] {
        state = .finished
        log.client("QUIT")
        return [.send("QUIT\r\n"), .finish(isPolite: true)]
    }

    private mutating func enter(
        _ next: State,
        after done: PhaseObservation?,
        await phase: ProbePhase,
        saying line: String? = nil
    ) -> [Action] {
        if let done { record(done) }
        state = next
        if !reader.pending.isEmpty { reader.note("\(reader.pending.count) bytes came before they were asked for") }
        guard let line else { return [.await(phase)] }
        log.client(line)
        return [.send(line + "\r\n"), .await(phase)]
    }

    private mutating func close(
        _ phase: ProbePhase,
        _ outcome: PhaseOutcome,
        _ reply: SMTPReply? = nil,
        at now: Duration
    ) -> PhaseObservation {
        defer {
            phaseStart = now
            bytesRead = 0
        }
        let milliseconds = Int((now - phaseStart) / .milliseconds(1))
        return PhaseObservation(phase, outcome, milliseconds: milliseconds, bytesRead: bytesRead, reply: reply)
    }

    private mutating func record(_ phase: PhaseObservation) { phases.append(phase) }
}

extension SMTPReply {
    /// RFC 5321 wants 250 here; any other 2xx is taken too, as mail servers do.
    fileprivate var isPositive: Bool { code / 100 == 2 }
    fileprivate var isPermanentRefusal: Bool { code / 100 == 5 }
}

extension String {
    /// Source: RFC 5321 4.1.1.1, ehlo-keyword.
    fileprivate var startsWithKeyword: Bool {
        let keyword = utf8.prefix { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "=") }
        return !keyword.isEmpty
            && keyword.allSatisfy {
                ($0 >= 48 && $0 <= 57) || ($0 & 0xdf >= 65 && $0 & 0xdf <= 90) || $0 == UInt8(ascii: "-")
            }
    }

    /// Whether a line of an EHLO reply is the keyword STARTTLS, in any letter case (RFC 5321 4.1.1.1).
    fileprivate var offersStartTLS: Bool {
        let keyword = utf8.prefix { $0 != UInt8(ascii: " ") }
        return keyword.count == 8
            && zip(keyword, "STARTTLS".utf8).allSatisfy { $0 & 0xdf == $1 }
    }
}
