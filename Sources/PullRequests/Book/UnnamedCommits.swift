package import FoundationEssentials

/// Commits of the branch for which the forge named no request: its lists may lag behind its git, so it is asked about them again
/// for an hour, ever more seldom.
///
/// A direct push has no request at all and is asked about as often; so what it costs is bounded.
package struct UnnamedCommits: Hashable, Sendable, Codable {
    package struct Entry: Hashable, Sendable, Codable {
        package var commit: String
        /// The branch's commit before it; `nil` for the first of all.
        package var parent: String?
        package var since: Date
        /// How often it was asked about since.
        var tries = 0
    }

    /// Oldest first.
    private(set) var entries: [Entry] = []

    package init() {}

    /// At most so many are remembered, the newest.
    package static let limit = 20
    /// So long after the first answer it is asked again.
    package static let waits: [TimeInterval] = [60, 300, 900, 3_600]

    /// The forge answered, and named no request; a commit that is known already counts one try more.
    package mutating func add(_ commit: String, parent: String?, at now: Date) {
        guard let index = entries.firstIndex(where: { $0.commit == commit }) else {
            entries.append(Entry(commit: commit, parent: parent, since: now))
            entries.removeFirst(max(0, entries.count - Self.limit))
            return
        }
        entries[index].tries += 1
        if entries[index].tries >= Self.waits.count { entries.remove(at: index) }
    }

    /// Its request is known by now.
    package mutating func remove(_ commit: String) { entries.removeAll { $0.commit == commit } }

    /// Those that are to be asked about now; after a clock was set back, each.
    package func due(at now: Date) -> [Entry] {
        entries.filter { entry in
            let wait = Self.waits[min(entry.tries, Self.waits.count - 1)]
            return !(0..<wait).contains(now.timeIntervalSince(entry.since))
        }
    }
}
