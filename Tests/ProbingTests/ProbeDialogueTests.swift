import Probing
import Testing

@Suite struct ProbeDialogueTests {
    typealias Event = ProbeDialogue.Event

    /// A conversation: what happens, and what is then to be seen.
    struct Case: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let events: [Event]
        let last: ProbePhase
        let outcome: PhaseOutcome
        var says: [String] = []
        var oddity: String?
        var extensions: [String]?
        var early: String?
        var helo: Int?
        var isPolite = true
    }

    @Test(arguments: cases)
    func `each conversation ends in what it showed`(_ example: Case) {
        let (dialogue, actions) = play(example.events)
        #expect(dialogue.phases.last?.phase == example.last)
        #expect(dialogue.phases.last?.outcome == example.outcome)
        #expect(dialogue.phases.dropLast().allSatisfy { $0.outcome == .completed })
        #expect(actions.last == .finish(isPolite: example.isPolite))
        let said = actions.compactMap { if case .send(let text) = $0 { text } else { nil } }
        if !example.says.isEmpty { #expect(said == example.says.map { $0 + "\r\n" }) }
        #expect(said.last == "QUIT\r\n" || !example.isPolite)
        if let oddity = example.oddity {
            #expect(dialogue.phases.contains { $0.reply?.oddities.contains { $0.contains(oddity) } ?? false })
        } else {
            #expect(dialogue.phases.allSatisfy { $0.reply?.oddities.isEmpty ?? true })
        }
        if let extensions = example.extensions { #expect(dialogue.extensions == extensions) }
        #expect(dialogue.bytesAfterStartTLS.map { String(decoding: $0, as: UTF8.self) } == example.early)
        #expect(dialogue.heloReply?.code == example.helo)
    }

    @Test(arguments: [1, 2, 3, 7])
    func `a reply means the same in whatever pieces it comes`(_ size: Int) {
        let whole = Self.good
        let pieces = whole.flatMap { event -> [Event] in
            guard case .received(let bytes) = event else { return [event] }
            return stride(from: 0, to: bytes.count, by: size).map {
                .received(Array(bytes[$0..<min($0 + size, bytes.count)]))
            }
        }
        let (one, _) = play(whole)
        let (other, _) = play(pieces)
        #expect(one.phases == other.phases)
        #expect(one.transcript == other.transcript)
    }

    @Test func `phases know how long they took and how much was read`() {
        var dialogue = ProbeDialogue(ehloName: "gate.example")
        _ = dialogue.handle(.connected, at: .milliseconds(3))
        _ = dialogue.handle(.received(Array("220 hi\r\n".utf8)), at: .milliseconds(10))
        #expect(dialogue.phases.map(\.milliseconds) == [3, 7])
        #expect(dialogue.phases.map(\.bytesRead) == [0, 8])
    }

    @Test func `the transcript shows both sides, escaped`() {
        let (dialogue, _) = play([.connected, .received(Array("220 \u{1b}[31mred\r\n".utf8)), .ended])
        #expect(
            dialogue.transcript == ["S: 220 \\x1b[31mred", "C: EHLO gate.example", "*: closed by the server"]
        )
    }

    @Test func `a line break in the name becomes no command`() {
        var dialogue = ProbeDialogue(ehloName: "gate.example\r\nMAIL FROM:<>")
        let actions = [.connected, .received(Array("220 hi\r\n".utf8))].flatMap { dialogue.handle($0, at: .zero) }
        #expect(actions.contains(.send("EHLO gate.exampleMAILFROM:<>\r\n")))
    }

    @Test func `whatever a server says, only five things are ever said to it`() {
        let allowed: Set = ["EHLO gate.example\r\n", "HELO gate.example\r\n", "STARTTLS\r\n", "QUIT\r\n"]
        for seed in 0..<3_000 {
            var generator = SeededGenerator(seed: UInt64(seed))
            let events = Self.cases[seed % Self.cases.count].events.map { event -> Event in
                guard case .received(let bytes) = event else { return event }
                return .received(bytes.mutated(using: &generator))
            }
            let (dialogue, actions) = play(events + [.timedOut, .ended])
            let said = actions.compactMap { if case .send(let text) = $0 { text } else { nil } }
            #expect(Set(said).isSubset(of: allowed), "seed \(seed)")
            #expect(actions.count { if case .finish = $0 { true } else { false } } == 1, "seed \(seed)")
            #expect(dialogue.phases.count <= 6 && dialogue.transcript.count <= 64, "seed \(seed)")
            #expect(dialogue.transcript.allSatisfy { $0.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7f } }, "seed \(seed)")
        }
    }
}

/// Plays a conversation to its end; time stands still.
private func play(_ events: [ProbeDialogue.Event]) -> (ProbeDialogue, [ProbeDialogue.Action]) {
    var dialogue = ProbeDialogue(ehloName: "gate.example")
    let actions = events.flatMap { dialogue.handle($0, at: .zero) }
    return (dialogue, actions)
}

