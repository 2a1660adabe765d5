import Connectors

/// Typed access: each gives `nil`, with the reason in the findings, where the value is of another type.
extension YAMLNode {
    /// Text as it was written; a plain number, boolean or word like `no` is refused, because other readers take it for
    /// something else.
    package func text(_ name: String, _ findings: Findings) -> String? {
        guard let scalar else { return wrongType(name, "text", "Write one value, without [ ] or a dash.", findings) }
        guard scalar.kind == .text else {
            return wrongType(name, "text", "Put it in quotes: \"\(scalar.shown)\".", findings)
        }
        return scalar.text
    }

    package func boolean(_ name: String, _ findings: Findings) -> Bool? {
        guard let scalar else { return wrongType(name, "true or false", "Write true or false.", findings) }
        let word = scalar.text.asciiLowercased
        if scalar.kind == .boolean { return word == "true" }
        if scalar.isQuoted, word == "true" || word == "false" {
            return wrongType(name, "true or false", "Remove the quotation marks.", findings)
        }
        if ["yes", "on", "y"].contains(word) {
            return wrongType(name, "true or false", "Write true: YAML 1.2 knows no other word for it.", findings)
        }
        if ["no", "off", "n"].contains(word) {
            return wrongType(name, "true or false", "Write false: YAML 1.2 knows no other word for it.", findings)
        }
        return wrongType(name, "true or false", "Write true or false.", findings)
    }

    package func integer(_ name: String, in range: ClosedRange<Int>, _ findings: Findings) -> Int? {
        guard let scalar, scalar.kind == .integer, let number = Int(scalar.text) else {
            let remedy =
                scalar?.kind == .ambiguous
                ? "Write it in decimal without leading zeros or underscores; some readers take this for octal."
                : "Write a whole number in decimal, without quotation marks."
            return wrongType(name, "a whole number", remedy, findings)
        }
        guard range.contains(number) else {
            findings.add(
                "out-of-range",
                at: place,
                "\(name) is \(number), and must be from \(range.lowerBound) to \(range.upperBound)",
                remedy: "Write a number in that range."
            )
            return nil
        }
        return number
    }

    /// One of the words, compared without regard to case.
    package func choice(_ name: String, _ words: [String], _ findings: Findings) -> String? {
        guard let scalar, scalar.kind == .text || scalar.kind == .ambiguous else {
            return wrongType(name, "a word", "Write one of \(words.joined(separator: ", ")).", findings)
        }
        if let word = words.first(where: { $0 == scalar.text }) { return word }
        let lower = scalar.text.asciiLowercased
        if let word = words.first(where: { $0.asciiLowercased == lower }) { return word }
        let all = "Write one of \(words.joined(separator: ", "))."
        findings.add(
            "unknown-word",
            at: place,
            "\(name) cannot be \"\(scalar.shown)\"",
            remedy: Nearest.question(scalar.text, among: words).map { "\($0) \(all)" } ?? all
        )
        return nil
    }

    package func items(_ name: String, _ findings: Findings) -> [YAMLNode]? {
        guard case .sequence(let items) = value else {
            let remedy =
                scalar.map { "Write [\($0.quoted)]." } ?? "Write its entries below it, each after a dash."
            return wrongType(name, "a list", remedy, findings)
        }
        return items
    }

    package func wrongType<Wanted>(
        _ name: String,
        _ expected: String,
        _ remedy: String,
        _ findings: Findings
    ) -> Wanted? {
        let what = scalar.map { $0.kind == .null ? kindName : "\"\($0.shown)\"" } ?? kindName
        findings.add("wrong-type", at: place, "\(name) is \(what), and \(expected) is expected", remedy: remedy)
        return nil
    }
}

extension YAMLScalar {
    /// The text as a message may quote it: bounded, and without control characters.
    package var shown: String {
        text.unicodeScalars.count > 80 ? String(text.prefix(79)).escapingControls + "…" : text.escapingControls
    }

    /// As it would stand in a list.
    package var quoted: String { isQuoted ? "\"\(shown)\"" : shown }
}
