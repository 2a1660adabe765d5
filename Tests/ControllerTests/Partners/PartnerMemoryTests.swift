import Connectors
import FoundationEssentials
import Scheduling
import TLSGate
import Testing

@testable import Controller
@testable import Reconciling

struct PartnerMemoryTests {
    private static let start = Date(timeIntervalSince1970: 1_800_000_000)
    private static let connector = ConnectorKey(kind: .outboundConnector, name: "fabrikam")
    private static let other = ConnectorKey(kind: .outboundConnector, name: "adatum")

    private static func memory(_ partners: [ConnectorKey] = [connector]) -> PartnerMemory {
        var memory = PartnerMemory(tenant: "contoso")
        _ = memory.keep(partners, of: "1", at: start)
        return memory
    }

    private static func minutes(_ minutes: Double) -> Date { start.addingTimeInterval(minutes * 60) }

    private static func told(_ drafts: [EventDraft]) -> [String] {
        drafts.map { "\($0.object) \($0.reason) \($0.transition.rawValue)" }
    }

    // MARK: What changed

    @Test func `a certificate with other names or of another issuer is told once, a renewed one is not`() {
        var memory = Self.memory()
        var minutes = 0.0
        func look(_ certificates: (names: String, issuer: String)..., host: String = "mx.fabrikam.example") -> [String]
        {
            minutes += 1_440
            var look = PartnerLook.fixture(Self.connector)
            look.certificates = certificates.map { certificate in
                PartnerLook.Certificate(
                    host: host,
                    names: certificate.names,
                    issuer: certificate.issuer,
                    sha256: "\(minutes)",
                    notAfter: Self.minutes(minutes + 90 * 1_440)
                )
            }
            let drafts = memory.take(look, at: Self.minutes(minutes), chance: 0)
            return drafts.filter { $0.condition == .certificateChanged }.map { "\($0.reason): \($0.message)" }
        }
        let (old, new) = ("DNS:mx.fabrikam.example", "DNS:mx.fabrikam.example, DNS:evil.example")
        #expect(look((old, "CN=A")).isEmpty, "the first is no change")
        #expect(look((old, "CN=A")).isEmpty, "renewed")
        let names = "The certificate of mx.fabrikam.example named \(old) before, and names \(new) now."
        #expect(look((new, "CN=A")) == ["names: \(names)"])
        #expect(look((new, "CN=A")).isEmpty)
        let issuer = "The certificate of mx.fabrikam.example was issued by CN=A before, and is by CN=B now."
        #expect(look((new, "CN=B")) == ["issuer: \(issuer)"])
        #expect(look((new, "CN=C"), host: "mx2.fabrikam.example").isEmpty, "another host")
    }

    @Test func `two servers of one host may have a certificate each, and take turns`() {
        var memory = Self.memory()
        func look(_ minutes: Double, _ issuers: String...) -> Int {
            var look = PartnerLook.fixture(Self.connector)
            look.certificates = issuers.map { issuer in
                PartnerLook.Certificate(
                    host: "mx.fabrikam.example",
                    names: "DNS:mx.fabrikam.example",
                    issuer: issuer,
                    sha256: issuer,
                    notAfter: Self.minutes(90 * 1_440)
                )
            }
            return memory.take(look, at: Self.minutes(minutes), chance: 0).count { $0.condition == .certificateChanged }
        }
        #expect(look(0, "CN=A", "CN=B") == 0)
        #expect(look(1_440, "CN=B", "CN=A") == 0)
        #expect(look(2_880, "CN=A", "CN=C") == 1)
    }

    // MARK: When

