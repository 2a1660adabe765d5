package import Connectors

/// Writes values so that every reader of YAML, of any version, reads the same.
package enum YAMLText {
    /// A text, bare where it can only be text, else in double quotes with everything unseen escaped.
    package static func scalar(_ text: String) -> String {
        isPlain(text) ? text : quoted(text)
    }

    /// A text in the style of the one that it replaces, as far as that says the same.
    static func scalar(_ text: String, like style: YAMLLayout.Node.Style?) -> String {
        switch style {
        case .single where isVisible(text): "'\(text.replacing("'", with: "''"))'"
        case .single, .double: quoted(text)
        case .plain, .literal, .folded, nil: scalar(text)
        }
    }

    /// Whether a text is one line, can be read by people as it is, and orders a pipeline's agent nothing.
    private static func isVisible(_ text: String) -> Bool {
        quoted(text) == "\"\(text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\""
    }

    /// A list on one line where it fits, else an entry a line below the key.
    package static func list(_ texts: [String], indent: Int) -> String {
        let scalars = texts.map(scalar)
        let line = " [\(scalars.joined(separator: ", "))]"
        if line.count <= 90 { return line }
        return scalars.map { "\n" + String(repeating: " ", count: indent) + "- " + $0 }.joined()
    }

    package static func value(_ value: FieldValue, indent: Int) -> String {
        switch value {
        case .none: " null"
        case .boolean(let flag): flag ? " true" : " false"
        case .integer(let number): " \(number)"
        case .text(let text): " " + scalar(text)
        case .list(let texts): list(texts, indent: indent)
        }
    }

    /// Letters, digits and a few marks, beginning with a letter or digit, that no version of YAML takes for anything else.
    private static func isPlain(_ text: String) -> Bool {
        guard let first = text.utf8.first, let last = text.utf8.last, isLetterOrDigit(first), last != UInt8(ascii: " "),
            text.utf8.count <= 200, text.utf8.allSatisfy({ isLetterOrDigit($0) || marks.contains($0) }),
            YAMLScalar.kind(ofPlain: text) == .text
        else { return false }
        // What begins with a digit may be a date or a number in base 60 (yaml.org/type), unless a letter is in it.
        return !isDigit(first) || isAddress(text) || text.utf8.contains { isLetterOrDigit($0) && !isDigit($0) }
    }

    private static func isAddress(_ text: String) -> Bool { IPv4Network(text) != nil }

    private static let marks = Set(" ._()/@-".utf8)

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= 48 && byte <= 57 }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        isDigit(byte) || byte >= 65 && byte <= 90 || byte >= 97 && byte <= 122
    }

    /// Source: yaml.org/spec/1.2.2 section 5.7.
    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case _ where scalar.isTreacherous || scalar.value == 0x200D || scalar.value & 0xFFFE == 0xFFFE:
                result += escape(scalar.value)
            default: result.unicodeScalars.append(scalar)
            }
        }
        // `import` may print into a pipeline's log; in a quoted text `\x23` is `#`.
        return result.withoutAgentCommands("\\x23#") + "\""
    }

    private static func escape(_ value: UInt32) -> String {
        let digits = String(value, radix: 16, uppercase: true)
        func padded(_ width: Int) -> String { String(repeating: "0", count: width - digits.count) + digits }
        if value <= 0xFF { return "\\x" + padded(2) }
        return value <= 0xFFFF ? "\\u" + padded(4) : "\\U" + padded(8)
    }
}
