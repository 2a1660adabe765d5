import Connectors

/// Puts untrusted strings into Markdown so that they stay strings: no markup, no HTML, no link, no mention.
///
/// Numeric character references are text to every reader of Markdown, never syntax (CommonMark 0.31, 2.5).
enum MarkdownText {
    /// A sentence of ours with untrusted words in it.
    static func prose(_ text: String) -> String {
        var result = ""
        var previous: Character = " "
        let characters = Array(text.escapingControls)
        for (index, character) in characters.enumerated() {
            switch character {
            case "\\", "`", "*", "_", "[", "]", "<", ">", "&", "|", "~", "#", "!", "$", "{", "}":
                result += reference(character)
            // A zero-width space keeps forges from telling anyone that they were mentioned.
            case "@": result += reference(character) + "&#8203;"
            // Neither `https://…` nor `www.…` becomes a link.
            case ":" where index + 1 < characters.count && !characters[index + 1].isWhitespace:
                result += reference(character)
            case "." where previous == "w" || previous == "W": result += reference(character)
            default: result.append(character)
            }
            previous = character
        }
        return result
    }

    /// A value, name or digest, in the type of code.
    static func code(_ text: String) -> String {
        var result = ""
        var previous: Character = " "
        for character in text.escapingControls {
            let isDot = character == "." && previous != "w" && previous != "W"
            let isSafe = isDot || character.isLetter || character.isNumber || " -/,=+()'".contains(character)
            result += isSafe ? String(character) : reference(character)
            previous = character
        }
        return result.isEmpty ? "" : "<code>\(result)</code>"
    }

    private static func reference(_ character: Character) -> String {
        character.unicodeScalars.map { "&#\($0.value);" }.joined()
    }
}