extension ProbeDialogueTests {
    private static func hears(_ text: String) -> Event { .received(Array(text.utf8)) }

    private static let greeted: [Event] = [.connected, hears("220 peer ESMTP\r\n")]
    private static let offered = greeted + [hears("250-peer\r\n250-SIZE 100\r\n250 STARTTLS\r\n")]
    private static let started = offered + [hears("220 go\r\n")]
    private static let inside = started + [.handshakeDone(bytesRead: 2000)]
    static let good = inside + [hears("250-peer\r\n250 SIZE 100\r\n")]

    private static let allSaid = ["EHLO gate.example", "STARTTLS", "EHLO gate.example", "QUIT"]

    static let cases: [Case] = connects + greetings + ehlos + keywords + startTLS + ends

    private static let connects: [Case] = [
        Case(testDescription: "all goes well", events: good, last: .ehloInTLS, outcome: .completed, says: allSaid),
        Case(
            testDescription: "a refused connection",
            events: [.notConnected(.refused)],
            last: .connect,
            outcome: .refused,
            isPolite: false
        ),
        Case(
            testDescription: "no SYN-ACK",
            events: [.notConnected(.timedOut)],
            last: .connect,
            outcome: .timedOut,
            isPolite: false
        ),
    ]

    private static let greetings: [Case] = [
        Case(
            testDescription: "a greeting of two lines with a pause between",
            events: [.connected, hears("220-wait\r\n"), hears("220 peer\r\n")] + good.dropFirst(2),
            last: .ehloInTLS,
            outcome: .completed,
            says: allSaid
        ),
        Case(
            testDescription: "a greeting without text",
            events: [.connected, hears("220\r\n")] + good.dropFirst(2),
            last: .ehloInTLS,
            outcome: .completed
        ),
        Case(
            testDescription: "half a greeting, then silence",
            events: [.connected, hears("220-peer\r\n220 "), .timedOut],
            last: .greeting,
            outcome: .timedOut,
            says: ["QUIT"]
        ),
        Case(
            testDescription: "421 in the greeting",
            events: [.connected, hears("421 4.7.0 too many connections\r\n")],
            last: .greeting,
            outcome: .replied,
            says: ["QUIT"]
        ),
        Case(
            testDescription: "554 in the greeting",
            events: [.connected, hears("554-no\r\n554 way\r\n")],
            last: .greeting,
            outcome: .replied,
            says: ["QUIT"]
        ),
        Case(
            testDescription: "another protocol",
            events: [.connected, hears("SSH-2.0-OpenSSH\r\n")],
            last: .greeting,
            outcome: .malformed("SSH-2.0-OpenSSH\\r")
        ),
        Case(
            testDescription: "220 with a letter behind it",
            events: [.connected, hears("220x\r\n")],
            last: .greeting,
            outcome: .malformed("220x\\r")
        ),
        Case(
            testDescription: "a line without end",
            events: [.connected, hears("220 " + String(repeating: "x", count: 3000))],
            last: .greeting,
            outcome: .tooLong
        ),
        Case(
            testDescription: "lines without end",
            events: [.connected, hears(String(repeating: "220-x\r\n", count: 200))],
            last: .greeting,
            outcome: .tooLong
        ),
        Case(
            testDescription: "a reply above 64 KiB",
            events: [
                .connected, hears(String(repeating: "220-\(String(repeating: "x", count: 1000))\r\n", count: 70)),
            ],
            last: .greeting,
            outcome: .tooLong
        ),
        Case(
            testDescription: "a server that talks before it is asked",
            events: [.connected, hears("220 peer\r\n421 busy\r\n")],
            last: .ehlo,
            outcome: .replied,
            oddity: "before they were asked for"
        ),
    ]

    private static let ehlos: [Case] = [
        Case(
            testDescription: "EHLO is not known, HELO is",
            events: greeted + [hears("502 what?\r\n"), hears("250 peer\r\n")],
            last: .ehlo,
            outcome: .replied,
            says: ["EHLO gate.example", "HELO gate.example", "QUIT"],
            helo: 250
        ),
        Case(
            testDescription: "neither EHLO nor HELO is taken",
            events: greeted + [hears("550 no\r\n"), hears("550 no\r\n")],
            last: .ehlo,
            outcome: .replied,
            helo: 550
        ),
        Case(
            testDescription: "HELO is never answered",
            events: greeted + [hears("502 what?\r\n"), .timedOut],
            last: .ehlo,
            outcome: .replied
        ),
        Case(
            testDescription: "4xx to EHLO gets no HELO",
            events: greeted + [hears("421 later\r\n")],
            last: .ehlo,
            outcome: .replied,
            says: ["EHLO gate.example", "QUIT"]
        ),
        Case(
            testDescription: "bare line feeds are read, and noted",
            events: greeted + [hears("250-peer\n250 STARTTLS\n")] + good.dropFirst(3),
            last: .ehloInTLS,
            outcome: .completed,
            oddity: "a bare LF"
        ),
        Case(
            testDescription: "the last code counts when codes differ",
            events: greeted + [hears("220-peer\r\n250 STARTTLS\r\n")] + good.dropFirst(3),
            last: .ehloInTLS,
            outcome: .completed,
            oddity: "codes differ"
        ),
        Case(
            testDescription: "a line without a code is passed over",
            events: greeted + [hears("250-peer\r\nhello\r\n250 STARTTLS\r\n")] + good.dropFirst(3),
            last: .ehloInTLS,
            outcome: .completed,
            oddity: "a line without a code"
        ),
        Case(
            testDescription: "a keyword that is none is noted",
            events: greeted + [hears("250-peer\r\n250-***\r\n250 STARTTLS\r\n")] + good.dropFirst(3),
            last: .ehloInTLS,
            outcome: .completed,
            oddity: "no keyword"
        ),
        Case(
            testDescription: "an empty line offers nothing and breaks no rule",
            events: greeted + [hears("250-peer\r\n250-STARTTLS\r\n250 \r\n")] + good.dropFirst(3),
            last: .ehloInTLS,
            outcome: .completed
        ),
    ]

