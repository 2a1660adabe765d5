import Connectors
import Probing
import TLSGate
import Testing

/// One rule of the reference's tables: what is seen, and what it weighs on each kind of connector.
struct Row: Sendable, CustomTestStringConvertible {
    let check: String
    let rule: String
    /// A letter for TlsSettings unset, E, C and D: F, U, W, I, P, or - for no finding (a pass does not count).
    let expected: String
    var settings: Settings = [:]
    var policy = Fixture.lab
    var previous: [ProbeObservation] = []
    let observations: @Sendable () -> [PartnerObservations]

    var testDescription: String { "\(check): \(rule)" }

    init(
        _ check: String,
        _ rule: String,
        _ expected: String,
        settings: Settings = [:],
        policy: GatePolicy = Fixture.lab,
        previous: [ProbeObservation] = [],
        _ observations: @escaping @Sendable () -> [PartnerObservations]
    ) {
        self.check = check
        self.rule = rule
        self.expected = expected.count == 1 ? String(repeating: expected, count: 4) : expected
        self.settings = settings
        self.policy = policy
        self.previous = previous
        self.observations = observations
    }

    /// With one server that was probed like this.
    init(_ check: String, _ rule: String, _ expected: String, probe: @escaping @Sendable () -> ProbeObservation) {
        self.init(check, rule, expected) { [Fixture.partner(probe: probe())] }
    }

    /// The letters that the gate gives.
    func letters() -> String {
        TLSLevel.allCases.map { level in
            let judgement = Fixture.judge(
                observations(),
                level,
                settings: settings,
                policy: policy,
                previous: previous
            )
            let found = judgement.findings.filter { $0.check == check }
            let isPass = expected.contains("P")
            return (found.first { isPass || $0.outcome != .pass })?.outcome.letter ?? "-"
        }.joined()
    }
}

extension Outcome {
    var letter: String {
        switch self {
        case .pass: "P"
        case .info: "I"
        case .warn: "W"
        case .fail: "F"
        case .unknown: "U"
        }
    }
}

@Suite struct CheckTableTests {
    static let rows =
        Row.configuration + Row.dns + Row.smtp + Row.tls + Row.certificate + Row.dane + Row.mtaSTS

    @Test(arguments: rows)
    func `a check weighs what its row says`(_ row: Row) {
        #expect(row.letters() == row.expected)
    }

    @Test func `every check has a row`() {
        let covered = Set(
            Self.rows.map(\.check) + InboundTests.rows.map(\.check) + [
                "policy-waiver-expired", "policy-waiver-outdated",
            ]
        )
        let missing = Check.all.map(\.id).filter { !covered.contains($0) }
        #expect(missing == [])
    }

    @Test func `ids are kebab-case and unique`() {
        let ids = Check.all.map(\.id)
        #expect(Set(ids).count == ids.count)
        #expect(ids.allSatisfy { $0.allSatisfy { $0.isLowercase || $0.isNumber || $0 == "-" } })
    }
}
