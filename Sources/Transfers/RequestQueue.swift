/// Who may start next at each host: at most `limit` at once, the shares of a host in turns.
///
/// A value; it starts nothing itself.
package struct RequestQueue {
    private struct Line {
        var running = 0
        /// The shares that have someone waiting, in the order of their turns.
        var turns: [String] = []
        var waiting: [String: [Int]] = [:]
        var isIdle: Bool { running == 0 && turns.isEmpty }
    }

    let limit: Int
    private var lines: [String: Line] = [:]

    package init(limit: Int) { self.limit = max(1, limit) }

    package mutating func append(_ id: Int, host: String, share: String) {
        lines[host, default: Line()].waiting[share, default: []].append(id)
        if lines[host]?.turns.contains(share) == false { lines[host]?.turns.append(share) }
    }

    /// The next request that may start now; it counts as running until `finish(host:)`.
    package mutating func next(host: String) -> Int? {
        guard var line = lines[host], line.running < limit, let share = line.turns.first else { return nil }
        line.turns.removeFirst()
        guard let id = line.waiting[share]?.removeFirst() else { return nil }
        if line.waiting[share]?.isEmpty == true {
            line.waiting[share] = nil
        } else {
            line.turns.append(share)
        }
        line.running += 1
        lines[host] = line
        return id
    }

    package mutating func finish(host: String) {
        lines[host]?.running -= 1
        if lines[host]?.isIdle == true { lines[host] = nil }
    }

    /// Takes out a request that has not started.
    package mutating func remove(_ id: Int, host: String, share: String) {
        lines[host]?.waiting[share]?.removeAll { $0 == id }
        if lines[host]?.waiting[share]?.isEmpty == true {
            lines[host]?.waiting[share] = nil
            lines[host]?.turns.removeAll { $0 == share }
        }
        if lines[host]?.isIdle == true { lines[host] = nil }
    }

    /// How many requests run at a host now.
    package func running(host: String) -> Int { lines[host]?.running ?? 0 }
}
