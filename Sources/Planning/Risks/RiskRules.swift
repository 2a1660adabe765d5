import Connectors

/// What a change, or an object that is left alone, puts at risk.
///
/// High is what weakens security: it needs its approval in the document. Medium is what can stop or divert mail.
struct RiskRules {
    let kind: ConnectorKind
    /// `nil` for a create.
    let before: NormalSettings?
    /// `nil` for a delete.
    let after: NormalSettings?
    /// What other outbound connectors force TLS for, as they will be.
    let others: [ForcedWildcard]
    private(set) var risks: [Risk] = []

    init(_ kind: ConnectorKind, before: NormalSettings?, after: NormalSettings?, others: [ForcedWildcard] = []) {
        self.kind = kind
        self.before = before
        self.after = after
        self.others = others
        switch kind {
        case .outboundConnector: judgeOutbound()
        case .inboundConnector: judgeInbound()
        case .transportRule: judgeRule()
        }
        if before != nil && after == nil && risks.isEmpty {
            add("object-deleted", .medium, "The object is deleted for good: Exchange keeps no copy.")
        }
    }

    mutating func add(_ id: String, _ level: RiskLevel, _ message: String) {
        risks.append(Risk(id: id, level: level, message: message))
    }

    /// Whether a flag is set now that was not before.
    func turnsOn(_ field: String) -> Bool { after?.isOn(field) == true && before?.isOn(field) != true }

    func turnsOff(_ field: String) -> Bool { before?.isOn(field) == true && after?.isOn(field) != true }

    /// The words of a list that are there after and not before, in order.
    func added(_ field: String) -> [String] {
        let former = Set(before?.words(field) ?? [])
        return (after?.words(field) ?? []).filter { !former.contains($0) }
    }
}

extension [Risk] {
    var level: RiskLevel { map(\.level).max() ?? .low }
}

/// Sets of domains as Exchange matches them.
enum DomainCover {
    /// The patterns that no pattern of `others` covers.
    static func uncovered(_ patterns: [String], by others: [String]) -> [String] {
        let same = Set(others)
        let wildcards = others.filter { $0.hasPrefix("*") }.map(Pattern.init)
        return patterns.filter { text in
            guard !same.contains(text) else { return false }
            let pattern = Pattern(text)
            return !wildcards.contains { $0.covers(pattern) }
        }
    }

    /// Address spaces without what they cost: the cost only orders connectors, and protects no domain less.
    ///
    /// Exchange writes a cost other than 1 behind a semicolon: `litware.example;5`.
    static func withoutCosts(_ patterns: [String]) -> [String] {
        patterns.map { text in
            guard let mark = text.lastIndex(of: ";"), text[mark...].dropFirst().allSatisfy(\.isNumber) else {
                return text
            }
            return String(text[..<mark])
        }
    }

    static func covers(_ one: String, _ other: String) -> Bool { Pattern(one).covers(Pattern(other)) }

    /// A pattern, or a hostile text that covers only itself.
    private struct Pattern {
        let text: String
        let pattern: DomainPattern?

        init(_ text: String) {
            self.text = text
            pattern = DomainPattern(text)
        }

        func covers(_ other: Pattern) -> Bool {
            guard let own = pattern, let its = other.pattern else { return text == other.text }
            return own.covers(its)
        }
    }
}
