package import FoundationEssentials
package import PullRequests

/// What is remembered of a source's forge in addition to its requests; a value for the store.
package struct ForgeMemory: Hashable, Sendable, Codable {
    /// When each open request changed last, by the forge's clock, as far as it was looked at since.
    package var seen: [Int: Date] = [:]
    /// The branch's tip up to which it is known which requests were merged.
    package var settled: String?
    /// The commits up to there for which the forge named no request yet.
    package var unnamed = UnnamedCommits()
    /// When the forge was last asked in full, and answered.
    package var lookedAt: Date?
    /// Whether anyone may read the repository, as the forge said last; `nil` where it never said.
    package var isPublic: Bool?
    /// When the last good delivery came in.
    package var deliveredAt: Date?
    /// When a merge queue last gave a sign of itself.
    package var queuedAt: Date?
    /// How often in a row something had moved that no delivery told of.
    package var undelivered = 0

    /// From so many on the hook counts as silent.
    static let silence = 3
    static let silenceRemedy =
        "See the hook's recent deliveries on the forge, and its address and secret as `mitregate doctor` prints them."

    package init() {}

    /// Reads what this version or an earlier one stored: what is missing has its default, but for `seen`, which was there
    /// from the beginning, so that something else is not taken for a forge that nothing is known of.
    package init(from decoder: any Decoder) throws {
        let stored = try decoder.container(keyedBy: CodingKeys.self)
        seen = try stored.decode([Int: Date].self, forKey: .seen)
        settled = try stored.decodeIfPresent(String.self, forKey: .settled)
        lookedAt = try stored.decodeIfPresent(Date.self, forKey: .lookedAt)
        isPublic = try stored.decodeIfPresent(Bool.self, forKey: .isPublic)
        deliveredAt = try stored.decodeIfPresent(Date.self, forKey: .deliveredAt)
        queuedAt = try stored.decodeIfPresent(Date.self, forKey: .queuedAt)
        if stored.contains(.unnamed) { unnamed = try stored.decode(UnnamedCommits.self, forKey: .unnamed) }
        if stored.contains(.undelivered) { undelivered = try stored.decode(Int.self, forKey: .undelivered) }
    }

    private enum CodingKeys: String, CodingKey {
        case seen, settled, unnamed, lookedAt, isPublic, deliveredAt, queuedAt, undelivered
    }
}
