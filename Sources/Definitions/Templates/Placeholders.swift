/// A text of a template, taken apart at its `${…}`.
struct Placeholders: Sendable {
    enum Part: Hashable, Sendable {
        case text(String)
        /// The name of a parameter.
        case parameter(String)
    }

    let parts: [Part]

    /// Reads `*.${domain}`; `$${` stands for `${` itself.
    ///
    /// - Returns: `nil` where a `${` is not followed by the name of a parameter and `}`.
    init?(_ text: String) {
        var parts: [Part] = []
        var literal = ""
        var rest = text[...]
        while let mark = rest.firstIndex(of: "$") {
            literal += rest[..<mark]
            rest = rest[mark...]
            if rest.hasPrefix("$${") {
                literal += "${"
                rest = rest.dropFirst(3)
            } else if rest.hasPrefix("${") {
                guard let end = rest.firstIndex(of: "}") else { return nil }
                let name = rest.dropFirst(2)[..<end]
                guard Parameter.isName(name) else { return nil }
                if !literal.isEmpty { parts.append(.text(literal)) }
                literal = ""
                parts.append(.parameter(String(name)))
                rest = rest[rest.index(after: end)...]
            } else {
                literal += "$"
                rest = rest.dropFirst()
            }
        }
        literal += rest
        if !literal.isEmpty { parts.append(.text(literal)) }
        self.parts = parts
    }

    /// Whether a text needs to be looked at.
    static func mayStand(in text: String) -> Bool { text.contains("${") }

    /// The one parameter that the whole text is.
    var whole: String? {
        guard parts.count == 1, case .parameter(let name)? = parts.first else { return nil }
        return name
    }

    var names: [String] {
        parts.compactMap { part in
            guard case .parameter(let name) = part else { return nil }
            return name
        }
    }
}
