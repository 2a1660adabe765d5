import FoundationEssentials
package import NIOCore
import NIOPosix

/// Probes servers with manners, and remembers what it saw, so that what many partners share is asked once.
package actor Prober {
    private struct Remembered {
        let observations: [ProbeObservation]
        let expires: Date
        let at: Date
        let bytes: Int
    }

    private struct Running {
        let task: Task<[ProbeObservation], any Error>
        let id: Int
        var waiters: Int
    }

    /// What is remembered, in bytes; a chain may have a megabyte.
    private let mostBytes: Int
    private var bytes = 0
    /// Connections to one address for one verdict: the Exchange profile, its retry, and the diagnostic profile.
    private static let mostConnections = 3

    package nonisolated let settings: ProberSettings
    private let connector: ProbeConnector
    private let clock: ProbeClock
    private var admission: Admission
    private var waiting: [Admission.Ticket: CheckedContinuation<Bool, Never>] = [:]
    private var lastTicket = 0
    private var timer: (task: Task<Void, Never>, end: Duration)?
    private var backOffs: [NetworkAddress: Date] = [:]
    private var remembered: [ProbeTarget.Key: Remembered] = [:]
    private var running: [ProbeTarget.Key: Running] = [:]

    package init(
        _ settings: ProberSettings,
        group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton,
        clock: ProbeClock = .system,
        mostBytes: Int = 40 << 20
    ) throws(ProbingError) {
        self.mostBytes = mostBytes
        self.settings = settings
        self.clock = clock
        connector = try ProbeConnector(group: group)
        admission = Admission(settings.manners)
    }

    /// Finds out what one address offers: the probe with Exchange's profile, after the retries that its outcome asks
    /// for, and behind it one with everything that OpenSSL has where the handshake failed.
    ///
    /// Whoever asks for the same address, port and name meanwhile, or within the shelf life of the answer, shares it.
    ///
    /// - Parameter maximumAge: What is older is not good enough; `nil` leaves it to the shelf life.
    /// - Throws: `CancellationError` only.
    package func examine(
        _ target: ProbeTarget,
        maximumAge: Duration? = nil,
        limits: ProbeLimits? = nil
    ) async throws -> [ProbeObservation] {
        if let known = recall(target.key, maximumAge: maximumAge) { return known.map { $0.naming(target.host) } }
        let key = target.key
        if running[key] == nil {
            lastTicket += 1
            let id = lastTicket
            let task = Task { try await self.look(target, limits: limits, id: id) }
            running[key] = Running(task: task, id: id, waiters: 0)
        }
        running[key]?.waiters += 1
        guard let shared = running[key] else { return [] }
        let observations = try await withTaskCancellationHandler {
            try await shared.task.value
        } onCancel: {
            Task { await self.leave(key, id: shared.id) }
        }
        try Task.checkCancellation()
        return observations.map { $0.naming(target.host) }
    }

    /// One connection, with manners and without memory.
    ///
    /// - Throws: `CancellationError` only.
    package func probe(_ target: ProbeTarget, limits: ProbeLimits? = nil) async throws -> ProbeObservation {
        if let refusal = refusal(of: target) { return refusal }
        try await enter(target.address)
        if let refusal = refusal(of: target) {
            leave(target.address)
            return refusal
        }
        let observation = try await connector.probe(
            target,
            ehloName: settings.ehloName,
            limits: limits ?? settings.limits,
            at: clock.date(),
            ended: { Task { await self.leave(target.address) } }
        )
        if observation.asksForPause {
            backOffs[target.address] = clock.date().addingTimeInterval(settings.manners.backOff / .seconds(1))
        }
        return observation
    }

    // MARK: Examination

    private func look(
        _ target: ProbeTarget,
        limits: ProbeLimits?,
        id: Int
    ) async throws -> [ProbeObservation] {
        defer { if running[target.key]?.id == id { running[target.key] = nil } }
        var observation = try await probe(target, limits: limits)
        var connections = 1
        while let doubt = observation.doubt, connections < mostTries(doubt) {
            if doubt == .refusedForGood {
                guard let pause = settings.secondThought else { break }
                try await clock.sleep(pause)
            }
            let next = try await probe(target, limits: limits)
            guard next.notProbed == nil else { break }
            connections += 1
            observation = next
            observation.tries = connections
        }
        if settings.asksForTLS12, !target.isComparison, observation.tlsVersion == "TLSv1.3",
            connections < Self.mostConnections
        {
            observation.refusesTLS12 = try await refusesTLS12(target, limits: limits)
        }
        var observations = [observation]
        if observation.wantsExplanation, connections < Self.mostConnections {
            var explaining = target
            explaining.profile = .diagnostic
            observations.append(try await probe(explaining, limits: limits))
        }
        remember(observations, as: target.key)
        return observations
    }

    /// `nil` when the answer depended on the moment.
    private func refusesTLS12(_ target: ProbeTarget, limits: ProbeLimits?) async throws -> Bool? {
        var target = target
        target.isWithoutTLS13 = true
        let handshake = try await probe(target, limits: limits).phase(.handshake)?.outcome
        switch handshake {
        case .completed: return false
        case .handshakeFailed: return true
        default: return nil
        }
    }

    private func mostTries(_ doubt: ProbeObservation.Doubt) -> Int {
        switch doubt {
        case .refused: Self.mostConnections
        case .brokenHandshake, .refusedForGood: 2
        }
    }

    /// One of those that share an examination goes away; with the last of them it ends.
    private func leave(_ key: ProbeTarget.Key, id: Int) {
        guard running[key]?.id == id else { return }
        running[key]?.waiters -= 1
        guard let shared = running[key], shared.waiters <= 0 else { return }
        shared.task.cancel()
        running[key] = nil
    }

    // MARK: Memory

    private func recall(_ key: ProbeTarget.Key, maximumAge: Duration?) -> [ProbeObservation]? {
        guard let known = remembered[key] else { return nil }
        let now = clock.date()
        guard now < known.expires else {
            forget(key)
            return nil
        }
        if let maximumAge, now.timeIntervalSince(known.at) > maximumAge / .seconds(1) { return nil }
        return known.observations
    }

    private func remember(_ observations: [ProbeObservation], as key: ProbeTarget.Key) {
        guard let first = observations.first, first.shelfLife > .zero else { return }
        // What is not explained is asked again with the first retry.
        let shelfLife = observations.isUnexplained ? min(first.shelfLife, .seconds(60)) : first.shelfLife
        let size = observations.reduce(0) { $0 + $1.size }
        forget(key)
        guard size <= mostBytes else { return }
        if bytes + size > mostBytes { makeRoom(for: size) }
        bytes += size
        remembered[key] = Remembered(
            observations: observations,
            expires: clock.date().addingTimeInterval(shelfLife / .seconds(1)),
            at: first.at,
            bytes: size
        )
    }

    /// Makes room: what has expired goes, and if that is not enough, the oldest, down to half of what may be remembered.
    private func makeRoom(for size: Int) {
        let now = clock.date()
        for (key, known) in remembered where known.expires <= now { forget(key) }
        guard bytes + size > mostBytes else { return }
        for (key, _) in remembered.sorted(by: { $0.value.at < $1.value.at }) {
            guard bytes > max(0, mostBytes / 2 - size) else { return }
            forget(key)
        }
    }

    private func forget(_ key: ProbeTarget.Key) {
        guard let known = remembered.removeValue(forKey: key) else { return }
        bytes -= known.bytes
    }

    // MARK: Manners

    private func refusal(of target: ProbeTarget) -> ProbeObservation? {
        var observation = target.observation(ehloName: settings.ehloName, at: clock.date())
        if let objection = settings.networks.objection(to: target.address) {
            observation.notProbed = .addressNotPublic(objection)
            return observation
        }
        guard let end = backOffs[target.address] else { return nil }
        guard end > clock.date() else {
            backOffs[target.address] = nil
            return nil
        }
        observation.notProbed = .backingOff(until: end)
        return observation
    }

    /// Waits for the turn of a connection to the address; `leave` must follow unless it throws.
    private func enter(_ address: NetworkAddress) async throws {
        try Task.checkCancellation()
        lastTicket += 1
        let ticket = lastTicket
        let isAdmitted = await withTaskCancellationHandler {
            await withCheckedContinuation { waiter in
                waiting[ticket] = waiter
                admission.enqueue(ticket, for: address, at: clock.elapsed())
                advance()
            }
        } onCancel: {
            Task { await self.giveUp(ticket) }
        }
        guard isAdmitted else { throw CancellationError() }
    }

    private func giveUp(_ ticket: Admission.Ticket) {
        guard let waiter = waiting.removeValue(forKey: ticket) else { return }
        admission.cancel(ticket)
        waiter.resume(returning: false)
    }

    private func leave(_ address: NetworkAddress) {
        admission.release(address, at: clock.elapsed())
        advance()
    }

    private func advance() {
        for ticket in admission.admit(at: clock.elapsed()) {
            waiting.removeValue(forKey: ticket)?.resume(returning: true)
        }
        guard !waiting.isEmpty, let end = admission.nextPause else { return }
        if let timer, timer.end <= end { return }
        timer?.task.cancel()
        let wait = end - clock.elapsed()
        let task = Task { [clock] in
            guard (try? await clock.sleep(wait)) != nil else { return }
            self.wake(end)
        }
        timer = (task, end)
    }

    private func wake(_ end: Duration) {
        if timer?.end == end { timer = nil }
        advance()
    }
}

extension ProbeObservation {
    fileprivate func naming(_ host: String) -> ProbeObservation {
        guard self.host != host else { return self }
        var copy = self
        copy.host = host
        return copy
    }
}
