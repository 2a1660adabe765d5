import Connectors
import Testing

/// Section 12 of what is known about the service: what must not count as a difference.
struct FieldTests {
    private static func field(_ kind: ConnectorKind, _ name: String) throws -> Field { try #require(kind.field(name)) }

    @Test(
        arguments: [
            (.inboundConnector, "senderDomains", ["smtp:contoso.com;1"], ["contoso.com"]),
            (.inboundConnector, "senderDomains", "smtp:contoso.com;1", ["CONTOSO.com"]),
            (.inboundConnector, "senderDomains", "b.example,a.example", ["a.example", "b.example"]),
            (.inboundConnector, "senderIPAddresses", ["203.0.113.7/32", "203.0.113.7"], ["203.0.113.7"]),
            (.inboundConnector, "senderIPAddresses", .none, []),
            (.inboundConnector, "tlsSenderCertificateName", "", .none),
            (.inboundConnector, "efSkipIPs", ["192.0.2.0/31"], ["192.0.2.0-192.0.2.1"]),
            (.inboundConnector, "connectorType", "onPremises", "OnPremises"),
            (.outboundConnector, "recipientDomains", ["b.example", "a.example"], ["a.example", "B.example."]),
            (.outboundConnector, "recipientDomains", "", []),
            (.outboundConnector, "smartHosts", ["[203.0.113.7]", "MX.example"], ["mx.example", "203.0.113.7"]),
            (.outboundConnector, "tlsSettings", "", .none),
            (.outboundConnector, "tlsSettings", "$null", .none),
            (.outboundConnector, "tlsSettings", "encryptiononly", "EncryptionOnly"),
            (.outboundConnector, "tlsDomain", .none, ""),
            (.outboundConnector, "comment", .none, ""),
            (.outboundConnector, "enabled", "True", true),
            (.outboundConnector, "enabled", "$false", false),
            (.transportRule, "priority", "3", 3),
            (.transportRule, "routeMessageOutboundConnector", "archive TLS", "Archive tls"),
        ] as [(ConnectorKind, String, FieldValue, FieldValue)]
    )
    func `these are the same`(kind: ConnectorKind, name: String, one: FieldValue, other: FieldValue) throws {
        #expect(try Self.field(kind, name).isSame(one, other))
    }

    @Test(
        arguments: [
            (.inboundConnector, "senderDomains", ["*.contoso.com"], ["contoso.com"]),
            (.inboundConnector, "senderDomains", ["smtp:contoso.com;5"], ["contoso.com"]),
            (.inboundConnector, "senderIPAddresses", ["203.0.113.0/25"], ["203.0.113.0/24"]),
            (.outboundConnector, "mtaStsMode", "None", .none),
            (.outboundConnector, "enabled", .none, false),
            (.outboundConnector, "comment", "a", "A"),
            (.outboundConnector, "tlsSettings", "EncryptionOnly", .none),
            (.transportRule, "priority", 0, .none),
        ] as [(ConnectorKind, String, FieldValue, FieldValue)]
    )
    func `these are different`(kind: ConnectorKind, name: String, one: FieldValue, other: FieldValue) throws {
        #expect(try !Self.field(kind, name).isSame(one, other))
    }

    @Test(arguments: ConnectorKind.allCases)
    func `the normal form of a normal form is itself, whatever the value`(kind: ConnectorKind) {
        var random = Dice(seed: 7)
        for field in kind.fields {
            for _ in 0..<200 {
                let value = random.value()
                let normal = field.normal(value)
                #expect(field.normal(normal) == normal, "\(field.name): \(value)")
                #expect(field.isSame(value, normal))
            }
        }
    }

    @Test(arguments: ConnectorKind.allCases)
    func `the tables are sound`(kind: ConnectorKind) {
        #expect(Set(kind.fields.map(\.name)).count == kind.fields.count)
        #expect(Set(kind.fields.map(\.parameter)).count == kind.fields.count)
        for field in kind.fields {
            #expect(field.name.asciiLowercased == field.parameter.asciiLowercased)
            #expect(field.summary.hasSuffix("."))
            #expect(kind.reservedFields[field.name] == nil)
            #expect(kind.field(field.name) == field)
        }
        for name in kind.companions.joined() { #expect(kind.field(name) != nil, "\(name)") }
    }

    @Test func `what is declared lies over the defaults`() {
        let settings: Settings = ["enabled": false]
        let whole = settings.overDefaults(of: .outboundConnector)
        #expect(whole["enabled"] == false)
        #expect(whole["useMXRecord"] == true)
        #expect(whole["tlsSettings"] == FieldValue.none)
        #expect(whole.count == ConnectorKind.outboundConnector.fields.count)
    }
}

/// Values from a seed (a linear congruence), hostile ones among them.
private struct Dice {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    private mutating func roll(_ sides: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int((state >> 33) % UInt64(sides))
    }

    private static let pieces = [
        "smtp:", ";1", ";5", "*", "*.", "contoso.com", "A.b", "[", "]", " ", "\u{A0}", ",", "-", "/", "24",
        "203.0.113.7", "2001:db8::1",
        "$null", "True", "é", "İ", "ß", "\u{0}", "\u{202E}", "@", ".", "010", "Partner", "none",
    ]

    mutating func text() -> String {
        (0..<roll(5)).map { _ in Self.pieces[roll(Self.pieces.count)] }.joined()
    }

    mutating func value() -> FieldValue {
        switch roll(6) {
        case 0: .none
        case 1: .boolean(roll(2) == 0)
        case 2: .integer(roll(100))
        case 3: .list((0..<roll(4)).map { _ in text() })
        default: .text(text())
        }
    }
}
