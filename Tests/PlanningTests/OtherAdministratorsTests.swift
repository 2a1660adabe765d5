import Connectors
import FoundationEssentials
import Planning
import Testing

/// What others change between a plan and its writes is theirs, and not the fault of the commit.
struct OtherAdministratorsTests {
    private let five = Scenario.five()

    @Test func `someone else's later change is not overwritten`() throws {
        let scenario = try #require(five)
        var driver = scenario.driver
        driver.tenant.faults = [5: .refused]
        driver.meddle = { _, action, tenant in
            if case .send(let write) = action, write.action == .delete {
                tenant.edit("Kept (renamed)", ["comment": "mine"])
            }
        }
        #expect(driver.run(scenario.journal) == .finished(.partlyApplied))
        #expect(
            driver.tenant.objects.values.contains {
                $0.settings["comment"] == "mine" && $0.displayName == "Kept (renamed)"
            }
        )
        #expect(driver.tenant.objects.values.contains { $0.displayName == "new" } == false)
        #expect(
            driver.stored?.problems == [
                """
                OutboundConnector "kept" was changed by someone else after this run wrote it (comment is now mine). It is left as it \
                is. To restore what was there before the run, set name to kept, validationRecipients to a@kept.example, comment to one.
                """
            ]
        )
    }

    @Test func `an object that was changed since the plan is not written to`() throws {
        let scenario = try #require(five)
        var driver = scenario.driver
        driver.meddle = { number, _, tenant in if number == 3 { tenant.edit("route", ["mode": "Audit"]) } }
        #expect(driver.run(scenario.journal) == .finished(.partlyApplied))
        #expect(driver.tenant.objects.values.first { $0.displayName == "route" }?.settings["mode"] == "Audit")
        let journal = try #require(driver.stored)
        #expect(journal.reason?.contains("someone else has changed mode since the plan") == true)
        // The commit is not to blame, and what was confirmed before stands.
        #expect(journal.cause == .stale && !journal.quarantines)
        #expect(driver.tenant.objects.values.contains { $0.displayName == "new" })
        #expect(!journal.steps.contains { [.undone, .undoRefused, .undoing].contains($0.state) })
        #expect(journal.message.hasSuffix("applied and read back before that stand."))
    }

    @Test func `an object that was changed since the plan is not deleted`() throws {
        let scenario = try #require(five)
        var driver = scenario.driver
        // In the reading that confirms the write before.
        driver.meddle = { _, action, tenant in
            if case .read = action, tenant.writes.count == 5 { tenant.edit("gone", ["comment": "hers"]) }
        }
        #expect(driver.run(scenario.journal) == .finished(.partlyApplied))
        #expect(driver.tenant.objects.values.contains { $0.displayName == "gone" })
        let journal = try #require(driver.stored)
        #expect(journal.reason?.contains("someone else has changed comment since the plan") == true)
        #expect(journal.cause == .stale && !journal.quarantines)
    }

    @Test func `what a run made and someone changed later is not deleted by its rollback`() throws {
        let scenario = try #require(Scenario([.outbound("new")], before: []))
        var driver = scenario.driver
        #expect(driver.run(scenario.journal) == .finished(.applied))
        driver.tenant.edit("new", ["comment": "hers"])
        let rollback = Rollback(
            run: "run-2",
            of: try #require(driver.stored),
            observed: driver.tenant.reading,
            applied: driver.memory,
            policy: Scenario.policy,
            at: now
        )
        #expect(rollback.refusals.count == 1)
        #expect(rollback.refusals.first?.contains("comment is now hers") == true, "\(rollback.refusals)")
        #expect(rollback.journal.steps.isEmpty)
    }

    @Test func `an object of the same name that appears before a create is someone else's`() throws {
        let scenario = try #require(five)
        var driver = scenario.driver
        let theirs = DesiredConnector.outbound("new", ["comment": "theirs"]).observed(guid: "theirs")
        driver.meddle = { number, _, tenant in if number == 1 { tenant.insert(theirs) } }
        // The inbound connector was written before, and stands.
        #expect(driver.run(scenario.journal) == .finished(.partlyApplied))
        #expect(driver.tenant.objects["theirs"] == theirs)
        #expect(driver.stored?.cause == .stale && driver.stored?.quarantines == false)
    }

    @Test func `a plan that is stale at its first step writes nothing, and is not the commit's fault`() throws {
        let scenario = try #require(Scenario([.outbound(["comment": "ours"])], before: []))
        var driver = scenario.driver
        driver.tenant.insert(DesiredConnector.outbound(["comment": "theirs"]).observed(guid: "theirs"))
        #expect(driver.run(scenario.journal) == .finished(.failed))
        #expect(driver.tenant.writes.isEmpty)
        let journal = try #require(driver.stored)
        #expect(journal.cause == .stale && !journal.quarantines)
        #expect(journal.message.hasSuffix("Nothing was written."))
    }

    @Test func `a connector of which half is written is rolled back before another's change, and quarantines nothing`()
        throws
    {
        let wanted: Settings = ["validationRecipients": ["tls@fabrikam.com"], "comment": "new"]
        let scenario = try #require(Scenario([.outbound("new", wanted)], before: []))
        var driver = scenario.driver
        driver.tenant.faults = [1: .postponed]
        #expect(driver.run(scenario.journal) == .stopped)
        let half = try #require(driver.stored)
        #expect(half.steps.map(\.state) == [.confirmed, .planned])
        driver.tenant.remove("new")
        let ending = driver.run(half)
        let journal = try #require(driver.stored)
        #expect(ending == .finished(.rolledBack))
        #expect(journal.cause == .stale && !journal.quarantines)
        #expect(journal.reason?.contains("deleted after the plan") == true)
    }

    @Test func `an object of the same name that appears while a create's answer is lost is left alone`() throws {
        let scenario = try #require(Scenario([.outbound(["comment": "ours"])], before: []))
        var driver = scenario.driver
        let theirs = DesiredConnector.outbound(["comment": "theirs"]).observed(guid: "theirs")
        driver.tenant.faults = [0: .lostBefore]
        driver.meddle = { number, _, tenant in if number == 3 { tenant.insert(theirs) } }
        #expect(driver.run(scenario.journal) == .finished(.partlyApplied))
        #expect(driver.tenant.objects["theirs"] == theirs)
        #expect(driver.stored?.problems.first?.contains("it may be someone else's") == true)
    }

    @Test func `a deleted object that someone made again is left alone`() throws {
        let scenario = try #require(
            Scenario(
                [.rule("a", ["comments": "x"]), .rule("z", ["comments": "x"])],
                before: [.rule("a"), .inbound("gone"), .rule("z")]
            )
        )
        var driver = scenario.driver
        let theirs = DesiredConnector.inbound("gone", ["comment": "theirs"]).observed(guid: "theirs")
        driver.meddle = { _, action, tenant in
            if case .read = action, tenant.writes.last?.action == .delete { tenant.insert(theirs) }
        }
        // The delete is last, so the run succeeds; the rollback of the run meets the namesake.
        #expect(driver.run(scenario.journal) == .finished(.applied))
        let journal = try #require(driver.stored)
        let rollback = Rollback(
            run: "run-2",
            of: journal,
            observed: driver.tenant.reading,
            applied: driver.memory,
            policy: Scenario.policy,
            at: now
        )
        #expect(rollback.refusals.count == 1)
        #expect(rollback.refusals.first?.contains("was deleted and recreated by someone else") == true)
    }
}
