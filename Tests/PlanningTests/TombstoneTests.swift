import Connectors
import FoundationEssentials
import Planning
import Testing

/// Deleting a connector in the commit that takes its definition away.
struct TombstoneTests {
    private let both = [DesiredConnector.outbound(), .inbound()]

    private func plan(
        _ tombstones: [Tombstone],
        left: [DesiredConnector] = [.outbound("adatum")],
        gone: [DesiredConnector]? = nil,
        _ policy: TenantPolicy = TenantPolicy(),
        isThere: Bool = true
    ) -> Plan {
        let gone = gone ?? both
        let all = left + gone
        return Planner.plan(
            PlanInput(
                tenant: "contoso",
                revision: revision,
                desired: DesiredTenant(connectors: left, tombstones: tombstones),
                observed: ObservedTenant(connectors: (isThere ? all : left).map { $0.observed() }, readAt: now),
                applied: AppliedTenant(connectors: all.map { $0.applied() }),
                policy: policy,
                now: now
            )
        )
    }

    private func tombstone(_ kind: ConnectorKind? = nil, of name: String = "fabrikam") -> Tombstone {
        Tombstone(
            name: "fabrikam-gone",
            connector: name,
            kind: kind,
            owner: "mail team",
            reason: "Contract ended.",
            source: SourcePosition(file: "gone.yaml", line: 1)
        )
    }

    @Test func `both directions of a partner are deleted at once, and the tombstone approves what that weakens`() {
        let plan = plan([tombstone()])
        #expect(
            Set(plan.changes.map { "\($0.action) \($0.key)" }) == [
                "delete InboundConnector/fabrikam", "delete OutboundConnector/fabrikam",
            ]
        )
        #expect(plan.changes.contains { $0.risk == .high })
        #expect(plan.changes.allSatisfy { $0.acceptedRisk == "Contract ended. (mail team)" })
        #expect(plan.changes.allSatisfy { $0.source?.file == "gone.yaml" })
        #expect(plan.guardIDs == [])
    }

    @Test func `it deletes where the policy would leave an orphan, and only what it names`() {
        #expect(plan([]).changes.isEmpty)
        #expect(plan([tombstone(of: "other")]).changes.isEmpty)
        #expect(
            plan([tombstone(.inboundConnector)]).outline.map { $0.prefix(32) } == ["delete InboundConnector/fabrikam"]
        )
    }

    @Test func `it deletes what its definition kept from being pruned`() {
        let kept = DesiredConnector.outbound().annotated([Annotation.prune: "disabled"])
        #expect(plan([], gone: [kept], TenantPolicy(prune: .delete)).changes.isEmpty)
        #expect(plan([tombstone()], gone: [kept]).changes.count == 1)
    }

    @Test func `the last partner of a folder can go, and an emptied folder is still held`() {
        #expect(plan([tombstone()], left: []).guardIDs == [])
        #expect(plan([tombstone(of: "other")], left: []).guardIDs.contains("source-empty"))
    }

    @Test func `limits bound how much is deleted at once all the same`() {
        let many = (0..<3).map { DesiredConnector.outbound("c\($0)") }
        let stones = many.map { tombstone(of: $0.key.name) }
        #expect(plan(stones, gone: many).guardIDs == ["delete-limit"])
    }

    @Test func `without one, a deletion that weakens says that one is needed`() {
        let plan = plan([], TenantPolicy(prune: .delete))
        #expect(plan.guards.contains { $0.id == "approval-missing" && $0.message.contains("kind Tombstone") })
    }

    @Test func `what someone deleted in the tenant needs one too where that weakens, once git gives it up as well`() {
        for policy in [TenantPolicy(), TenantPolicy(prune: .delete)] {
            let held = plan([], policy, isThere: false)
            #expect(held.changes.isEmpty)
            #expect(held.guardIDs == ["approval-missing", "approval-missing"])
            let message = held.guards.first?.message ?? ""
            #expect(message.contains("InboundConnector/fabrikam was deleted in the tenant"), "\(message)")
            #expect(message.contains("kind Tombstone with spec.connector fabrikam"), "\(message)")
            #expect(held.records.count == 2, "they are forgotten once that is approved")
            #expect(plan([tombstone()], policy, isThere: false).guardIDs == [])
            #expect(plan([tombstone(.inboundConnector)], policy, isThere: false).guardIDs == ["approval-missing"])
        }
    }

    @Test func `what someone deleted is forgotten without one where that weakens nothing, or it was approved before`() {
        let approved = both.map { $0.annotated([Annotation.acceptRisk: "They leave."]) }
        #expect(plan([], gone: approved, isThere: false).guardIDs == [])
        let off = [DesiredConnector.outbound(["enabled": false])]
        #expect(plan([], gone: off, isThere: false).guardIDs == [])
        // A definition that was taken out while its object was there is managed no longer, and may go.
        #expect(plan([], gone: [], isThere: false).guardIDs == [])
    }
}
