import Connectors
import Foundation
import Planning
import Testing

/// An empty list that the service accepts and ignores is sent once more in its other form, and the journal knows of it.
struct ClearedListTests {
    /// Two connectors lose a list; of the first another field changes with it.
    private static func scenario() throws -> Scenario {
        try #require(
            Scenario(
                [
                    .outbound("a", ["recipientDomains": ["a.example"], "comment": "two"]),
                    .outbound("b", ["recipientDomains": ["b.example"]]),
                ],
                before: [
                    .outbound(
                        "a",
                        [
                            "recipientDomains": ["a.example"], "comment": "one",
                            "validationRecipients": ["tls@a.example"],
                        ]
                    ),
                    .outbound("b", ["recipientDomains": ["b.example"], "validationRecipients": ["tls@b.example"]]),
                ]
            )
        )
    }

    private func awkward(_ scenario: Scenario, _ faults: [Int: FakeTenant.Fault] = [:]) -> Driver {
        var driver = scenario.driver
        driver.tenant.ignoresEmptyArrays = true
        driver.tenant.faults = faults
        return driver
    }

    @Test func `the other form is sent once, after the third reading`() throws {
        let scenario = try Self.scenario()
        var driver = awkward(scenario)
        #expect(driver.run(scenario.journal) == .finished(.applied))
        #expect(driver.tenant.writes.map(\.clearedList) == [nil, .taggedTable, nil, .taggedTable])
        #expect(driver.waited == .seconds(12))
        #expect(driver.stored?.steps.map(\.write.clearedList) == [.taggedTable, .taggedTable])
    }

    @Test func `a service that takes an empty array is sent one request each`() throws {
        let scenario = try Self.scenario()
        var driver = scenario.driver
        #expect(driver.run(scenario.journal) == .finished(.applied))
        #expect(driver.tenant.writes.count == 2)
    }

    struct Row: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var faults: [Int: FakeTenant.Fault] = [:]
    }

    @Test(arguments: [
        Row(testDescription: "every answer comes"),
        Row(testDescription: "the second request is lost", faults: [1: .lostBefore]),
        Row(testDescription: "the answer to the second request is lost", faults: [1: .lostAfter]),
        Row(testDescription: "the second request must wait", faults: [1: .postponed]),
        Row(testDescription: "the second request shows late", faults: [1: .late]),
        Row(testDescription: "both forms are ignored, and the run is taken back", faults: [2: .ignored, 3: .ignored]),
        Row(testDescription: "the second form is refused, and the run is taken back", faults: [3: .refused]),
    ])
    func `a crash at any point of it ends in all or nothing, and nothing that passes blames the commit`(
        _ row: Row
    )
        throws
    {
        let scenario = try Self.scenario()
        var whole = scenario.driver
        _ = whole.run(scenario.journal)
        var plain = awkward(scenario, row.faults)
        _ = plain.run(scenario.journal)
        var cuts = 0
        for number in 0...plain.transitions {
            for cut in [Driver.Cut.beforeAction(number), .afterAction(number)] {
                var driver = awkward(scenario, row.faults)
                guard driver.run(scenario.journal, cut: cut) == .died else { continue }
                cuts += 1
                var end = driver.run(try #require(driver.stored))
                // What had to wait is gone on with by the next run.
                for _ in 0..<3 where end == .stopped {
                    driver.tenant.faults = [:]
                    end = driver.run(try #require(driver.stored))
                }
                let isWhole = driver.tenant.picture == whole.tenant.picture
                #expect(isWhole || driver.tenant.picture == scenario.tenant.picture, "\(cut)")
                #expect(end == .finished(isWhole ? .applied : .rolledBack), "\(cut) \(driver.stored?.message ?? "")")
                let mayFail = row.faults.values.contains { $0 == .ignored || $0 == .refused }
                #expect(isWhole || mayFail, "\(cut)")
                #expect(driver.stored?.quarantines == !isWhole, "\(cut)")
            }
        }
        #expect(cuts > 10)
    }

    @Test func `a list that both forms leave is a failure that names it`() throws {
        let scenario = try Self.scenario()
        var driver = awkward(scenario, [2: .ignored, 3: .ignored])
        #expect(driver.run(scenario.journal) == .finished(.rolledBack))
        #expect(driver.stored?.cause == .didNotStick)
        #expect(
            driver.stored?.reason
                == #"update OutboundConnector "b": Exchange accepted it, but validationRecipients is tls@b.example"#
        )
    }

    @Test func `rolling back clears lists in the other form, too, from any crash on`() throws {
        let scenario = try #require(
            Scenario(
                [
                    .outbound("a", ["recipientDomains": ["a.example"], "validationRecipients": ["tls@a.example"]]),
                    .outbound("b", ["recipientDomains": ["b.example"], "comment": "two"]),
                ],
                before: [
                    .outbound("a", ["recipientDomains": ["a.example"]]),
                    .outbound("b", ["recipientDomains": ["b.example"]]),
                ]
            )
        )
        var plain = awkward(scenario, [1: .refused])
        #expect(plain.run(scenario.journal) == .finished(.rolledBack))
        #expect(plain.tenant.writes.map(\.clearedList) == [nil, nil, nil, .taggedTable])
        for number in 0...plain.transitions {
            for cut in [Driver.Cut.beforeAction(number), .afterAction(number)] {
                var driver = awkward(scenario, [1: .refused])
                guard driver.run(scenario.journal, cut: cut) == .died else { continue }
                _ = driver.run(try #require(driver.stored))
                #expect(driver.stored?.isFinished == true)
                let isRolledBack = driver.stored?.result == .rolledBack
                #expect((driver.tenant.picture == scenario.tenant.picture) == isRolledBack, "\(cut)")
            }
        }
    }

    @Test func `whoever interrupts a run with lists in flight blames no commit`() throws {
        let scenario = try Self.scenario()
        var plain = awkward(scenario)
        _ = plain.run(scenario.journal)
        for number in 0...plain.transitions {
            for fault in [nil, FakeTenant.Fault.lostBefore] {
                var driver = awkward(scenario, fault.map { [1: $0] } ?? [:])
                let end = driver.run(scenario.journal, interruptAt: number)
                guard end == .finished(.interrupted) else { continue }
                #expect(driver.tenant.picture == scenario.tenant.picture, "at \(number)")
                #expect(driver.stored?.quarantines == false, "at \(number)")
            }
        }
    }

    @Test func `a journal of an earlier build, which knows no forms, is read`() throws {
        let scenario = try Self.scenario()
        let data = try JSONEncoder().encode(scenario.journal)
        #expect(!String(decoding: data, as: UTF8.self).contains("clearedList"))
        let read = try JSONDecoder().decode(Journal.self, from: data)
        #expect(read == scenario.journal)
    }
}
