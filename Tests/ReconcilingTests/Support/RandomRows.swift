import Connectors
import Foundation
import TestSupport

/// Rows of a tenant at random, as odd as years of administration make them; no rule of Exchange is asked.
struct RandomRows {
    private var random: SeededRandom

    init(seed: UInt64) { random = SeededRandom(seed: seed &* 0x9E37_79B9_7F4A_7C15 &+ 1) }

    /// The members of a tenant's seed, as JSON without braces.
    mutating func tenant() throws -> String {
        let outbound = (0..<6).map { row(.outboundConnector, $0) }
        let inbound = (0..<6).map { row(.inboundConnector, $0) }
        let rules = (0..<4).map { number in
            var rule = row(.transportRule, number)
            rule["RouteMessageOutboundConnector"] = chance(2) ? outbound[below(outbound.count)]["Name"] : nil
            rule["RouteMessageOutboundRequireTls"] = rule["RouteMessageOutboundConnector"] == nil
            rule["Priority"] = number
            if chance(5) { rule["SubjectContainsWords"] = ["secret"] }
            return rule
        }
        let members: [String: Any] = [
            "outboundConnectors": outbound, "inboundConnectors": inbound, "transportRules": rules,
        ]
        let text = String(decoding: try JSONSerialization.data(withJSONObject: members), as: UTF8.self)
        return String(text.dropFirst().dropLast())
    }

    private mutating func row(_ kind: ConnectorKind, _ number: Int) -> [String: Any] {
        var row: [String: Any] = ["Name": "\(pick(Self.names)) \(kind == .transportRule ? "rule " : "")\(number)"]
        for field in kind.fields where field.name != "priority" && chance(2) {
            if let value = value(field) { row[field.parameter] = value }
        }
        if kind != .transportRule {
            row["ConnectorSource"] = pick(["Default", "AdminUI", "HybridWizard", "Migrated", "", "SomethingNew"])
        }
        return row
    }

    private mutating func value(_ field: Field) -> Any? {
        switch field.type {
        case .boolean: return chance(2)
        case .integer: return nil
        case .choice(let words, let allowsNone): return allowsNone && chance(3) ? NSNull() : pick(words)
        case .single(let term): return chance(4) ? NSNull() : text(term)
        case .set(let term): return (0..<below(4)).map { _ in text(term) }
        }
    }

    private mutating func text(_ term: Term) -> String {
        switch term {
        case .domainPattern: pick(["a.example", "*.a.example", "smtp:b.example;1", "*", "bücher.example", "C.Example"])
        case .domainName: pick(["a.example", "contoso.com", "xn--bcher-kva.example"])
        case .certificateName: pick(["mx.a.example", "*.a.example", "CN=mx.a.example, O=A"])
        case .smartHost: pick(["mx.a.example", "203.0.113.7", "[203.0.113.7]"])
        case .senderNetwork: pick(["203.0.113.7", "203.0.113.0/24", "203.0.113.0/28"])
        case .skippedNetwork: pick(["203.0.113.7", "203.0.113.1-203.0.113.9", "198.51.100.0/24"])
        case .emailAddress: pick(["tls@a.example", "Post.Master@C.Example"])
        default: pick(Self.texts)
        }
    }

    private static let names = [
        "Fabrikam", "To: \"them\" #1", "- yes", "null", "Büro Zürich", "{a: b}", "100%", "'quoted'", "Ünïcødé 漢字",
        "a\\b", "true",
        "*anchor", "&x", "!tag", "line | fold >", "trailing:",
    ]
    private static let texts = [
        "", "one", "a: b # c", "two\nlines", "tab\there", "\"", "~", "0x10", "2026-01-01", " spaced ",
    ]

    // MARK: Chance

    private mutating func below(_ count: Int) -> Int { Int(random.next() % UInt64(count)) }
    private mutating func chance(_ one: Int) -> Bool { below(one) == 0 }
    private mutating func pick<Value>(_ values: [Value]) -> Value { values[below(values.count)] }
}