    /// Replies to EHLO in which STARTTLS is offered, or only seems to be.
    private static let keywords: [Case] =
        [
            ("in mixed case", "250-peer\r\n250 sTaRtTlS\r\n", true),
            ("with parameters", "250-peer\r\n250 STARTTLS now\r\n", true),
            ("as the greeting's name", "250 STARTTLS\r\n", false),
            ("behind the greeting's name", "250 peer STARTTLS\r\n", false),
            ("with a letter in front", "250-peer\r\n250 XSTARTTLS\r\n", false),
            ("with a letter behind", "250-peer\r\n250 STARTTLSX\r\n", false),
            ("as a parameter", "250-peer\r\n250 AUTH STARTTLS\r\n", false),
            ("rewritten by a firewall", "250-peer\r\n250 XXXXXXXA\r\n", false),
            ("not at all", "250-peer\r\n250 SIZE 1\r\n", false),
        ].map { description, reply, isOffered in
            Case(
                testDescription: "STARTTLS \(description)",
                events: greeted + [hears(reply)] + (isOffered ? Array(good.dropFirst(3)) : []),
                last: isOffered ? .ehloInTLS : .starttls,
                outcome: isOffered ? .completed : .notOffered,
                says: isOffered ? allSaid : ["EHLO gate.example", "QUIT"]
            )
        }

    private static let startTLS: [Case] = [
        Case(
            testDescription: "the keywords are kept as they came",
            events: good,
            last: .ehloInTLS,
            outcome: .completed,
            extensions: ["SIZE 100", "STARTTLS"]
        ),
        Case(
            testDescription: "454 to STARTTLS",
            events: offered + [hears("454 4.7.0 TLS not available due to temporary reason\r\n")],
            last: .starttls,
            outcome: .replied,
            says: ["EHLO gate.example", "STARTTLS", "QUIT"]
        ),
        Case(
            testDescription: "501 to STARTTLS",
            events: offered + [hears("501 no\r\n")],
            last: .starttls,
            outcome: .replied
        ),
        Case(
            testDescription: "an injected reply is kept, and not obeyed",
            events: offered + [
                hears("220 go\r\n250 injected\r\n"), .handshakeDone(bytesRead: 1), hears("250 peer\r\n"),
            ],
            last: .ehloInTLS,
            outcome: .completed,
            says: allSaid,
            early: "250 injected\r\n"
        ),
        Case(
            testDescription: "a handshake that fails ends without a word",
            events: started + [.handshakeFailed("no shared cipher", bytesRead: 7)],
            last: .handshake,
            outcome: .handshakeFailed("no shared cipher"),
            isPolite: false
        ),
        Case(
            testDescription: "more certificates than are read end the dialogue without a word",
            events: started + [.handshakeTooLong(bytesRead: 200_000)],
            last: .handshake,
            outcome: .tooLong,
            isPolite: false
        ),
        Case(
            testDescription: "421 inside TLS",
            events: inside + [hears("421 4.3.2 shutting down\r\n")],
            last: .ehloInTLS,
            outcome: .replied,
            says: allSaid
        ),
        Case(
            testDescription: "5xx inside TLS gets no HELO",
            events: inside + [hears("503 no\r\n")],
            last: .ehloInTLS,
            outcome: .replied,
            says: allSaid
        ),
    ]

    /// The stream ends, or the clock runs out, in each phase.
    private static let ends: [Case] =
        [
            (ProbePhase.greeting, [Event.connected]), (.ehlo, greeted), (.starttls, offered), (.handshake, started),
            (.ehloInTLS, inside),
        ].flatMap { phase, events in
            [
                Case(
                    testDescription: "closed in \(phase)",
                    events: events + [.ended],
                    last: phase,
                    outcome: .closed,
                    isPolite: false
                ),
                Case(
                    testDescription: "silent in \(phase)",
                    events: events + [.timedOut],
                    last: phase,
                    outcome: .timedOut,
                    isPolite: phase != .handshake
                ),
            ]
        }
}
