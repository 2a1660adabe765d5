/// How long a probe waits, for each of its steps and in all.
///
/// All times run on a monotonic clock.
///
/// Source: RFC 5321 4.5.3.2 asks for five minutes where a first look waits one; where a look was tried before and
/// nothing came, the gate waits as long as that.
package struct ProbeLimits: Hashable, Sendable, Codable {
    package var connect: Duration
    package var greeting: Duration
    /// For the replies to EHLO and to STARTTLS, each.
    package var reply: Duration
    /// For the handshake, and for the EHLO inside it.
    package var handshake: Duration
    /// For the answer to QUIT, which is of no use.
    package var farewell: Duration
    /// The hard end of it all.
    package var whole: Duration

    package init(
        connect: Duration,
        greeting: Duration,
        reply: Duration,
        handshake: Duration,
        farewell: Duration = .seconds(2),
        whole: Duration
    ) {
        self.connect = connect
        self.greeting = greeting
        self.reply = reply
        self.handshake = handshake
        self.farewell = farewell
        self.whole = whole
    }

    package static let first = ProbeLimits(
        connect: .seconds(15),
        greeting: .seconds(60),
        reply: .seconds(60),
        handshake: .seconds(30),
        whole: .seconds(120)
    )

    func wait(for phase: ProbePhase) -> Duration {
        switch phase {
        case .connect: connect
        case .greeting: greeting
        case .ehlo, .starttls: reply
        case .handshake, .ehloInTLS: handshake
        }
    }
}
