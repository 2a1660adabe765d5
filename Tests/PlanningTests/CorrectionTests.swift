import Connectors
import FoundationEssentials
import Planning
import Testing

/// Drift that is put back without a commit, and what a quarantine is to that.
struct CorrectionTests {
    private let partner = DesiredConnector.outbound()

    private func quarantine(holdsCorrections: Bool? = nil) -> Quarantine {
        var quarantine = Quarantine(
            tenant: "contoso",
            revision: revision,
            run: "run-1",
            reason: "It can't be done.",
            since: now
        )
        quarantine.holdsCorrections = holdsCorrections
        return quarantine
    }

    private var weakened: ObservedConnector { partner.observed(["tlsSettings": "EncryptionOnly"]) }

    /// A plan that puts back what someone weakened by hand.
    private func plan(
        _ desired: DesiredConnector? = nil,
        _ quarantine: Quarantine? = nil,
        includesCommit: Bool = false
    ) -> Plan {
        Planner.plan(
            PlanInput(
                tenant: "contoso",
                revision: revision,
                desired: DesiredTenant(connectors: [desired ?? partner]),
                observed: ObservedTenant(connectors: [weakened], readAt: now),
                applied: AppliedTenant(connectors: [partner.applied()]),
                quarantine: quarantine,
                now: now,
                scope: PlanScope(
                    includesCommit: includesCommit,
                    corrections: [partner.key: PlanScope.Correction(fields: ["tlsSettings"])]
                )
            )
        )
    }

    @Test func `a quarantined commit holds no drift that is put back without it`() {
        let corrected = plan(nil, quarantine())
        #expect(corrected.outline == ["update OutboundConnector/fabrikam drift tlsSettings"])
        #expect(corrected.guardIDs == [])
        #expect(plan(nil, quarantine(), includesCommit: true).guardIDs == ["quarantined-revision"])
    }

    @Test(arguments: [false, true])
    func `drift that was put back, and had to be rolled back, is held, whatever the commit`(includesCommit: Bool) {
        var held = quarantine(holdsCorrections: true)
        held.revision = String(repeating: "b", count: 40)
        let plan = plan(nil, held, includesCommit: includesCommit)
        #expect(plan.guardIDs == ["quarantined-revision"])
        #expect(
            plan.guards.first?.message.hasPrefix(
                "Drift was put back, and that was rolled back by run run-1 (It can't be done). Accept the deviation"
            ) == true
        )
    }

    @Test func `it holds no commit that changes something`() {
        let changed = DesiredConnector.outbound(["comment": "new"])
        #expect(plan(changed, quarantine(holdsCorrections: true), includesCommit: true).guardIDs == [])
    }

    @Test(arguments: [true, false])
    func `what the commit that waits took out is neither deleted nor forgotten`(isThere: Bool) {
        let lost = DesiredConnector.inbound("lost").annotated(approved)
        let plan = Planner.plan(
            PlanInput(
                tenant: "contoso",
                revision: revision,
                desired: DesiredTenant(connectors: [partner]),
                observed: ObservedTenant(connectors: [weakened] + (isThere ? [lost.observed()] : []), readAt: now),
                applied: AppliedTenant(connectors: [partner.applied(), lost.applied()]),
                policy: TenantPolicy(prune: .delete),
                now: now,
                scope: PlanScope(
                    includesCommit: false,
                    corrections: [partner.key: PlanScope.Correction(fields: ["tlsSettings"])]
                )
            )
        )
        #expect(plan.outline == ["update OutboundConnector/fabrikam drift tlsSettings"])
        #expect(plan.records.isEmpty && plan.guards.isEmpty, "\(plan.records) \(plan.guards)")
        #expect(plan.unmanaged.isEmpty, "it is managed until the commit is applied")
    }

    @Test(arguments: [TenantPolicy.Drift.report, .propose, .correct])
    func `drift that is safer than what git says is told apart from drift that is not`(policy: TenantPolicy.Drift) {
        let lax = DesiredConnector.outbound(["tlsSettings": "EncryptionOnly"])
        func weakening(_ edits: Settings) -> Set<ConnectorKey> {
            Planner.weakeningDrift(
                PlanInput(
                    tenant: "contoso",
                    revision: revision,
                    desired: DesiredTenant(connectors: [lax]),
                    observed: ObservedTenant(connectors: [lax.observed(edits)], readAt: now),
                    applied: AppliedTenant(connectors: [lax.applied()]),
                    policy: TenantPolicy(drift: policy),
                    now: now,
                    scope: PlanScope(includesCommit: false, corrections: [:])
                )
            )
        }
        #expect(weakening(["tlsSettings": "CertificateValidation"]) == [lax.key])
        #expect(weakening(["tlsSettings": .none]) == [])
        #expect(weakening(["comment": "hers"]) == [])
    }

    @Test func `it stands for as long as the tenant deviates, and no commit changes anything`() {
        let drifted = planned([partner], [weakened], [partner.applied()])
        let agreed = planned([partner], [partner.observed()], [partner.applied()])
        #expect(drifted.changes.isEmpty && !drifted.drift.isEmpty)
        #expect(quarantine(holdsCorrections: true).outlasts(drifted))
        #expect(!quarantine(holdsCorrections: true).outlasts(agreed))
        #expect(!quarantine(holdsCorrections: true).outlasts(planned([partner])))
        #expect(!quarantine().outlasts(drifted))
    }

    @Test(arguments: [nil, false])
    func `a journal says whether it is of a commit, and so does that of taking it back`(expected: Bool?) throws {
        let journal = try ApplyEngine.journal(
            run: "run-1",
            plan: plan(),
            observed: ObservedTenant(connectors: [weakened], readAt: now),
            applied: AppliedTenant(connectors: [partner.applied()]),
            policy: TenantPolicy(),
            includesCommit: expected ?? true,
            at: now
        )
        #expect(journal.includesCommit == expected)
        let rollback = Rollback(
            run: "run-2",
            of: journal,
            observed: ObservedTenant(connectors: [weakened], readAt: now),
            applied: AppliedTenant(connectors: [partner.applied()]),
            policy: TenantPolicy(),
            at: now
        )
        #expect(rollback.journal.includesCommit == expected)
    }

    struct End: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let result: RunRecord.Result
        var run = "run-2"
        let isPutBack: Bool
    }

    static let ends = [
        End(testDescription: "it could not begin", result: .failed, isPutBack: true),
        End(testDescription: "all of it was undone", result: .rolledBack, isPutBack: true),
        End(testDescription: "a person stopped it", result: .interrupted, isPutBack: true),
        End(testDescription: "it came to its end", result: .applied, isPutBack: false),
        End(testDescription: "part of it stands", result: .partlyApplied, isPutBack: false),
        End(testDescription: "another run's stands by now", result: .failed, run: "run-3", isPutBack: false),
    ]

    @Test(arguments: ends)
    func `a rollback that comes to nothing puts back the quarantine that there was`(end: End) {
        var journal = Journal(run: "run-2", tenant: "contoso", revision: revision, planDigest: "", steps: [])
        var standing = quarantine()
        standing.run = end.run
        (journal.phase, journal.result) = (.finished, end.result)
        #expect(journal.settling(standing) == standing, "an older version did not keep it")
        journal.former = Journal.Former(quarantine: quarantine())
        #expect(journal.settling(standing) == (end.isPutBack ? quarantine() : standing))
        journal.former = Journal.Former()
        #expect(journal.settling(standing) == (end.isPutBack ? nil : standing))
        let none: Quarantine? = nil
        #expect(journal.settling(none) == nil, "a person lifted it meanwhile")
    }
}
