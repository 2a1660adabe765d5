/// A pattern of names: `*` stands for any letters, `?` for one.
package struct GlobPattern: Hashable, Sendable {
    package let text: String

    package init(_ text: String) { self.text = text }

    /// Whether the whole name fits; it takes at most the product of both lengths.
    package func matches(_ name: String) -> Bool {
        let (pattern, name) = (Array(text.utf8), Array(name.utf8))
        var (at, here) = (0, 0)
        // Where the last star stands, and the first letter that it does not take.
        var star: (at: Int, here: Int)?
        while here < name.count {
            if at < pattern.count, pattern[at] == UInt8(ascii: "*") {
                star = (at, here)
                at += 1
            } else if at < pattern.count, pattern[at] == UInt8(ascii: "?") || pattern[at] == name[here] {
                at += 1
                here += 1
            } else if let last = star {
                star = (last.at, last.here + 1)
                at = last.at + 1
                here = last.here + 1
            } else {
                return false
            }
        }
        return pattern[at...].allSatisfy { $0 == UInt8(ascii: "*") }
    }

    /// What it says literally before its first star or question mark, and after its last.
    var ends: (prefix: String, suffix: String) {
        let isWild: (Character) -> Bool = { $0 == "*" || $0 == "?" }
        guard let first = text.firstIndex(where: isWild), let last = text.lastIndex(where: isWild) else {
            return (text, "")
        }
        return (String(text[..<first]), String(text[text.index(after: last)...]))
    }
}
