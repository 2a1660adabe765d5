extension String {
    /// The string with everything that a terminal, a log or a page could act on written as `\u{…}`.
    ///
    /// Covers C0 and C1 controls, DEL, line and paragraph separators, and the marks that turn the direction of
    /// text or cannot be seen, and what a pipeline's agent would take for a command. Repository content and a tenant's
    /// strings are hostile until they went through here.
    package var escapingControls: String {
        let text = withoutAgentCommands("#\\u{23}")
        guard text.isTreacherous else { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case _ where scalar.isTreacherous: result += "\\u{\(String(scalar.value, radix: 16))}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}

extension String {
    /// Whether a scalar in it can change what a reader sees without being seen.
    package var isTreacherous: Bool {
        let isPlain = utf8.withContiguousStorageIfAvailable { $0.allSatisfy { $0 >= 0x20 && $0 < 0x7F } }
        return isPlain != true && unicodeScalars.contains(where: \.isTreacherous)
    }
}

extension Unicode.Scalar {
    /// Whether the scalar can change what a reader sees without being seen.
    package var isTreacherous: Bool {
        if value < 0x7F { return value < 0x20 }  // nearly every scalar: the table below costs ten times as much
        return switch properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse: true
        case .format: value != 0x200D  // a joiner holds emoji together; all other format marks hide or turn text
        default: false
        }
    }
}
