import FoundationEssentials
import TLSGate

/// Whether our own network keeps us from seeing partners, told from one look after another; pure.
///
/// While it does, all looks pause, and single ones try again whether it is over.
struct OwnVantage: Hashable, Sendable {
    enum Trouble: Hashable, Sendable {
        /// The resolver answers nothing, not even for names that have nothing to do with partners.
        case dns
        /// So many servers of unrelated partners said nothing, one after another.
        case port(silentServers: Int)
    }

    private(set) var trouble: Trouble?
    /// The servers of each partner that said nothing, since one was heard; no two of these partners share any.
    private var silent: [Set<String>] = []
    /// How often in a row trouble was seen, a pause between two.
    private var times = 0
    private var pausedUntil: Date?

    /// So many unrelated partners in a row are silent before it is us; the gate's own rule for one run.
    private static let leastPartners = 3
    private static let pause: TimeInterval = 60
    private static let longestPause: TimeInterval = 1_800

    /// Whether no partner is to be looked at now.
    func isPaused(at now: Date) -> Bool {
        guard let pausedUntil else { return false }
        // A clock that was set back must not silence it.
        return now < pausedUntil && pausedUntil <= now.addingTimeInterval(Self.longestPause)
    }

    /// Takes over how much of one partner was seen.
    mutating func take(_ sight: Sight, at now: Date) {
        if sight.hasHeard {
            self = OwnVantage()
        } else if sight.isDNSSilent {
            note(.dns, at: now)
        } else {
            // DNS answers, which says nothing of the port.
            if trouble == .dns { self = OwnVantage() }
            guard !sight.silentServers.isEmpty else { return }
            if silent.allSatisfy({ $0.isDisjoint(with: sight.silentServers) }) { silent.append(sight.silentServers) }
            guard silent.count >= Self.leastPartners else { return }
            note(.port(silentServers: silent.reduce(0) { $0 + $1.count }), at: now)
            // More of them would say nothing new.
            silent.removeFirst(silent.count - Self.leastPartners)
        }
    }

    private mutating func note(_ trouble: Trouble, at now: Date) {
        // Looks that were under way together are one.
        guard self.trouble == nil || !isPaused(at: now) else { return }
        self.trouble = trouble
        times = min(times + 1, 16)
        var pause = Self.pause
        for _ in 1..<times { pause = min(pause * 2, Self.longestPause) }
        pausedUntil = now.addingTimeInterval(pause)
    }
}
