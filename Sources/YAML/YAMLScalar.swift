/// One word, number or text of a document, as it was written.
///
/// What a plain word means is a matter of YAML's versions: `no` is false in 1.1 and text in 1.2, `010` is 8 or 10. A word on
/// which the versions differ is `ambiguous`, and is refused wherever one of its meanings would be taken for another.
/// Source: yaml.org/type (1.1) and yaml.org/spec/1.2.2 section 10.3.
package struct YAMLScalar: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        case null
        case boolean
        /// A number in decimal, without leading zeros.
        case integer
        /// Any other number: `1.5`, `1e3`, `0x1F`, `.inf`.
        case number
        /// Another thing in YAML 1.1 than in 1.2: `yes`, `off`, `010`, `1_000`.
        case ambiguous
        case text

        var name: String {
            switch self {
            case .null: "nothing"
            case .boolean: "a boolean"
            case .integer, .number: "a number"
            case .ambiguous: "a word that YAML's versions read differently"
            case .text: "text"
            }
        }
    }

    package let text: String
    package let kind: Kind
    /// Whether it stood in quotes, or in a block, and so is text whatever it looks like.
    package let isQuoted: Bool

    package init(text: String, isQuoted: Bool) {
        self.text = text
        self.isQuoted = isQuoted
        kind = isQuoted ? .text : Self.kind(ofPlain: text)
    }

    /// What a plain word is.
    package static func kind(ofPlain text: String) -> Kind {
        let utf8 = text.utf8
        guard let first = utf8.first else { return .null }
        switch first {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
            return utf8.count <= 64 ? number(text) : .text
        case UInt8(ascii: "~"): return utf8.count == 1 ? .null : .text
        case UInt8(ascii: "n"), UInt8(ascii: "N"), UInt8(ascii: "t"), UInt8(ascii: "T"), UInt8(ascii: "f"),
            UInt8(ascii: "F"), UInt8(ascii: "y"), UInt8(ascii: "Y"), UInt8(ascii: "o"), UInt8(ascii: "O"):
            return utf8.count <= 5 ? words[text] ?? .text : .text
        default: return .text
        }
    }

    private static let words: [String: Kind] = {
        var words: [String: Kind] = [:]
        for word in ["null", "Null", "NULL"] { words[word] = .null }
        for word in ["true", "True", "TRUE", "false", "False", "FALSE"] { words[word] = .boolean }
        for word in ["yes", "no", "on", "off", "y", "n"] {
            words[word] = .ambiguous
            words[word.uppercased()] = .ambiguous
            words[word.prefix(1).uppercased() + word.dropFirst()] = .ambiguous
        }
        return words
    }()

    private static func number(_ text: String) -> Kind {
        var body = Substring(text)
        if body.hasPrefix("+") || body.hasPrefix("-") { body = body.dropFirst() }
        guard let first = body.utf8.first else { return .text }
        let isDigits = body.utf8.allSatisfy { $0 >= 48 && $0 <= 57 }
        if isDigits { return first == 48 && body.utf8.count > 1 ? .ambiguous : .integer }
        if body.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 || $0 == 95 }) && first != 95 { return .ambiguous }
        let lower = body.lowercased()
        if lower == ".inf" || lower == ".nan" { return .number }
        if lower.hasPrefix("0x"), lower.count > 2, lower.dropFirst(2).allSatisfy({ $0.isHexDigit || $0 == "_" }) {
            return .number
        }
        for (prefix, digits) in [("0o", "01234567_"), ("0b", "01_")]
        where lower.hasPrefix(prefix) && lower.count > 2 && lower.dropFirst(2).allSatisfy(digits.contains) {
            return .ambiguous
        }
        return isFloat(body) ? .number : .text
    }

    /// `[0-9]*(\.[0-9]*)?([eE][-+]?[0-9]+)?` with at least one digit before the exponent.
    private static func isFloat(_ body: Substring) -> Bool {
        var rest = body.utf8[...]
        var digits = 0
        func isDigit(_ byte: UInt8) -> Bool { byte >= 48 && byte <= 57 }
        while let byte = rest.first, isDigit(byte) {
            digits += 1
            rest.removeFirst()
        }
        if rest.first == UInt8(ascii: ".") {
            rest.removeFirst()
            while let byte = rest.first, isDigit(byte) {
                digits += 1
                rest.removeFirst()
            }
        }
        guard digits > 0 else { return false }
        guard let mark = rest.first else { return true }
        guard mark == UInt8(ascii: "e") || mark == UInt8(ascii: "E") else { return false }
        rest.removeFirst()
        if let sign = rest.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { rest.removeFirst() }
        return !rest.isEmpty && rest.allSatisfy(isDigit)
    }
}
