import TestSupport
import Foundation
import Probing

extension Prober {
    /// A prober that may connect to this machine, without rests, with short waits.
    static func lab(
        _ manners: Manners = Manners(perAddress: 64, interval: .zero, perNetwork: 64),
        limits: ProbeLimits = .short,
        secondThought: Duration? = nil,
        clock: ProbeClock = .system
    ) throws -> Prober {
        let settings = ProberSettings(
            ehloName: "gate.example",
            limits: limits,
            manners: manners,
            networks: .any,
            secondThought: secondThought
        )
        return try Prober(settings, clock: clock)
    }
}

extension ProbeLimits {
    /// Long enough for a busy machine, short enough for those tests in which they pass.
    static let short = ProbeLimits(
        connect: .seconds(10),
        greeting: .seconds(20),
        reply: .seconds(20),
        handshake: .seconds(20),
        whole: .seconds(60)
    )

    /// For a server that is silent on purpose in one phase, which ends soon, while the others have their time.
    static func impatient(in phase: WritableKeyPath<ProbeLimits, Duration>) -> ProbeLimits {
        var limits = short
        limits[keyPath: phase] = .milliseconds(150)
        limits.farewell = .milliseconds(50)
        return limits
    }

    /// With all the time for each phase, and this much for all of them.
    static func patient(whole: Duration) -> ProbeLimits {
        let hour = Duration.seconds(3_600)
        return ProbeLimits(
            connect: hour,
            greeting: hour,
            reply: hour,
            handshake: hour,
            farewell: .milliseconds(50),
            whole: whole
        )
    }
}

extension ProbeTarget {
    static func local(
        _ port: Int,
        address: String = "127.0.0.1",
        sni: String? = "mx.lab.example",
        profile: ProbeProfile = .exo
    ) throws -> ProbeTarget {
        guard let address = NetworkAddress(address) else { throw LabError("\(address) is no address") }
        return ProbeTarget(host: "mx.lab.example", address: address, port: port, sni: sni, profile: profile)
    }
}

extension ProbeClock {
    /// A clock whose sleeps are over at once, and count as time that has passed.
    static func jumping() -> ProbeClock {
        let time = Time()
        return ProbeClock(
            date: { Date(timeIntervalSince1970: 1_800_000_000 + time.now / .seconds(1)) },
            elapsed: { time.now },
            sleep: { time.advance(by: $0) }
        )
    }

    /// A clock that stands still until it is moved.
    static func manual() -> (clock: ProbeClock, time: Time) {
        let time = Time()
        let clock = ProbeClock(
            date: { Date(timeIntervalSince1970: 1_800_000_000 + time.now / .seconds(1)) },
            elapsed: { time.now },
            sleep: { _ in try await Task.sleep(for: .seconds(3600)) }
        )
        return (clock, time)
    }
}
