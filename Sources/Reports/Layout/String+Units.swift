extension String {
    /// The words of a text; those of one command are one unit, as a command that is broken over lines cannot be copied.
    ///
    /// A command stands between backticks, or begins with `mitregate` or `git` and a subcommand and goes on as long as there
    /// are options, their values, and words that no sentence has.
    var units: [String] {
        let words = split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        var units: [String] = []
        var index = 0
        while index < words.count {
            let end = Self.quotedEnd(words, index) ?? Self.commandEnd(words, index)
            units.append(words[index..<end].joined(separator: " "))
            index = end
        }
        return units
    }

    /// Longer stretches are prose, whatever marks they have.
    private static let longest = 24

    private static func quotedEnd(_ words: [String], _ start: Int) -> Int? {
        let word = words[start]
        guard let mark = word.firstIndex(of: "`"), !word[word.index(after: mark)...].contains("`") else { return nil }
        let rest = words[(start + 1)...].prefix(longest)
        return rest.firstIndex { $0.contains("`") }.map { $0 + 1 }
    }

    private static func commandEnd(_ words: [String], _ start: Int) -> Int {
        let word = words[start].drop { $0 == "(" || $0 == "\"" }
        guard start + 1 < words.count, word == "mitregate" || word == "git",
            words[start + 1].isSubcommand(of: String(word))
        else { return start + 1 }
        var end = start + 2
        if !words[end - 1].endsPhrase, families.contains(words[end - 1]), end < words.count { end += 1 }
        while end < words.count, end - start < longest, !words[end - 1].endsPhrase {
            let isValue = words[end - 1].hasPrefix("-") || words[end - 1].hasPrefix("[-")
            let isLast = end == words.count - 1
            // A name in lower case is one where options follow it.
            let isNamed = !isLast && words[end + 1].hasPrefix("--")
            guard isValue || words[end].isArgument || isLast || isNamed else { break }
            end = words[end].isOpenQuotation ? quotationEnd(words, end) : end + 1
        }
        return end
    }

    /// Subcommands that have subcommands.
    private static let families: Set<String> = ["certificate", "state", "watch", "report", "break-glass"]

    private static func quotationEnd(_ words: [String], _ start: Int) -> Int {
        let rest = words[(start + 1)...].prefix(longest)
        return rest.firstIndex { $0.contains("\"") }.map { $0 + 1 } ?? start + 1
    }

    private func isSubcommand(of program: String) -> Bool {
        let name = endsPhrase ? String(dropLast()) : self
        if program == "git" { return ["apply", "add", "commit", "log", "push", "revert", "show"].contains(name) }
        return !name.isEmpty && name.allSatisfy { $0 == "-" || $0.isASCII && $0.isLowercase }
    }

    /// A sentence, or a part of one, ends behind the word.
    private var endsPhrase: Bool { last.map { ".,;:)".contains($0) } ?? true }

    private var isArgument: Bool {
        hasPrefix("-") || hasPrefix("[") || hasPrefix("<") || hasPrefix("\"")
            || contains { $0.isUppercase || $0.isNumber || $0 == "/" || $0 == "_" }
    }

    private var isOpenQuotation: Bool { hasPrefix("\"") && !dropFirst().contains("\"") }
}
