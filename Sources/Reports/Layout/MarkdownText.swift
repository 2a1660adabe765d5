import Connectors

/// Puts untrusted strings into Markdown so that they stay strings: no markup, no HTML, no link, no mention, no reference.
///
/// It is the one place for that. Character references keep CommonMark from seeing syntax (0.31, 2.5), but a forge looks for
/// mentions, references, emoji and links in what was *rendered*; a zero-width space behind the mark keeps it from finding one
/// (Gitea, GitLab). Each text has a limit in scalars, so that none pushes out the others. It works on scalars, as a mark with a combining one behind it is still the mark to a forge.
package enum MarkdownText {
    /// A sentence of ours with untrusted words in it.
    ///
    /// It is one line, and the caller puts something of ours before it on that line: GitLab obeys lines that begin with a
    /// slash.
    package static func prose(_ text: String, limit: Int = 1_000) -> String {
        let scalars = Array(text.bounded(limit).escapingControls.unicodeScalars.drop { $0.properties.isWhitespace })
        var result = ""
        let mark = listMark(scalars)
        for (index, scalar) in scalars.enumerated() {
            let next = index + 1 < scalars.count ? scalars[index + 1] : nil
            let previous = index > 0 ? scalars[index - 1] : " "
            switch scalar {
            case _ where index == mark: result += reference(scalar)
            case "\\", "`", "*", "_", "[", "]", "<", ">", "|", "{", "}": result += reference(scalar)
            case "@", "#", "!": result += reference(scalar) + shield
            // Neither `https://…`, `mailto:…` nor `:smile:`; a colon before a space is only a colon.
            case ":" where next.map { !$0.properties.isWhitespace } ?? true: result += reference(scalar) + shield
            case "." where previous == "w" || previous == "W": result += reference(scalar) + shield
            // GitLab's snippets and epics, milestones and labels.
            case "$", "&": result += reference(scalar) + (next.map(isDigit) ?? false ? shield : "")
            case "~": result += reference(scalar) + (next.map(isWord) ?? false ? shield : "")
            case "%" where next.map(isWord) ?? false: result += reference(scalar) + shield
            // GitHub's `GH-12`, GitLab's `GL-12`, and the keys of a tracker that a forge is set to, as `ABC-12`.
            case "-" where (next.map(isDigit) ?? false) && isLetter(previous):
                result += reference(scalar) + shield
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// Where the mark is that would make a list, an underlined heading or a rule of the text, where it begins a block.
    private static func listMark(_ scalars: [Unicode.Scalar]) -> Int? {
        guard let first = scalars.first else { return nil }
        if first == "-" || first == "+" || first == "=" { return 0 }
        let digits = scalars.prefix(10).prefix(while: isDigit).count
        guard digits > 0, digits < scalars.count, scalars[digits] == "." || scalars[digits] == ")" else { return nil }
        return digits
    }

    /// A value, name or digest, in the type of code.
    ///
    /// Forges look for nothing there, but GitHub's renderer itself, which links addresses of mail.
    package static func code(_ text: String, limit: Int = 200) -> String {
        var result = ""
        var previous: Unicode.Scalar = " "
        for scalar in text.bounded(limit).escapingControls.unicodeScalars {
            let isDot = scalar == "." && previous != "w" && previous != "W"
            let isSafe =
                isDot || !scalar.isASCII || scalar.isLetterOrDigit || " -/,=+()'".unicodeScalars.contains(scalar)
            if isSafe {
                result.unicodeScalars.append(scalar)
            } else {
                result += reference(scalar) + (scalar == "@" ? shield : "")
            }
            previous = scalar
        }
        return result.isEmpty ? "" : "<code>\(result)</code>"
    }

    /// A block of code, its fence longer than any in it.
    ///
    /// - Parameter lines: Each begins with a mark of ours.
    package static func block(_ lines: [String], language: String = "") -> String {
        let safe = lines.map { $0.bounded(1_200).escapingControls }
        var longest = 2
        for line in safe {
            var run = 0
            for byte in line.utf8 {
                run = byte == UInt8(ascii: "`") ? run + 1 : 0
                longest = max(longest, run)
            }
        }
        let fence = String(repeating: "`", count: longest + 1)
        return "\(fence)\(language)\n\(safe.map { "\($0)\n" }.joined())\(fence)\n"
    }

    /// A name inside of an HTML comment, which nothing in it can end.
    static func key(_ text: String) -> String {
        var result = ""
        for byte in text.bounded(200).utf8 {
            let scalar = Unicode.Scalar(byte)
            if scalar.isLetterOrDigit || "._-".unicodeScalars.contains(scalar) {
                result.unicodeScalars.append(scalar)
            } else {
                let digits = String(byte, radix: 16, uppercase: true)
                result += digits.utf8.count == 1 ? "%0\(digits)" : "%\(digits)"
            }
        }
        return result
    }

    private static let shield = "&#8203;"

    private static func reference(_ scalar: Unicode.Scalar) -> String { "&#\(scalar.value);" }

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

    /// Of ASCII, or what joins letters in a tracker's key.
    private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "_" || (scalar.isLetterOrDigit && !isDigit(scalar))
    }

    private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
        scalar.isLetterOrDigit || scalar == "\"" || scalar == "_"
    }
}

extension Unicode.Scalar {
    /// Of ASCII.
    fileprivate var isLetterOrDigit: Bool {
        ("a"..."z").contains(self) || ("A"..."Z").contains(self) || ("0"..."9").contains(self)
    }
}