    @Test func `a partner is looked at once a day, at a time of its own`() {
        var memory = Self.memory([Self.connector, Self.other])
        #expect(memory.due(at: Self.start) == [Self.connector, Self.other])
        for partner in [Self.connector, Self.other] {
            _ = memory.take(.fixture(partner), at: Self.start, chance: 0)
        }
        var times: [ConnectorKey: [Double]] = [:]
        for minute in stride(from: 0.0, to: 2 * 1_440, by: 1) {
            for partner in memory.due(at: Self.minutes(minute)) {
                times[partner, default: []].append(minute)
                _ = memory.take(.fixture(partner), at: Self.minutes(minute), chance: 0)
            }
        }
        #expect(times[Self.connector]?.count == 2 && times[Self.other]?.count == 2)
        #expect(times.values.allSatisfy { $0.last == $0[0] + 1_440 })
        #expect(times[Self.connector] != times[Self.other])
    }

    @Test func `mail that fails for TLS has the partner looked at out of turn, and not more than once an hour`() {
        var memory = Self.memory()
        func look(_ minutes: Double) { _ = memory.take(.fixture(Self.connector), at: Self.minutes(minutes), chance: 0) }
        look(0)
        #expect(memory.due(at: Self.minutes(0)).isEmpty)
        memory.hurry([Self.connector], at: Self.minutes(0))
        #expect(memory.due(at: Self.minutes(0)) == [Self.connector])
        look(0)
        memory.hurry([Self.connector], at: Self.minutes(5))
        #expect(memory.due(at: Self.minutes(5)).isEmpty)
        memory.hurry([Self.connector], at: Self.minutes(62))
        #expect(memory.due(at: Self.minutes(62)) == [Self.connector])
    }

    @Test func `a look that saw nothing is made again after minutes, and later each time, to a quarter of a day`() {
        var memory = Self.memory()
        var (now, pauses) = (Self.start, [Double]())
        for _ in 0..<9 {
            let blind = PartnerLook.fixture(Self.connector, sight: .silent("192.0.2.1"))
            _ = memory.take(blind, at: now, chance: 0.999_999)
            var pause = 0.0
            while memory.due(at: now.addingTimeInterval(pause * 60)).isEmpty { pause += 1 }
            pauses.append(pause)
            now += pause * 60
        }
        #expect(pauses == [5, 10, 20, 40, 80, 160, 320, 360, 360])
    }

    @Test func `what kept us from seeing partners is over, and those that were missed are due`() {
        var memory = Self.memory()
        memory.miss(Self.connector, at: Self.start, chance: 0)
        #expect(memory.due(at: Self.minutes(1)).isEmpty)
        memory.forgetMisses()
        #expect(memory.due(at: Self.minutes(1)) == [Self.connector])
    }

    @Test func `a clock that was set back silences no partner`() {
        var memory = Self.memory()
        _ = memory.take(.fixture(Self.connector), at: Self.start, chance: 0)
        #expect(memory.due(at: Self.minutes(-3 * 1_440)) == [Self.connector])
        memory.miss(Self.connector, at: Self.start, chance: 0)
        #expect(memory.due(at: Self.minutes(-3 * 1_440)) == [Self.connector])
    }

    // MARK: What is told

    private static let expired: [(String, Outcome, String)] = [("cert-expired", .fail, "mx.fabrikam.example")]

    @Test func `an alarm is over when it was seen to be over, and not when the partner could not be seen`() {
        var memory = Self.memory()
        let raised = memory.take(.fixture(Self.connector, findings: Self.expired), at: Self.start, chance: 0)
        #expect(Self.told(raised) == ["OutboundConnector/fabrikam cert-expired raised"])
        for sight in [Sight.silent("192.0.2.1"), .withoutDNS] {
            let look = PartnerLook.fixture(
                Self.connector,
                findings: [("tcp-timeout", .unknown, "mx.fabrikam.example")],
                sight: sight
            )
            #expect(memory.take(look, at: Self.minutes(60), chance: 0).isEmpty)
        }
        let over = memory.take(.fixture(Self.connector), at: Self.minutes(120), chance: 0)
        #expect(Self.told(over) == ["OutboundConnector/fabrikam cert-expired cleared"])
    }

