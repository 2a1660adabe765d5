import Foundation
import Probing
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(10))) struct ProberTests {
    /// What a server does on its socket, and what is then seen.
    struct Case: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let steps: [ScriptedPeer.Step]
        let last: ProbePhase
        let outcome: PhaseOutcome
        var limits = ProbeLimits.short
    }

    @Test(arguments: cases)
    func `each behaviour of a server is seen for what it is`(_ example: Case) async throws {
        let peer = try ScriptedPeer(example.steps)
        defer { peer.stop() }
        let prober = try Prober.lab(limits: example.limits)
        let observation = try await prober.probe(.local(peer.port))
        #expect(observation.phases.last?.phase == example.last)
        #expect(observation.phases.last?.outcome.withoutWords == example.outcome)
        #expect(observation.address == "127.0.0.1")
        #expect(observation.notProbed == nil)
    }

    @Test(.enabled(if: hasAddress("::1"), "this machine has no IPv6"))
    func `IPv6 is spoken too`() async throws {
        let peer = try ScriptedPeer(on: "::1", .upToEHLO("SIZE 1") + .quit)
        defer { peer.stop() }
        let observation = try await Prober.lab().probe(.local(peer.port, address: "::1"))
        #expect(observation.address == "::1" && observation.vantage == "::1")
        #expect(observation.phases.last?.outcome == .notOffered)
    }

    @Test(arguments: [(40 << 20, 1), (1_000, 2)])
    func `an answer is remembered as long as there is memory for it`(_ bytes: Int, connections: Int) async throws {
        let peer = try ScriptedPeer(.upToEHLO("SIZE 1") + .quit)
        defer { peer.stop() }
        let settings = ProberSettings(ehloName: "gate.example", limits: .short, networks: .any)
        let prober = try Prober(settings, clock: .jumping(), mostBytes: bytes)
        _ = try await prober.examine(.local(peer.port))
        _ = try await prober.examine(.local(peer.port))
        #expect(peer.connections == connections)
    }

    @Test(arguments: [(40 << 20, 2), (2_000, 3)])
    func `where there is no room for one more answer, the oldest is forgotten`(
        _ bytes: Int,
        connections: Int
    ) async throws {
        let peer = try ScriptedPeer(.upToEHLO("SIZE 1") + .quit)
        defer { peer.stop() }
        let settings = ProberSettings(ehloName: "gate.example", limits: .short, networks: .any)
        let prober = try Prober(settings, clock: .jumping(), mostBytes: bytes)
        for name in ["a.example", "b.example", "a.example", "a.example"] {
            _ = try await prober.examine(.local(peer.port, sni: name))
        }
        #expect(peer.connections == connections)
    }

    @Test(
        arguments: [
            (["451 4.3.0 later"], 2), (["250-peer.example\r\n250 STARTTLS", "454 4.3.0 later"], 2),
            (["250-peer.example\r\n250 STARTTLS", "502 5.5.1 no"], 1),
        ] as [([String], Int)]
    )
    func `who puts us off is asked again after a minute, who refuses for good is not`(
        _ replies: [String],
        connections: Int
    ) async throws {
        var steps: [ScriptedPeer.Step] = [.send("220 peer.example ESMTP\r\n")]
        for reply in replies { steps += [.readLine, .send("\(reply)\r\n")] }
        let peer = try ScriptedPeer(steps + .quit)
        defer { peer.stop() }
        let (clock, time) = ProbeClock.manual()
        let prober = try Prober.lab(clock: clock)
        _ = try await prober.examine(.local(peer.port))
        time.advance(by: .seconds(59))
        _ = try await prober.examine(.local(peer.port))
        #expect(peer.connections == 1)
        time.advance(by: .seconds(2))
        _ = try await prober.examine(.local(peer.port))
        #expect(peer.connections == connections)
    }

    @Test func `a refused connection is tried three times`() async throws {
        let port = try FreePort.next()
        let observations = try await Prober.lab().examine(.local(port))
        #expect(observations.map(\.tries) == [3])
        #expect(observations.first?.phases.map(\.outcome) == [.refused])
    }

    @Test func `a handshake that breaks off is tried once more, then explained`() async throws {
        let peer = try ScriptedPeer(.upToEHLO("STARTTLS") + [.readLine, .send("220 go\r\n"), .readBytes, .reset])
        defer { peer.stop() }
        let observations = try await Prober.lab().examine(.local(peer.port))
        #expect(observations.map(\.profile) == [.exo, .diagnostic])
        #expect(observations.map(\.tries) == [2, 1])
        #expect(peer.connections == 3)
    }

    @Test(arguments: [(true, 2), (false, 4)])
    func `a handshake that could not be explained is looked at again after a minute`(
        _ isExplained: Bool,
        _ connections: Int
    ) async throws {
        let refusal: [ScriptedPeer.Step] = Self.untilTLS + [.readBytes, .sendBytes([21, 3, 3, 0, 2, 2, 40])]
        let peer = try ScriptedPeer { number in
            number.isMultiple(of: 2) || isExplained ? refusal : [.send("421 4.3.2 shutting down\r\n")] + .quit
        }
        defer { peer.stop() }
        let (clock, time) = ProbeClock.manual()
        let prober = try Prober.lab(clock: clock)
        let observations = try await prober.examine(.local(peer.port))
        #expect(observations.map(\.isExplanation) == [false, isExplained])
        time.advance(by: .seconds(61))
        _ = try await prober.examine(.local(peer.port))
        #expect(peer.connections == connections)
        let host = HostObservations(host: "mx.lab.example", probes: observations)
        let partner = PartnerObservations(nextHop: .mx(domain: "lab.example"), hosts: [host])
        #expect(partner.isPassing == !isExplained)
    }

    @Test func `a refusal of STARTTLS gets a second chance after a while`() async throws {
        let peer = try ScriptedPeer { number in
            .upToEHLO("STARTTLS") + [.readLine, .send(number == 0 ? "502 no\r\n" : "454 later\r\n")] + .quit
        }
        defer { peer.stop() }
        let clock = ProbeClock.jumping()
        let prober = try Prober.lab(secondThought: .seconds(60), clock: clock)
        let observations = try await prober.examine(.local(peer.port))
        #expect(observations.first?.phase(.starttls)?.reply?.code == 454)
        #expect(observations.first?.tries == 2)
        #expect(clock.elapsed() >= .seconds(60))
    }

    @Test func `a bare HELO server gets its record`() async throws {
        let peer = try ScriptedPeer(
            [.send("220 old\r\n"), .readLine, .send("502 what?\r\n"), .readLine, .send("250 old\r\n")] + .quit
        )
        defer { peer.stop() }
        let observation = try await Prober.lab().probe(.local(peer.port))
        #expect(observation.heloReply?.code == 250)
        #expect(observation.vantage == "127.0.0.1")
        #expect(await peer.linesAtEnd() == ["EHLO gate.example", "HELO gate.example", "QUIT"])
    }

    @Test func `an address that is not public is not connected to`() async throws {
        let peer = try ScriptedPeer([.hold])
        defer { peer.stop() }
        let prober = try Prober(ProberSettings(ehloName: "gate.example"))
        let observations = try await prober.examine(.local(peer.port))
        #expect(observations.map(\.notProbed) == [.addressNotPublic("loopback")])
        #expect(peer.connections == 0)
    }

    @Test func `too many connections is a request to stay away`() async throws {
        let peer = try ScriptedPeer([.send("421 4.7.0 mx too many connections from you\r\n")] + .quit)
        defer { peer.stop() }
        let (clock, time) = ProbeClock.manual()
        let prober = try Prober.lab(clock: clock)
        let first = try await prober.probe(.local(peer.port))
        #expect(first.phase(.greeting)?.reply?.code == 421)
        let second = try await prober.probe(.local(peer.port))
        #expect(second.notProbed == .backingOff(until: clock.date().addingTimeInterval(900)))
        time.advance(by: .seconds(901))
        #expect(try await prober.probe(.local(peer.port)).notProbed == nil)
        #expect(peer.connections == 2)
    }

    @Test func `partners that share a server ask it once`() async throws {
        let peer = try ScriptedPeer(.upToEHLO("SIZE") + .quit)
        defer { peer.stop() }
        let (clock, time) = ProbeClock.manual()
        let prober = try Prober.lab(clock: clock)
        let hosts = try await withThrowingTaskGroup(of: [ProbeObservation].self) { group in
            for number in 0..<50 {
                group.addTask {
                    var target = try ProbeTarget.local(peer.port)
                    target.host = "mx\(number).example"
                    return try await prober.examine(target)
                }
            }
            return try await group.reduce(into: []) { $0 += $1.map(\.host) }
        }
        #expect(Set(hosts).count == 50)
        #expect(peer.connections == 1)
        time.advance(by: .seconds(14 * 60))
        _ = try await prober.examine(.local(peer.port))
        #expect(peer.connections == 1)
        _ = try await prober.examine(.local(peer.port), maximumAge: .seconds(60))
        #expect(peer.connections == 2)
        time.advance(by: .seconds(16 * 60))
        _ = try await prober.examine(.local(peer.port))
        #expect(peer.connections == 3)
    }

    @Test func `one connection to an address at a time`() async throws {
        let peer = try ScriptedPeer([.hold])
        defer { peer.stop() }
        let prober = try Prober.lab(.considerate)
        let probes = (0..<4).map { number in
            Task { try await prober.probe(.local(peer.port, sni: "\(number).example")) }
        }
        try await peer.isConnected()
        for probe in probes.dropFirst() { probe.cancel() }
        for probe in probes.dropFirst() { _ = await probe.result }
        #expect(peer.connections == 1)
        for probe in probes { probe.cancel() }
    }

    @Test func `a cancelled probe ends at once`() async throws {
        let peer = try ScriptedPeer([.hold])
        defer { peer.stop() }
        let prober = try Prober.lab(Manners(interval: .zero))
        let first = Task { try await prober.examine(.local(peer.port)) }
        let waiting = Task { try await prober.examine(.local(peer.port, sni: nil)) }
        try await peer.isConnected()
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
        first.cancel()
        await #expect(throws: CancellationError.self) { try await first.value }
    }
}

