import Connectors

/// Numbers from a seed (SplitMix64), so that a failing case can be made again.
struct SeededNumbers: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

extension ObservedConnector {
    /// A connector that breaks no rule of Exchange, with strings that a careless writer of YAML would break on.
    static func random(_ kind: ConnectorKind, _ number: Int, using random: inout SeededNumbers) -> Self {
        var settings: Settings = [:]
        for field in kind.fields where Bool.random(using: &random) { settings[field.name] = field.anyValue(&random) }
        switch kind {
        case .outboundConnector: Self.mendOutbound(&settings, &random)
        case .inboundConnector: Self.mendInbound(&settings, &random)
        case .transportRule: settings["routeMessageOutboundRequireTls"] = true
        }
        return Self(
            kind: kind,
            guid: "00000000-0000-0000-0000-\(100_000_000_000 + number)",
            displayName: String((nasty.randomElement(using: &random) ?? "") + " \(number)".prefix(8)),
            settings: settings
        )
    }

    private static func mendOutbound(_ settings: inout Settings, _ random: inout SeededNumbers) {
        let isOnPremises = settings["connectorType"] == "OnPremises"
        let usesMX = !isOnPremises && Bool.random(using: &random)
        settings["useMXRecord"] = .boolean(usesMX)
        settings["smartHosts"] = usesMX ? [] : ["mx.a.example", "203.0.113.9"]
        settings["isTransportRuleScoped"] = false
        if settings["recipientDomains"]?.strings.isEmpty ?? true { settings["recipientDomains"] = ["a.example"] }
        if settings["recipientDomains"]?.strings.contains("*") ?? false {
            settings["routeAllMessagesViaOnPremises"] = true
        }
        let isNamed = settings["tlsSettings"] == "DomainValidation"
        settings["tlsDomain"] = isNamed ? "*.a.example" : Bool.random(using: &random) ? FieldValue.none : ""
        guard !isOnPremises else { return }
        for name in [
            "allAcceptedDomains", "routeAllMessagesViaOnPremises", "cloudServicesMailEnabled", "senderRewritingEnabled",
        ] {
            settings[name] = false
        }
    }

    private static func mendInbound(_ settings: inout Settings, _ random: inout SeededNumbers) {
        settings["senderDomains"] =
            Bool.random(using: &random) ? ["smtp:*;1"] : ["smtp:A.example;1", "smtp:*.a.example;1"]
        settings["senderIPAddresses"] = ["203.0.113.0/26"]
        settings["requireTls"] = true
        settings["restrictDomainsToIPAddresses"] = false
        if settings["tlsSenderCertificateName"] == FieldValue.none { settings["restrictDomainsToCertificate"] = false }
        settings["tlsSenderCertificateName"] =
            settings["restrictDomainsToCertificate"] == true ? "mx.a.example" : FieldValue.none
        settings["treatMessagesAsInternal"] = false
        if settings["connectorType"] != "OnPremises" { settings["cloudServicesMailEnabled"] = false }
    }
}

/// Texts that YAML could take for something else.
let nasty = [
    "yes", "No", "null", "~", "true", "0", "010", "1_0", "0x1F", "1e3", "12:30:45", "2026-11-25", "- a", "* b", "& c",
    "! d",
    "% e", "@ f", "` g", "a: b", "a #b", "#c", "[x]", "{y}", "x, y", "\"quoted\"", "it's", "back\\slash", "end:", ":",
    "?", "|",
    ">", "<<", "=", "Ünïcödé", "日本語", "emoji 👩‍💻", "a  b", ".inf", "1.5", "---", "...", "on", "Contoso (TLS)",
]

extension Field {
    /// Any value that Exchange could hold in the field.
    func anyValue(_ random: inout SeededNumbers) -> FieldValue {
        switch type {
        case .boolean: return .boolean(Bool.random(using: &random))
        case .integer: return .integer(Int.random(in: 0...50, using: &random))
        case .choice(let words, let allowsNone):
            if allowsNone, Int.random(in: 0..<4, using: &random) == 0 {
                return Bool.random(using: &random) ? .none : ""
            }
            return .text(words.randomElement(using: &random) ?? "")
        case .single(let term):
            return Int.random(in: 0..<4, using: &random) == 0 ? .none : .text(term.anyText(&random))
        case .set(let term):
            let count = Int.random(in: 0...9, using: &random)
            return .list((0..<count).map { _ in term.anyText(&random) })
        }
    }
}

extension Term {
    func anyText(_ random: inout SeededNumbers) -> String {
        let host = ["a.example", "B.example", "xn--bcher-kva.example", "365.example", "1and1.example", "no.example"]
        let name = host.randomElement(using: &random) ?? ""
        switch self {
        case .text:
            return (nasty.randomElement(using: &random) ?? "") + (Bool.random(using: &random) ? "\nline 2\n" : "")
        case .domainName, .smartHost: return name
        case .domainPattern: return Bool.random(using: &random) ? "*.\(name)" : name
        case .certificateName: return Bool.random(using: &random) ? "*.\(name)" : name
        case .senderNetwork: return "203.0.113.\(Int.random(in: 1...9, using: &random))"
        case .skippedNetwork:
            return ["192.0.2.1", "192.0.2.0/28", "192.0.2.1-192.0.2.9", "2001:db8::1", "2001:db8::/32"].randomElement(
                using: &random
            ) ?? ""
        case .emailAddress: return "\(["yes", "o'neill", "a+b"].randomElement(using: &random) ?? "")@\(name)"
        case .connectorReference: return "Archive (journal)"
        }
    }
}
