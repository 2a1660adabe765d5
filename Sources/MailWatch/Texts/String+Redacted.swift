extension String {
    /// The text with everything that looks like an address taken out, and at most 200 characters of it.
    ///
    /// What stands between angle brackets goes, and every word with an `@` in it. For a text of the trace that must be shown.
    package var withoutAddresses: String {
        var result = ""
        var rest = prefix(4_096)
        while let open = rest.firstIndex(of: "<") {
            result += rest[..<open] + "<address>"
            rest = rest[(rest[open...].firstIndex(of: ">").map { rest.index(after: $0) } ?? rest.endIndex)...]
        }
        result += rest
        let words = result.split(omittingEmptySubsequences: false) { $0.isWhitespace }
        return String(words.map { $0.contains("@") ? "<address>" : $0 }.joined(separator: " ").prefix(200))
    }
}