extension ProberTests {
    private static let untilTLS: [ScriptedPeer.Step] = .upToEHLO("STARTTLS") + [.readLine, .send("220 go\r\n")]

    static let cases: [Case] = [
        Case(testDescription: "no STARTTLS", steps: .upToEHLO("SIZE 1") + .quit, last: .starttls, outcome: .notOffered),
        Case(
            testDescription: "a silent greeting",
            steps: [.hold],
            last: .greeting,
            outcome: .timedOut,
            limits: .impatient(in: \.greeting)
        ),
        Case(
            testDescription: "silence where only the whole has an end",
            steps: [.hold],
            last: .greeting,
            outcome: .timedOut,
            limits: .patient(whole: .seconds(1))
        ),
        Case(testDescription: "closed before the greeting", steps: [], last: .greeting, outcome: .closed),
        Case(testDescription: "reset before the greeting", steps: [.reset], last: .greeting, outcome: .closed),
        Case(
            testDescription: "closed after EHLO",
            steps: [.send("220 hi\r\n"), .readLine],
            last: .ehlo,
            outcome: .closed
        ),
        Case(
            testDescription: "silence after EHLO",
            steps: [.send("220 hi\r\n"), .readLine, .hold],
            last: .ehlo,
            outcome: .timedOut,
            limits: .impatient(in: \.reply)
        ),
        Case(
            testDescription: "lines for ever",
            steps: [.send("220 hi\r\n"), .readLine, .sendForever("250-more\r\n")],
            last: .ehlo,
            outcome: .tooLong
        ),
        Case(
            testDescription: "closed after STARTTLS",
            steps: .upToEHLO("STARTTLS") + [.readLine],
            last: .starttls,
            outcome: .closed
        ),
        Case(
            testDescription: "454 to STARTTLS",
            steps: .upToEHLO("starttls") + [.readLine, .send("454 not now\r\n")] + .quit,
            last: .starttls,
            outcome: .replied
        ),
        Case(
            testDescription: "silence in the handshake",
            steps: untilTLS + [.hold],
            last: .handshake,
            outcome: .timedOut,
            limits: .impatient(in: \.handshake)
        ),
        Case(
            testDescription: "closed in the handshake",
            steps: untilTLS + [.readBytes],
            last: .handshake,
            outcome: .closed
        ),
        Case(
            testDescription: "garbage for ServerHello",
            steps: untilTLS + [.readBytes, .send("250 what is this?\r\n")],
            last: .handshake,
            outcome: .handshakeFailed("…")
        ),
        Case(
            testDescription: "a fatal alert",
            steps: untilTLS + [.readBytes, .sendBytes([21, 3, 3, 0, 2, 2, 40])],
            last: .handshake,
            outcome: .handshakeFailed("…")
        ),
    ]
}

extension ScriptedPeer {
    /// Waits until someone has connected.
    ///
    /// - Throws: When no one has for two minutes.
    func isConnected() async throws {
        let deadline = ContinuousClock.now + .seconds(120)
        while connections == 0 {
            guard ContinuousClock.now < deadline else { throw LabError("no one connects") }
            await Task.yield()
        }
    }
}

extension PhaseOutcome {
    /// The same without OpenSSL's words for it, which are another version's to change; there must be some.
    fileprivate var withoutWords: Self {
        guard case .handshakeFailed(let words) = self, !words.isEmpty else { return self }
        return .handshakeFailed("…")
    }
}
