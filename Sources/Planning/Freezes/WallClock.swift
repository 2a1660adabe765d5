import Connectors
import Foundation

/// A time zone's clock on the wall, with its hours that come twice or never.
struct WallClock {
    private let zone: TimeZone

    /// - Parameter zone: A name of the IANA time zone database; `nil` for one that is not known here.
    init?(zone name: String) {
        guard let zone = TimeZone(identifier: name) else { return nil }
        self.zone = zone
    }

    /// Days since 1970-01-01 on the wall at an instant.
    func day(at instant: Int) -> Int { (instant + offset(at: instant)).floored(by: 86_400) }

    /// The instant at which the wall shows a minute of a day.
    ///
    /// A minute that comes twice means the first time; one that is skipped, the instant of the skip.
    func instant(day: Int, minute: Int) -> Int {
        let wall = day * 86_400 + minute * 60
        let earlier = offset(at: wall - 86_400)
        let later = offset(at: wall + 86_400)
        let candidates = [wall - earlier, wall - later].filter { $0 + offset(at: $0) == wall }
        if let first = candidates.min() { return first }
        var low = wall - max(earlier, later)
        var high = wall - min(earlier, later)
        while high - low > 1 {
            let middle = (low + high) / 2
            if offset(at: middle) == later { high = middle } else { low = middle }
        }
        return high
    }

    private func offset(at instant: Int) -> Int {
        zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(instant)))
    }
}
