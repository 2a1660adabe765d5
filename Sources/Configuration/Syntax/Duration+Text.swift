extension Duration {
    /// Reads `30s`, `5m`, `1h30m` or `14d`: units from large to small, each at most once.
    package init?(configured text: String) {
        var seconds = 0
        var lastUnit = Int.max
        var digits = ""
        guard !text.isEmpty else { return nil }
        for character in text {
            if character.isASCII, character.isWholeNumber {
                digits.append(character)
                continue
            }
            let units: [Character: Int] = ["d": 86_400, "h": 3_600, "m": 60, "s": 1]
            guard let unit = units[character], unit < lastUnit, digits.count <= 9, let count = Int(digits) else {
                return nil
            }
            seconds += count * unit
            lastUnit = unit
            digits = ""
        }
        guard digits.isEmpty, seconds <= 3_660 * 86_400 else { return nil }
        self = .seconds(seconds)
    }

    /// The form that is read, in whole seconds: `1h30m`.
    package var configured: String {
        var rest = components.seconds
        guard rest > 0 else { return "0s" }
        var text = ""
        for (unit, size) in [("d", Int64(86_400)), ("h", 3_600), ("m", 60), ("s", 1)] where rest >= size {
            text += "\(rest / size)\(unit)"
            rest %= size
        }
        return text
    }
}
