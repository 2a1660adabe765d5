package import FoundationEssentials
package import Probing

/// What was seen of partners, for as long as it may be used again and there is room for it.
package struct SeenPartners {
    private struct Look {
        var observations: PartnerObservations
        var at: Date
        var size: Int
    }

    /// What is kept, in bytes; one partner's chains may have megabytes.
    private let mostBytes: Int
    private var looks: [ObservationRequest: Look] = [:]
    /// How far ahead of now a look may seem, in seconds, as where two overlapped.
    ///
    /// One further ahead was made before the clock was set back, and its age is not known.
    private static let slack: TimeInterval = 60
    private var bytes = 0

    package init(mostBytes: Int = 64 << 20) { self.mostBytes = mostBytes }

    /// What was seen at most so many seconds ago.
    package func observations(
        _ request: ObservationRequest,
        at now: Date,
        maximumAge: TimeInterval
    ) -> PartnerObservations? {
        guard let look = looks[request], (-Self.slack...maximumAge).contains(now.timeIntervalSince(look.at)) else {
            return nil
        }
        return look.observations
    }

    /// Keeps a look, unless a newer one is there: of two that overlapped the newer stays.
    package mutating func remember(_ observations: PartnerObservations, of request: ObservationRequest, at now: Date) {
        if let known = looks[request], known.at > now, known.at <= now.addingTimeInterval(Self.slack) { return }
        keep(Look(observations: observations, at: now, size: observations.size), of: request)
    }

    /// Adds to what is kept of a look; one that is gone stays so.
    package mutating func add(_ observations: PartnerObservations, to request: ObservationRequest) {
        guard let known = looks[request] else { return }
        keep(Look(observations: observations, at: known.at, size: observations.size), of: request)
    }

    /// Forgets what is too old to be used by anyone.
    ///
    /// - Parameter maximumAge: In seconds; a passing failure is kept for one minute at most.
    package mutating func forgetOld(at now: Date, maximumAge: TimeInterval) {
        for (request, look) in looks {
            let most = look.observations.isPassing ? 60 : maximumAge
            if !(-Self.slack...most).contains(now.timeIntervalSince(look.at)) { forget(request) }
        }
    }

    private mutating func keep(_ look: Look, of request: ObservationRequest) {
        forget(request)
        guard look.size <= mostBytes else { return }
        if bytes + look.size > mostBytes { makeRoom(for: look.size) }
        looks[request] = look
        bytes += look.size
    }

    /// The oldest go, down to half of what may be kept, so that not each look has to sort them.
    private mutating func makeRoom(for size: Int) {
        for (request, _) in looks.sorted(by: { $0.value.at < $1.value.at }) {
            guard bytes > max(0, mostBytes / 2 - size) else { return }
            forget(request)
        }
    }

    private mutating func forget(_ request: ObservationRequest) {
        guard let look = looks.removeValue(forKey: request) else { return }
        bytes -= look.size
    }
}
