import Connectors

/// What a person asks for in a comment.
///
/// The comment's first line is the command, exactly; whatever else a comment says is talk.
package enum CommentCommand: Hashable, Sendable {
    /// `mitregate plan`: plan and gate this head, though it comes from a fork.
    case plan
    /// `mitregate approve DIGEST`: let changes through that were shown under this digest.
    case approve(digest: String)
    /// `mitregate apply`: apply what is shown before the merge.
    case apply
    /// `mitregate help`
    case help
    /// Begins like one of ours and is none: the line as written, at most 200 scalars of it.
    case unknown(String)

    /// `nil` for a comment that does not speak to us.
    package init?(_ comment: String) {
        guard
            let line = comment.split(maxSplits: 1, omittingEmptySubsequences: false, whereSeparator: \.isNewline).first
        else { return nil }
        let words = line.split(separator: " ", maxSplits: 4, omittingEmptySubsequences: false)
        guard words.first == "mitregate" else { return nil }
        switch words.dropFirst().first {
        case "plan" where words.count == 2: self = .plan
        case "apply" where words.count == 2: self = .apply
        case "help" where words.count == 2: self = .help
        case "approve" where words.count == 3 && Self.isDigest(words[2]): self = .approve(digest: String(words[2]))
        default: self = .unknown(String(line).bounded(200))
        }
    }

    /// Twelve or more hexadecimal digits, with or without the algorithm in front.
    private static func isDigest(_ word: Substring) -> Bool {
        let digits = word.hasPrefix("sha256:") ? word.dropFirst(7) : word
        return (12...64).contains(digits.utf8.count)
            && digits.unicodeScalars.allSatisfy { $0.isASCII && $0.properties.isASCIIHexDigit }
    }
}
