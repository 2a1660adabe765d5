import Connectors

/// Finds the word that someone probably meant.
package enum Nearest {
    /// The candidate nearest to a word, or `nil` when none is near enough to be a slip of the finger.
    ///
    /// Letter case, hyphens and underscores cost nothing; at most a third of the letters may differ.
    package static func word(to text: String, among candidates: some Sequence<String>) -> String? {
        guard text.utf8.count <= 64 else { return nil }
        let own = folded(text)
        guard !own.isEmpty else { return nil }
        var best: (word: String, distance: Int)?
        for candidate in candidates {
            let other = folded(candidate)
            let allowed = max(1, min(own.count, other.count) / 3)
            guard abs(own.count - other.count) <= allowed else { continue }
            let distance = distance(own, other)
            guard distance <= allowed, distance < best?.distance ?? .max else { continue }
            best = (candidate, distance)
        }
        return best?.word
    }

    /// `Did you mean "x"? ` or nothing, to put before a remedy.
    package static func question(_ text: String, among candidates: some Sequence<String>) -> String? {
        word(to: text, among: candidates).map { "Did you mean \"\($0)\"?" }
    }

    private static func folded(_ text: String) -> [UInt8] {
        text.asciiLowercased.utf8.filter { $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: "_") }
    }

    /// Insertions, deletions, replacements and swaps of neighbours (optimal string alignment).
    private static func distance(_ one: [UInt8], _ other: [UInt8]) -> Int {
        var before: [Int] = []
        var previous = Array(0...other.count)
        for row in 1...max(1, one.count) where row <= one.count {
            var current = [row] + [Int](repeating: 0, count: other.count)
            for column in 1...max(1, other.count) where column <= other.count {
                let cost = one[row - 1] == other[column - 1] ? 0 : 1
                current[column] = min(previous[column] + 1, current[column - 1] + 1, previous[column - 1] + cost)
                if row > 1, column > 1, one[row - 1] == other[column - 2], one[row - 2] == other[column - 1] {
                    current[column] = min(current[column], before[column - 2] + 1)
                }
            }
            before = previous
            previous = current
        }
        return previous[other.count]
    }
}
