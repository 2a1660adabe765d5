import FoundationEssentials
import Scheduling
import Testing

/// Conditions, and the events that are their transitions.
struct ConditionLedgerTests {
    private static func finding(
        _ reason: String,
        _ message: String = "a sentence",
        severity: Event.Severity = .warning,
        isTold: Bool = true
    ) -> Finding {
        Finding(
            "Source/mail-flow",
            .ready,
            status: .false,
            reason: reason,
            severity: severity,
            message: message,
            isTold: isTold
        )
    }

    private var ledger = ConditionLedger()

    private static func outline(_ drafts: [EventDraft]) -> [String] {
        drafts.map { "\($0.reason) \($0.transition.rawValue)" }
    }

    private mutating func find(_ findings: [Finding], after seconds: TimeInterval = 0) -> [String] {
        Self.outline(ledger.replace([.ready], with: findings, at: start.addingTimeInterval(seconds)))
    }

    @Test mutating func `what stays is told once, whatever its text says`() {
        #expect(find([Self.finding("FetchFailed", "timeout after 31 s")]) == ["FetchFailed raised"])
        #expect(find([Self.finding("FetchFailed", "timeout after 32 s")], after: 60) == [])
        #expect(ledger.conditions.map(\.message) == ["timeout after 32 s"])
        #expect(ledger.conditions.map(\.since) == [start])
    }

    @Test mutating func `recovery is an event, and another reason clears the first`() {
        _ = find([Self.finding("FetchFailed")])
        #expect(find([Self.finding("HistoryRewritten")]) == ["FetchFailed cleared", "HistoryRewritten raised"])
        #expect(find([]) == ["HistoryRewritten cleared"])
        #expect(ledger.conditions.isEmpty)
    }

    @Test mutating func `what is not told neither comes nor goes as an event, until it is told`() {
        #expect(find([Self.finding("Progressing", isTold: false)]) == [])
        #expect(find([Self.finding("Progressing", isTold: true)]) == ["Progressing raised"])
        #expect(find([]) == ["Progressing cleared"])
        #expect(find([Self.finding("Progressing", isTold: false)]) == [])
        #expect(find([]) == [])
    }

    @Test mutating func `what gets worse is told again`() {
        _ = find([Self.finding("Ends", severity: .warning)])
        #expect(find([Self.finding("Ends", severity: .high)]) == ["Ends raised"])
        #expect(find([Self.finding("Ends", severity: .info)]) == [])
    }

    @Test mutating func `one is reminded of what stays wrong once a day`() {
        _ = find([Self.finding("FetchFailed")])
        #expect(ledger.nextReminder == start.addingTimeInterval(86_400))
        var reminders = 0
        for hour in 0..<(24 * 4) {
            reminders += ledger.reminders(at: start.addingTimeInterval(TimeInterval(hour) * 3_600)).count
        }
        #expect(reminders == 3)
    }

    @Test mutating func `a clock that is set back does not silence the reminders`() {
        _ = find([Self.finding("FetchFailed")])
        let back = start.addingTimeInterval(-86_400 * 365)
        #expect(ledger.reminders(at: back) == [])
        #expect(ledger.reminders(at: back.addingTimeInterval(86_400)).count == 1)
    }

    @Test mutating func `what is said of one object leaves the others alone`() {
        _ = find([Self.finding("FetchFailed")])
        let sink = Finding("Sink/ops", .ready, status: .false, reason: "DeliveryFailed", message: "503")
        let now = start
        #expect(
            Self.outline(ledger.replace([.ready], of: "Sink/ops", with: [sink], at: now)) == ["DeliveryFailed raised"]
        )
        #expect(Self.outline(ledger.replace([.ready], of: "Sink/ops", with: [], at: now)) == ["DeliveryFailed cleared"])
        #expect(ledger.conditions.map(\.object) == ["Source/mail-flow"])
    }

    @Test func `for any series of findings, what was raised and not cleared is what is wrong`() {
        for seed in 0..<300 {
            var random = SplitMix(seed)
            var ledger = ConditionLedger(tenant: "contoso")
            var open: Set<String> = []
            var expected: Set<String> = []
            for step in 0..<40 {
                expected = Set((0..<5).map { "Reason\($0)" }.filter { _ in Bool.random(using: &random) })
                let now = start.addingTimeInterval(TimeInterval(step) * 7_200)
                let drafts = ledger.replace([.ready], with: expected.map { Self.finding($0) }, at: now)
                for draft in drafts + ledger.reminders(at: now) {
                    switch draft.transition {
                    case .raised: #expect(open.insert(draft.reason).inserted, "seed \(seed)")
                    case .cleared: #expect(open.remove(draft.reason) != nil, "seed \(seed)")
                    case .reminder: #expect(open.contains(draft.reason), "seed \(seed)")
                    }
                }
                #expect(open == expected, "seed \(seed)")
            }
        }
    }
}
