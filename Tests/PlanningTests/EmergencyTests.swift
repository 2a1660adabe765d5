import Connectors
import FoundationEssentials
import Planning
import Testing

/// What an emergency may plan, and how long its word holds.
struct EmergencyTests {
    private let partner = DesiredConnector.outbound(["enabled": true])

    private func plan(
        _ action: EmergencyPlanner.Action,
        _ desired: [DesiredConnector],
        _ edits: Settings = [:],
        policy: TenantPolicy = TenantPolicy()
    ) -> Plan {
        EmergencyPlanner.plan(
            action,
            of: desired.map { $0.applied() },
            tenant: "contoso",
            revision: revision,
            observed: ObservedTenant(connectors: desired.map { $0.observed(edits) }, readAt: now),
            reason: "The partner was breached.",
            policy: policy,
            now: now
        )
    }

    @Test func `it switches off, in every kind, and changes no other field, whatever else has drifted`() {
        for desired in [DesiredConnector.outbound(), .inbound(), .rule()] {
            let plan = plan(.disable, [desired], ["comment": "by hand"])
            #expect(plan.outline == ["update \(desired.key) git enabled"])
            #expect(plan.changes.first?.fields.first?.after == .boolean(false))
            #expect(plan.guardIDs == [])
            #expect(plan.isSealIntact)
        }
    }

    @Test func `weaker security is told, and the person's reason approves it`() {
        let change = plan(.disable, [partner]).changes.first
        #expect(change?.risk == .high)
        #expect(change?.acceptedRisk == "The partner was breached.")
    }

    @Test func `freezes, limits and proposals hold only what can wait`() {
        let always = TenantPolicy.Freeze(cron: "* * * * *", durationSeconds: 3_600, timeZone: "UTC")
        let policy = TenantPolicy(
            changes: .propose,
            drift: .propose,
            limits: .init(changes: 0, deletes: 0),
            freezes: [always]
        )
        #expect(plan(.disable, [partner], policy: policy).guardIDs == [])
    }

    @Test func `what is so already needs no write`() {
        #expect(plan(.disable, [partner], ["enabled": false]).changes.isEmpty)
        #expect(plan(.enable, [partner]).changes.isEmpty)
    }

    @Test func `a connector that a rule leads mail to is not taken away under it`() {
        let scoped = DesiredConnector.outbound(["recipientDomains": .none, "isTransportRuleScoped": true])
        let rule = DesiredConnector.rule(["routeMessageOutboundConnector": "fabrikam"])
        let plan = EmergencyPlanner.plan(
            .disable,
            of: [scoped.applied()],
            tenant: "contoso",
            revision: revision,
            observed: ObservedTenant(connectors: [scoped.observed(), rule.observed()], readAt: now),
            reason: "x",
            policy: TenantPolicy(),
            now: now
        )
        #expect(plan.guardIDs == ["connector-in-use"])
    }

    @Test func `what was remembered stays, so that the connector's being off is a deviation`() throws {
        let plan = plan(.disable, [partner])
        let journal = try ApplyEngine.journal(
            run: "01",
            plan: plan,
            observed: ObservedTenant(connectors: [partner.observed()], readAt: now),
            applied: AppliedTenant(connectors: [partner.applied()]),
            policy: EmergencyPlanner.policy(TenantPolicy()),
            isAttended: true,
            at: now
        )
        let kept = EmergencyPlanner.keepingMemory(journal, of: [partner.applied()])
        #expect(kept.steps.map(\.appliedAfter) == [partner.applied()])
    }

    private func word(until: TimeInterval) -> BreakGlass {
        BreakGlass(
            tenant: "contoso",
            connector: partner.key,
            displayName: "fabrikam",
            owner: "ada on ops1",
            reason: "The partner was breached.",
            since: now,
            until: now.addingTimeInterval(until),
            run: "01"
        )
    }

