import Foundation
import Probing
import Synchronization
import TestSupport
import Testing

/// What those may rely on who wait for the same server at once.
@Suite(.timeLimit(.minutes(10))) struct ProberTurnsTests {
    @Test func `whoever waits for a turn while the server asks for a pause stays away too`() async throws {
        let go = DispatchSemaphore(value: 0)
        let peer = try ScriptedPeer { number in
            // On the peer's own thread: the server says nothing until another waits.
            if number == 0 { go.wait() }
            return [.send("421 4.7.0 mx too many connections from you\r\n"), .hold]
        }
        defer {
            go.signal()
            peer.stop()
        }
        var limits = ProbeLimits.short
        limits.farewell = .milliseconds(50)
        let (clock, _) = ProbeClock.manual()
        let prober = try Prober.lab(Manners(interval: .zero), limits: limits, clock: clock)
        let first = Task { try await prober.probe(.local(peer.port)) }
        try await peer.isConnected()
        let isAsking = Flag()
        let second = Task { try await prober.ask(.local(peer.port), isAsking) }
        await eventually { isAsking.isSet }
        await prober.turn()
        go.signal()
        #expect(try await first.value.phase(.greeting)?.reply?.code == 421)
        #expect(try await second.value.notProbed == .backingOff(until: clock.date().addingTimeInterval(900)))
        #expect(peer.connections == 1)
    }

    @Test func `whoever goes away takes the look from no other that waits for it`() async throws {
        let go = DispatchSemaphore(value: 0)
        let peer = try ScriptedPeer { number in
            if number == 0 { go.wait() }
            return .upToEHLO("SIZE 1") + .quit
        }
        defer {
            go.signal()
            peer.stop()
        }
        let prober = try Prober.lab()
        let hasty = Task { try await prober.examine(.local(peer.port)) }
        try await peer.isConnected()
        let isAsking = Flag()
        let patient = Task { try await prober.share(.local(peer.port), isAsking) }
        await eventually { isAsking.isSet }
        await prober.turn()
        hasty.cancel()
        // Its leaving is a turn of the prober's, some time from now.
        for _ in 0..<100 {
            await Task.yield()
            await prober.turn()
        }
        go.signal()
        await #expect(throws: CancellationError.self) { try await hasty.value }
        #expect(try await patient.value.first?.phases.last?.outcome == .notOffered)
        #expect(peer.connections == 1)
    }
}

extension Prober {
    /// Asks in the turn in which it says so, so that whoever is let in next finds it waiting.
    fileprivate func ask(_ target: ProbeTarget, _ isAsking: Flag) async throws -> ProbeObservation {
        isAsking.set()
        return try await probe(target)
    }

    /// The same for a look that is shared.
    fileprivate func share(_ target: ProbeTarget, _ isAsking: Flag) async throws -> [ProbeObservation] {
        isAsking.set()
        return try await examine(target)
    }

    /// Waits for its turn, and does nothing with it.
    fileprivate func turn() {}
}

private final class Flag: Sendable {
    private let value = Mutex(false)

    var isSet: Bool { value.withLock { $0 } }

    func set() { value.withLock { $0 = true } }
}
