extension Field {
    /// The form in which two values of this field are compared.
    ///
    /// It is idempotent, and total: hostile values pass through. Lists are sets; nothing, an empty list and an empty text are one; words ignore case; domains are A-labels; a
    /// list may come as one string, with commas or without, as audit records and older exports write it.
    package func normal(_ value: FieldValue) -> FieldValue {
        switch type {
        case .boolean: return Self.boolean(value)
        case .integer:
            if case .text(let text) = value, let number = Int(text) { return .integer(number) }
            return value
        case .choice(let words, let allowsNone):
            guard case .text(let text) = value else { return value }
            if allowsNone, Self.isNothing(text) { return .none }
            return .text(words.first { $0.asciiLowercased == text.asciiLowercased } ?? text.asciiLowercased)
        case .single(let term):
            guard case .text(let text) = value else { return value }
            let normal = term.normal(text)
            return Self.isNothing(normal) ? .none : .text(normal)
        case .set(let term): return .list(Self.members(of: value, term))
        }
    }

    /// Whether two values mean the same to Exchange.
    package func isSame(_ one: FieldValue, _ other: FieldValue) -> Bool { normal(one) == normal(other) }

    private static func isNothing(_ text: String) -> Bool { text.isEmpty || text.asciiLowercased == "$null" }

    private static func boolean(_ value: FieldValue) -> FieldValue {
        guard case .text(let text) = value else { return value }
        switch text.asciiLowercased {
        case "true", "$true": return .boolean(true)
        case "false", "$false": return .boolean(false)
        default: return value
        }
    }

    private static func members(of value: FieldValue, _ term: Term) -> [String] {
        var strings = value.strings
        if case .text(let joined) = value { strings = joined.split(separator: ",").map(String.init) }
        let normal = strings.map(term.normal).filter { !isNothing($0) }
        guard normal.count > 1 else { return normal }
        return Set(normal).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }
}