    struct Ending: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let action: EmergencyPlanner.Action
        let step: Journal.Step.State
        let result: RunRecord.Result
        /// The run whose word stands.
        var run = "02"
        let isOver: Bool
        var isPutBack = false
    }

    static let endings = [
        Ending(
            testDescription: "it was disabled",
            action: .disable,
            step: .confirmed,
            result: .applied,
            isOver: false
        ),
        Ending(
            testDescription: "disabling it was undone",
            action: .disable,
            step: .undone,
            result: .rolledBack,
            isOver: true,
            isPutBack: true
        ),
        Ending(
            testDescription: "another word came since",
            action: .disable,
            step: .undone,
            result: .rolledBack,
            run: "03",
            isOver: false
        ),
        Ending(
            testDescription: "it was disabled, and another was not",
            action: .disable,
            step: .confirmed,
            result: .partlyApplied,
            isOver: false
        ),
        Ending(
            testDescription: "it was enabled",
            action: .enable,
            step: .confirmed,
            result: .applied,
            run: "01",
            isOver: true
        ),
        Ending(
            testDescription: "enabling it could not begin",
            action: .enable,
            step: .planned,
            result: .failed,
            run: "01",
            isOver: false
        ),
    ]

    @Test(arguments: endings)
    func `once a run has ended a word stands only where its connector is left off`(ending: Ending) throws {
        let edits: Settings = ending.action == .enable ? ["enabled": false] : [:]
        var journal = try ApplyEngine.journal(
            run: "02",
            plan: plan(ending.action, [partner], edits),
            observed: ObservedTenant(connectors: [partner.observed(edits)], readAt: now),
            applied: AppliedTenant(connectors: [partner.applied()]),
            policy: EmergencyPlanner.policy(TenantPolicy()),
            isAttended: true,
            at: now
        )
        (journal.phase, journal.result) = (.finished, ending.result)
        journal.steps[0].state = ending.step
        var standing = word(until: 3_600)
        standing.run = ending.run
        let (over, kept) = journal.settling([standing])
        #expect(over == (ending.isOver ? [partner.key] : []))
        #expect(kept == [], "an older version did not keep what there was before")
        journal.former = Journal.Former(emergencies: [word(until: 60)])
        #expect(journal.settling([standing]).kept == (ending.isPutBack ? [word(until: 60)] : []))
    }

    @Test func `from the commit on that speaks of it git alone decides, also once its acceptance has ended`() {
        var accepted = word(until: -60).acceptance
        #expect(word(until: 60).isSettled(by: DesiredTenant(connectors: [partner], acceptedDrifts: [accepted])))
        accepted.field = "comment"
        #expect(!word(until: 60).isSettled(by: DesiredTenant(connectors: [partner], acceptedDrifts: [accepted])))
        #expect(word(until: 60).isSettled(by: DesiredTenant(connectors: [.outbound(["enabled": false])])))
        #expect(!word(until: 60).isSettled(by: DesiredTenant(connectors: [])))
    }

    @Test func `a definition that does not say enabled means it, while an emergency is about it`() {
        let silent = DesiredConnector.outbound()
        let git = DesiredTenant(connectors: [silent, .outbound("adatum")])
        let completed = [word(until: 60)].completing(git)
        #expect(completed.connectors.map { $0.settings["enabled"] } == [nil, .boolean(true)])
        let applied = [word(until: 60)].completing(AppliedTenant(connectors: [silent.applied()]))
        #expect(applied.connectors.first?.settings["enabled"] == .boolean(true))
    }

    @Test func `a word is over once its time has ended and the connector is on again, or gone`() {
        let git = DesiredTenant(connectors: [partner])
        func isOver(_ until: TimeInterval, _ observed: [ObservedConnector]) -> Bool {
            let tenant = ObservedTenant(connectors: observed, readAt: now)
            return word(until: until).isOver(git, tenant, [partner.applied()], at: now)
        }
        #expect(!isOver(60, [partner.observed()]))
        #expect(!isOver(-60, [partner.observed(["enabled": false])]), "enable can still undo it")
        #expect(isOver(-60, [partner.observed()]) && isOver(-60, []))
    }

    @Test func `drift that is corrected leaves the connector off, and puts back the rest`() {
        let plan = planned(
            [partner],
            [partner.observed(["enabled": false, "tlsSettings": "EncryptionOnly"])],
            [partner.applied()],
            policy: TenantPolicy(drift: .correct),
            accepted: [word(until: 60).acceptance]
        )
        #expect(plan.outline == ["update OutboundConnector/fabrikam drift tlsSettings"])
        let bare = planned(
            [partner],
            [partner.observed(["enabled": false])],
            [partner.applied()],
            policy: TenantPolicy(drift: .correct)
        )
        #expect(bare.outline == ["update OutboundConnector/fabrikam drift enabled"], "without the word it is put back")
    }
}
