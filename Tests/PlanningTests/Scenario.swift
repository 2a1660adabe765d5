import Connectors
import Planning

/// A tenant, what is wanted of it, and the journal of getting there.
struct Scenario {
    let tenant: FakeTenant
    let applied: [AppliedConnector]
    let plan: Planning.Plan
    let journal: Journal

    static let policy = TenantPolicy(drift: .correct, prune: .delete, limits: .init(changes: 100, deletes: 100))

    /// - Parameter mayWeaken: Whether the operator's word lets a roll-back weaken security; what is not about that, has it.
    /// - Returns: `nil` where a guard holds the plan.
    init?(
        _ desired: [DesiredConnector],
        before: [DesiredConnector],
        strangers: [DesiredConnector] = [],
        mayWeaken: Bool = true
    ) {
        let references = OutboundReferences(before)
        let managed = before.map { references.resolved($0.annotated(approved)) }
        tenant = FakeTenant((managed + strangers).map { $0.observed() })
        applied = managed.map { $0.applied() }
        plan = planned(desired.map { $0.annotated(approved) }, tenant.reading.connectors, applied, policy: Self.policy)
        do {
            journal = try ApplyEngine.journal(
                run: "run-1",
                plan: plan,
                observed: tenant.reading,
                applied: AppliedTenant(connectors: applied),
                policy: Self.policy,
                mayWeaken: mayWeaken,
                at: now
            )
        } catch {
            return nil
        }
    }

    var driver: Driver { Driver(tenant, applied: applied) }

    /// Five changes: both creates, an update with a rename, a delete, and a rule; the first create takes two writes.
    static func five() -> Scenario? {
        Scenario(
            [
                .outbound("new", ["validationRecipients": ["tls@fabrikam.com"], "comment": "new"]),
                .inbound("new"),
                .outbound("kept", name: "Kept (renamed)", ["recipientDomains": ["kept.example"], "comment": "two"]),
                .rule("route", ["recipientDomainIs": ["a.example", "b.example"]]),
            ],
            before: [
                .outbound(
                    "kept",
                    [
                        "recipientDomains": ["kept.example"], "comment": "one",
                        "validationRecipients": ["a@kept.example"],
                    ]
                ),
                .rule("route", ["recipientDomainIs": ["a.example"]]),
                .inbound("gone", ["senderDomains": ["gone.example"]]),
            ]
        )
    }
}