    @Test func `of two hosts the one that could not be seen keeps its alarm`() {
        var memory = Self.memory()
        let findings: [(String, Outcome, String)] = [
            ("cert-expired", .fail, "a.example"), ("starttls-not-offered", .fail, "b.example"),
        ]
        _ = memory.take(
            .fixture(Self.connector, findings: findings, sight: .seen("a.example", "b.example")),
            at: Self.start,
            chance: 0
        )
        let look = PartnerLook.fixture(Self.connector, sight: .seen("a.example", unseen: ["b.example"]))
        #expect(
            Self.told(memory.take(look, at: Self.minutes(1), chance: 0)) == [
                "OutboundConnector/fabrikam cert-expired cleared"
            ]
        )
    }

    @Test func `the certificate of a host that could not be seen stays known, and that of one that is gone does not`() {
        var memory = Self.memory()
        let end = Self.start.addingTimeInterval(2 * 86_400)
        let both = PartnerLook.fixture(
            Self.connector,
            certificates: [("a.example", end), ("b.example", end)],
            sight: .seen("a.example", "b.example")
        )
        _ = memory.take(both, at: Self.start, chance: 0)
        func hosts() -> [String] { memory.certificates.values.flatMap { $0.map(\.host) }.sorted() }
        let one = PartnerLook.fixture(
            Self.connector,
            certificates: [("a.example", end)],
            sight: .seen("a.example", unseen: ["b.example"])
        )
        #expect(memory.take(one, at: Self.minutes(1), chance: 0).isEmpty)
        #expect(hosts() == ["a.example", "b.example"])
        let gone = PartnerLook.fixture(
            Self.connector,
            certificates: [("a.example", end)],
            sight: .seen("a.example")
        )
        #expect(
            Self.told(memory.take(gone, at: Self.minutes(2), chance: 0)) == ["Partner/b.example ends-in-3-days cleared"]
        )
        #expect(hosts() == ["a.example"])
    }

    @Test func `a partner that is no longer defined takes its alarms along, and no other's`() {
        var memory = Self.memory([Self.connector, Self.other])
        let end = Self.start.addingTimeInterval(86_400 / 2)
        for partner in [Self.connector, Self.other] {
            _ = memory.take(
                .fixture(partner, findings: Self.expired, certificates: [("mx.fabrikam.example", end)]),
                at: Self.start,
                chance: 0
            )
        }
        #expect(
            Self.told(memory.keep([Self.other], of: "2", at: Self.minutes(1))) == [
                "OutboundConnector/fabrikam cert-expired cleared"
            ]
        )
        #expect(
            Self.told(memory.keep([], of: "3", at: Self.minutes(2))) == [
                "OutboundConnector/adatum cert-expired cleared", "Partner/mx.fabrikam.example ends-in-1-days cleared",
            ]
        )
    }

    @Test func `what stays wrong is reminded of daily`() {
        var memory = Self.memory()
        _ = memory.take(.fixture(Self.connector, findings: Self.expired), at: Self.start, chance: 0)
        #expect(memory.reminders(at: Self.minutes(1_439)).isEmpty)
        #expect(
            Self.told(memory.reminders(at: Self.minutes(1_440))) == ["OutboundConnector/fabrikam cert-expired reminder"]
        )
        #expect(memory.reminders(at: Self.minutes(1_441)).isEmpty)
    }

    @Test func `what is stored is read again`() throws {
        var memory = Self.memory()
        let look = PartnerLook.fixture(
            Self.connector,
            findings: Self.expired,
            certificates: [("mx.fabrikam.example", Self.start)]
        )
        _ = memory.take(look, at: Self.start, chance: 0)
        var again = try JSONDecoder().decode(PartnerMemory.self, from: JSONEncoder().encode(memory))
        #expect(again.certificates == memory.certificates)
        _ = again.keep([Self.connector], of: "1", at: Self.start)
        #expect(again.due(at: Self.start).isEmpty)
        #expect(Self.told(again.take(.fixture(Self.connector), at: Self.minutes(1), chance: 0)).count == 2)
    }
}
