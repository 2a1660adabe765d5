import Connectors
import FoundationEssentials
import Planning
import Testing

/// Writing, reading back, turning back: a row for each thing that can happen to a write.
struct ApplyEngineTests {
    private let five = Scenario.five()

    @Test func `a plan is written in its order, and read back`() throws {
        var driver = try #require(five).driver
        #expect(driver.run(try #require(five).journal) == .finished(.applied))
        #expect(
            driver.tenant.writes.map { "\($0.action) \($0.kind)/\($0.name) \($0.settings.keys)" } == [
                #"create InboundConnector/new ["requireTls", "restrictDomainsToCertificate", "senderDomains", "tlsSenderCertificateName"]"#,
                #"create OutboundConnector/new ["comment", "recipientDomains", "tlsSettings"]"#,
                #"update OutboundConnector/new ["validationRecipients"]"#,
                #"update OutboundConnector/kept ["comment", "validationRecipients"]"#,
                #"update TransportRule/route ["recipientDomainIs"]"#,
                #"delete InboundConnector/gone []"#,
            ]
        )
        #expect(driver.waited == .zero)
        #expect(driver.stored?.message == "5 changes applied and read back.")
        #expect(driver.applied[ConnectorKey(kind: .outboundConnector, name: "new")]?.guid == "new-2")
        #expect(driver.applied[ConnectorKey(kind: .inboundConnector, name: "gone")] == nil)
        #expect(driver.applied.count == 4)
    }

    @Test func `nothing to do is unchanged, and nothing is sent`() throws {
        let scenario = try #require(Scenario([.outbound()], before: [.outbound()]))
        var driver = scenario.driver
        #expect(driver.run(scenario.journal) == .finished(.unchanged))
        #expect(driver.tenant.writes == [])
    }

    @Test func `a write that shows late is waited for`() throws {
        var driver = try #require(five).driver
        driver.tenant.faults = [1: .late]
        #expect(driver.run(try #require(five).journal) == .finished(.applied))
        #expect(driver.waited == .seconds(14))
    }

    struct Fault: CustomTestStringConvertible, Sendable {
        var testDescription: String { "write \(write) is \(fault)" }
        var write: Int
        var fault: FakeTenant.Fault
        /// Whether the run gets through all the same.
        var isSurvived: Bool { fault == .lostAfter || fault == .lostBefore || fault == .late }
    }

    static let faults = (0..<6).flatMap { write in
        FakeTenant.Fault.allCases.filter { $0 != .postponed }.map { Fault(write: write, fault: $0) }
    }

    @Test(arguments: faults) func `each fault at each write ends in all or nothing`(_ row: Fault) throws {
        let scenario = try #require(five)
        var driver = scenario.driver
        driver.tenant.faults = [row.write: row.fault]
        let before = scenario.tenant.picture
        var complete = scenario.driver
        #expect(complete.run(scenario.journal) == .finished(.applied))
        let end = driver.run(scenario.journal)
        if row.isSurvived {
            #expect(end == .finished(.applied))
            #expect(driver.tenant.picture == complete.tenant.picture)
        } else {
            #expect(end == .finished(.rolledBack))
            #expect(driver.tenant.picture == before)
            #expect(driver.memory.connectors.map(\.key) == scenario.applied.map(\.key).sorted())
            #expect(driver.stored?.quarantines == true)
        }
    }

    @Test func `what Exchange silently ignores is a failure`() throws {
        let scenario = try #require(Scenario([.outbound(["comment": "new"])], before: [.outbound()]))
        var driver = scenario.driver
        driver.tenant.faults = [0: .ignored]
        #expect(driver.run(scenario.journal) == .finished(.rolledBack))
        #expect(driver.stored?.cause == .didNotStick)
        #expect(
            driver.stored?.message == """
                The run failed: update OutboundConnector "fabrikam": Exchange accepted it, but comment is not set. All that this run \
                had written was rolled back: the tenant is as it was before.
                """
        )
    }

    @Test func `rule 12: an answer lost twice is not tried a third time, and blames no commit`() throws {
        let scenario = try #require(Scenario([.outbound(["comment": "new"])], before: [.outbound()]))
        var driver = scenario.driver
        driver.tenant.faults = [0: .lostBefore, 1: .lostBefore]
        #expect(driver.run(scenario.journal) == .finished(.failed))
        #expect(driver.tenant.writes.count == 2)
        #expect(driver.stored?.quarantines == false)
        #expect(driver.stored?.cause == .passing)
        #expect(driver.stored?.message.hasSuffix("Nothing was written.") == true)
    }

    @Test func `rule 12: a second sending that must wait leaves the first one to be looked for`() throws {
        let scenario = try #require(Scenario([.outbound(["comment": "new"])], before: [.outbound()]))
        var driver = scenario.driver
        driver.tenant.faults = [0: .lostBefore, 1: .postponed]
        #expect(driver.run(scenario.journal) == .stopped)
        let stored = try #require(driver.stored)
        #expect(stored.steps.map(\.state) == [.sending])
        // The first one shows only now.
        driver.tenant.edit("fabrikam", ["comment": "new"])
        #expect(driver.run(stored) == .finished(.applied))
        #expect(driver.tenant.writes.count == 2, "it is not sent again")
        #expect(driver.applied.values.map { $0.settings["comment"] } == ["new"])
    }

    @Test(arguments: 0..<6)
    func `rule 12: a write that must wait undoes nothing, and the next run goes on with it`(write: Int) throws {
        let scenario = try #require(five)
        var whole = scenario.driver
        _ = whole.run(scenario.journal)
        var driver = scenario.driver
        driver.tenant.faults = [write: .postponed]
        let end = driver.run(scenario.journal)
        let stored = try #require(driver.stored)
        #expect(stored.quarantines == false)
        guard write > 0 else {
            #expect(end == .finished(.failed))
            #expect(driver.tenant.picture == scenario.tenant.picture)
            return
        }
        #expect(end == .stopped)
        #expect(stored.phase == .applying)
        #expect(driver.tenant.writes.count == write + 1, "nothing is taken back")
        #expect(driver.run(stored) == .finished(.applied))
        #expect(driver.tenant.picture == whole.tenant.picture)
    }

    @Test func `rule 12: a roll-back that must wait is gone on with by the next run`() throws {
        let scenario = try #require(five)
        var driver = scenario.driver
        driver.tenant.faults = [4: .refused, 5: .postponed]
        #expect(driver.run(scenario.journal) == .stopped)
        let stored = try #require(driver.stored)
        #expect(stored.phase == .rollingBack)
        #expect(driver.run(stored) == .finished(.rolledBack))
        #expect(driver.tenant.picture == scenario.tenant.picture)
    }

    @Test(arguments: [true, false])
    func `rule 11: a run that fails is rolled back into weaker security only by the operator's word`(word: Bool) throws
    {
        let scenario = try #require(
            Scenario(
                [
                    .outbound("kept", ["tlsSettings": "CertificateValidation", "recipientDomains": ["kept.example"]]),
                    .outbound("other", ["recipientDomains": ["other.example"], "comment": "two"]),
                ],
                before: [
                    .outbound("kept", ["tlsSettings": "EncryptionOnly", "recipientDomains": ["kept.example"]]),
                    .outbound("other", ["recipientDomains": ["other.example"], "comment": "one"]),
                ],
                mayWeaken: word
            )
        )
        var driver = scenario.driver
        driver.tenant.faults = [1: .refused]
        let end = driver.run(scenario.journal)
        let level = driver.tenant.objects.values.first { $0.displayName == "kept" }?.settings["tlsSettings"]
        #expect(end == .finished(word ? .rolledBack : .partlyApplied))
        #expect(level == (word ? "EncryptionOnly" : "CertificateValidation"))
        #expect(driver.stored?.problems.first?.contains("would weaken security") == (word ? nil : true))
        #expect(driver.stored?.quarantines == true)
        guard !word else { return }
        // The message names the command that restores it all the same.
        #expect(driver.stored?.problems.first?.hasSuffix("mitregate rollback run-1") == true)
        let rollback = Rollback(
            run: "run-2",
            of: try #require(driver.stored),
            observed: driver.tenant.reading,
            applied: driver.memory,
            policy: Scenario.policy,
            at: now
        )
        #expect(rollback.refusals == [])
        #expect(driver.run(rollback.journal) == .finished(.applied))
        #expect(driver.tenant.picture == scenario.tenant.picture)
    }

    @Test func `rule 11: after a failed validation what the run made stays too, if undoing it would weaken security`()
        throws
    {
        let scenario = try #require(
            Scenario([.outbound("new", ["tlsSettings": "EncryptionOnly"])], before: [], mayWeaken: false)
        )
        var driver = scenario.driver
        #expect(driver.run(scenario.journal) == .finished(.applied))
        let turned = ApplyEngine.rollBack(
            try #require(driver.stored),
            because: "its validation failed",
            cause: .validationFailed,
            mayWeaken: false
        )
        #expect(driver.run(turned.journal) == .finished(.partlyApplied))
        #expect(driver.tenant.objects.values.map(\.displayName) == ["new"])
    }

    @Test func `an undo whose answer is lost is looked for, and repeated`() throws {
        let scenario = try #require(five)
        for fault in [FakeTenant.Fault.lostAfter, .lostBefore, .late, .refused] {
            var driver = scenario.driver
            driver.tenant.faults = [4: .refused, 5: fault, 6: fault]
            #expect(driver.run(scenario.journal) == .finished(.rolledBack), "\(fault)")
            #expect(driver.tenant.picture == scenario.tenant.picture)
        }
    }

    @Test func `an undo that is refused for good leaves a partly applied tenant, and says what to do`() throws {
        let scenario = try #require(five)
        var driver = scenario.driver
        driver.tenant.faults = [4: .refused, 5: .refused, 6: .refused, 7: .refused]
        #expect(driver.run(scenario.journal) == .finished(.partlyApplied))
        #expect(
            driver.stored?.problems == [
                """
                OutboundConnector "kept" could not be put back (a rule of the service). To restore what was there before the run, \
                set name to kept, validationRecipients to a@kept.example, comment to one.
                """
            ]
        )
        #expect(driver.applied[ConnectorKey(kind: .outboundConnector, name: "kept")]?.displayName == "Kept (renamed)")
        #expect(driver.applied[ConnectorKey(kind: .inboundConnector, name: "new")] == nil)
    }

    // MARK: The reading that the plan was made from

    @Test func `a reading that is not older than 30 seconds is not made again before the first write`() throws {
        let scenario = try #require(five)
        for (age, reads) in [(0.0, 6), (30, 6), (30.1, 7), (-1, 7)] {
            var driver = scenario.driver
            var count = 0
            driver.isUnreadable = {
                count = $0; return false
            }
            let end = driver.run(
                scenario.journal,
                plannedFrom: scenario.tenant.reading,
                at: now.addingTimeInterval(age)
            )
            #expect(end == .finished(.applied))
            #expect(count == reads, "\(age) s")
        }
    }

    @Test func `a run that goes on after a crash reads first, whatever is at hand`() throws {
        let scenario = try #require(five)
        var driver = scenario.driver
        #expect(driver.run(scenario.journal, cut: .afterAction(1)) == .died)
        let journal = try #require(driver.stored)
        let start = ApplyEngine.start(journal, plannedFrom: scenario.tenant.reading, at: now)
        #expect(start.action == .read(after: .zero))
    }

    // MARK: Readings that fail, interruptions

    @Test func `a reading that fails is repeated`() throws {
        let scenario = try #require(five)
        var driver = scenario.driver
        driver.isUnreadable = { $0 > 2 && $0 < 7 }
        #expect(driver.run(scenario.journal) == .finished(.applied))
        #expect(driver.waited == .seconds(30))
    }

    @Test func `a tenant that stays unreadable leaves a journal that can be resumed`() throws {
        let scenario = try #require(five)
        var driver = scenario.driver
        driver.isUnreadable = { $0 > 3 }
        #expect(driver.run(scenario.journal) == .stopped)
        let journal = try #require(driver.stored)
        #expect(!journal.isFinished)
        driver.isUnreadable = { _ in false }
        #expect(driver.run(journal) == .finished(.applied))
        #expect(driver.tenant.writes.count == 6)
    }

    @Test func `an interruption finishes the step in flight and rolls back`() throws {
        let scenario = try #require(five)
        var complete = scenario.driver
        #expect(complete.run(scenario.journal) == .finished(.applied))
        for number in 0...complete.transitions {
            var driver = scenario.driver
            let end = driver.run(scenario.journal, interruptAt: number)
            let isLate = driver.tenant.picture == complete.tenant.picture
            #expect(end == .finished(isLate ? .applied : .interrupted), "at \(number)")
            if !isLate {
                #expect(driver.tenant.picture == scenario.tenant.picture, "at \(number)")
                #expect(driver.stored?.quarantines == false)
            }
        }
    }

    @Test func `an interruption before anything was sent sends nothing`() throws {
        let scenario = try #require(five)
        for number in 0...1 {
            var driver = scenario.driver
            #expect(driver.run(scenario.journal, interruptAt: number) == .finished(.interrupted))
            #expect(driver.tenant.writes == [])
        }
    }

    // MARK: What is not carried out

    @Test func `a plan that is held, stale, edited or of a working tree is not carried out`() throws {
        let plain = DesiredConnector.outbound()
        let policy = TenantPolicy()
        func refusal(
            _ plan: Planning.Plan,
            _ observed: [ObservedConnector] = [],
            attended: Bool = false
        ) -> PlanRefusal? {
            do {
                _ = try ApplyEngine.journal(
                    run: "run-1",
                    plan: plan,
                    observed: ObservedTenant(connectors: observed, readAt: now),
                    applied: AppliedTenant(),
                    policy: policy,
                    isAttended: attended,
                    at: now
                )
                return nil
            } catch {
                return error
            }
        }
        #expect(refusal(planned([plain])) == nil)
        #expect(refusal(planned([plain]), [DesiredConnector.inbound().observed()]) == .stale)
        #expect(refusal(planned([plain], policy: TenantPolicy(drift: .correct))) == .stale)
        #expect(refusal(planned([plain], revision: Plan.workingTree)) == .workingTree)
        var edited = planned([plain])
        edited.changes[0].declared["tlsSettings"] = "EncryptionOnly"
        #expect(refusal(edited) == .brokenSeal)
        let held = planned([plain], guards: [Guard(id: "x", message: "y")])
        #expect(refusal(held) == .held([Guard(id: "x", message: "y")]))
        let proposed = planned([plain], guards: [Guard(id: "changes-proposed", message: "y")])
        #expect(refusal(proposed) != nil)
        #expect(refusal(proposed, attended: true) == nil)
        let frozen = planned([plain], guards: [Guard(id: "freeze", message: "y")])
        #expect(refusal(frozen, attended: true) == .held(frozen.guards))
    }
}
