import YAML

/// Which tenants a person means: those that one of the patterns names and that have all of the labels, without the excluded.
package struct TenantSelection: Hashable, Sendable {
    /// None means all.
    package var patterns: [GlobPattern]
    package var labels: [TenantLabel]
    package var excluded: [GlobPattern]

    /// One of those that may be meant.
    package struct Candidate: Hashable, Sendable {
        package let name: String
        package let labels: [String: String]

        package init(name: String, labels: [String: String] = [:]) {
            self.name = name
            self.labels = labels
        }
    }

    package init(patterns: [GlobPattern] = [], labels: [TenantLabel] = [], excluded: [GlobPattern] = []) {
        self.patterns = patterns
        self.labels = labels
        self.excluded = excluded
    }

    /// Whether it means all that there are.
    package var isAll: Bool { patterns.isEmpty && labels.isEmpty && excluded.isEmpty }

    /// Those that are meant, in the order of the candidates.
    ///
    /// - Throws: Where a pattern or a label means none: most likely it is a slip, and a slip must not widen or empty a selection.
    package func chosen(among candidates: [Candidate]) throws(TenantSelectionError) -> [Candidate] {
        for (patterns, isExclusion) in [(patterns, false), (excluded, true)] {
            for pattern in patterns where !candidates.contains(where: { pattern.matches($0.name) }) {
                throw .noTenant(
                    pattern: pattern.text,
                    isExclusion: isExclusion,
                    near: Self.near(pattern, among: candidates.map(\.name))
                )
            }
        }
        for label in labels where !candidates.contains(where: { $0.labels[label.key] == label.value }) {
            throw .noLabel(label, known: Self.known(label, among: candidates))
        }
        let chosen = candidates.filter { candidate in
            (patterns.isEmpty || patterns.contains { $0.matches(candidate.name) })
                && labels.allSatisfy { candidate.labels[$0.key] == $0.value }
                && !excluded.contains { $0.matches(candidate.name) }
        }
        guard !chosen.isEmpty || candidates.isEmpty || isAll else { throw .nothingLeft }
        return chosen
    }

    /// How many names a message shows.
    private static let shown = 5

    private static func near(_ pattern: GlobPattern, among names: [String]) -> [String] {
        let (prefix, suffix) = pattern.ends
        if prefix == pattern.text { return Nearest.word(to: prefix, among: names).map { [$0] } ?? [] }
        // Of one or two letters any other two are near.
        if prefix.utf8.count > 2 {
            let beginnings = names.map { String($0.prefix(prefix.count)) }
            guard let meant = Nearest.word(to: prefix, among: beginnings) else { return [] }
            return Array(names.filter { $0.hasPrefix(meant) }.prefix(shown))
        }
        guard suffix.utf8.count > 2 else { return [] }
        let ends = names.map { String($0.suffix(suffix.count)) }
        guard let meant = Nearest.word(to: suffix, among: ends) else { return [] }
        return Array(names.filter { $0.hasSuffix(meant) }.prefix(shown))
    }

    /// `tier=gold` and its like: the values of the key, else those of the nearest key, else some of all labels.
    private static func known(_ label: TenantLabel, among candidates: [Candidate]) -> [String] {
        let all = Set(candidates.flatMap(\.labels).map { TenantLabel(key: $0.key, value: $0.value) })
        let keys = Set(all.map(\.key))
        let key = keys.contains(label.key) ? label.key : Nearest.word(to: label.key, among: keys.sorted())
        return all.filter { key == nil || $0.key == key }.map { "\($0.key)=\($0.value)" }.sorted()
    }
}

/// Why a selection means no tenant.
package enum TenantSelectionError: Error, Hashable, Sendable {
    case noTenant(pattern: String, isExclusion: Bool, near: [String])
    case noLabel(TenantLabel, known: [String])
    /// Each part means some, and together they mean none.
    case nothingLeft
}
