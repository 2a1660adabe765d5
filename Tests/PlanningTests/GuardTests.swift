import Connectors
import FoundationEssentials
import Planning
import Testing

/// What holds a plan back.
struct GuardTests {
    private let plain = DesiredConnector.outbound()

    @Test func `more changes than the limit are held`() {
        let desired = (0..<3).map { DesiredConnector.outbound("c\($0)") }
        #expect(planned(desired, policy: TenantPolicy(limits: .init(changes: 2))).guardIDs == ["change-limit"])
        #expect(planned(desired, policy: TenantPolicy(limits: .init(changes: 3))).guardIDs == [])
    }

    @Test(arguments: [
        (TenantPolicy.Prune.delete, ["source-shrunk", "delete-limit"]), (.orphan, ["source-shrunk"]),
    ])
    func `a shrunken source is held, whatever it would do`(_ prune: TenantPolicy.Prune, _ guards: [String]) {
        let lost = (0..<3).map { DesiredConnector.outbound("c\($0)", ["tlsSettings": .none]) }
        let plan = planned(
            [plain],
            (lost + [plain]).map { $0.observed() },
            (lost + [plain]).map { $0.applied() },
            policy: TenantPolicy(prune: prune)
        )
        #expect(plan.guardIDs == guards)
    }

    @Test func `an emptied tenant is held until a person applies`() {
        let lost = (0..<3).map { DesiredConnector.outbound("c\($0)") }
        let policy = TenantPolicy(drift: .correct)
        let plan = planned(lost, [], lost.map { $0.applied() }, policy: policy)
        #expect(plan.guardIDs == ["tenant-shrunken"])
        #expect(plan.guards.first?.holdsUnattendedOnly == true)
        let two = Array(lost.prefix(2))
        #expect(planned(two, [], two.map { $0.applied() }, policy: policy).guardIDs == [])
    }

    @Test func `a cost protects no domain less`() {
        let wanted = DesiredConnector.inbound(["senderDomains": ["litware.example"]])
        let seen = DesiredConnector.inbound(["senderDomains": ["smtp:litware.example;5"]])
        let plan = planned([wanted], [seen.observed()], [seen.applied()])
        #expect(plan.changes.first?.risks.map(\.id) == [])
        #expect(plan.guardIDs == [])
    }

    @Test func `an empty source is held, not obeyed`() {
        let plan = planned(
            [],
            [plain.observed()],
            [plain.annotated(approved).applied()],
            policy: TenantPolicy(prune: .delete)
        )
        #expect(plan.guardIDs == ["source-empty"])
    }

    @Test func `a quarantined commit is held, the next one is not`() {
        let quarantine = Quarantine(
            tenant: "contoso",
            revision: revision,
            run: "run-1",
            reason: "step 3 failed",
            since: now
        )
        #expect(planned([plain], quarantine: quarantine).guardIDs == ["quarantined-revision"])
        #expect(planned([plain], quarantine: quarantine, revision: String(repeating: "b", count: 40)).guardIDs == [])
        #expect(planned([plain], [plain.observed()], [plain.applied()], quarantine: quarantine).guardIDs == [])
    }

    @Test func `what was rolled back stays held when another tenant's commit moves the branch`() {
        let quarantine = Quarantine(tenant: "contoso", revision: revision, run: "run-1", reason: "x", since: now)
        var input = PlanInput(
            tenant: "contoso",
            revision: String(repeating: "b", count: 40),
            tree: "folder",
            desired: DesiredTenant(connectors: [plain]),
            observed: ObservedTenant(connectors: [], readAt: now),
            quarantine: quarantine,
            quarantinedTree: "folder",
            now: now
        )
        let held = Planner.plan(input)
        #expect(held.guardIDs == ["quarantined-revision"])
        #expect(held.guards.first?.message.contains("Commit \(revision.prefix(12)) was rolled back") == true)
        input.quarantinedTree = "another folder"
        #expect(Planner.plan(input).guardIDs == [])
        input.quarantinedTree = nil
        #expect(Planner.plan(input).guardIDs == [])
        (input.tree, input.quarantinedTree) = ("", "")
        #expect(Planner.plan(input).guardIDs == [], "a working tree has no id")
    }

    @Test func `a quarantine names the request that takes its commit back`() {
        var quarantine = Quarantine(tenant: "contoso", revision: revision, run: "run-1", reason: "x", since: now)
        #expect(planned([plain], quarantine: quarantine).guards.first?.message.contains("Request") == false)
        quarantine.request = "#12"
        let message = planned([plain], quarantine: quarantine).guards.first?.message ?? ""
        #expect(
            message.contains(
                "Request #12 takes it back in git: merge it, or commit a correction, or run mitregate retry"
            )
        )
    }

    private static let weak: Settings = ["tlsSettings": "EncryptionOnly"]

    @Test func `what git takes over of the tenant needs the approval that writing it would need`() {
        let weak = DesiredConnector.outbound(Self.weak)
        let held = planned([weak], [weak.observed()], [plain.applied()])
        #expect(held.changes.isEmpty && held.guardIDs == ["approval-missing"])
        let message = held.guards.first?.message ?? ""
        #expect(
            message.contains("takes over what was changed in the tenant")
                && message.contains("mitregate.dev/accept-risk")
        )
        #expect(!held.records.isEmpty, "it is remembered once it is approved")

        #expect(planned([weak.annotated(approved)], [weak.observed()], [plain.applied()]).guardIDs == [])
    }

    @Test
    func `what git takes over and weakens nothing needs none, nor what was never managed, accepted, or applied so`() {
        let weak = DesiredConnector.outbound(Self.weak)
        let noted = DesiredConnector.outbound(["comment": "hers"])
        #expect(planned([noted], [noted.observed()], [plain.applied()]).guardIDs == [])
        #expect(planned([plain], [plain.observed()], [weak.applied()]).guardIDs == [], "it is stricter than it was")
        #expect(planned([weak], [weak.observed()]).guardIDs == [], "it is adopted as it is")
        #expect(planned([weak], [weak.observed()], [weak.applied()]).guardIDs == [])
        let accepted = AcceptedDrift(
            name: "weaker",
            connector: plain.key,
            field: "tlsSettings",
            value: "EncryptionOnly",
            owner: "ops",
            reason: "their server",
            until: now.addingTimeInterval(86_400),
            source: SourcePosition(file: "a.yaml", line: 1, column: 1)
        )
        let kept = planned([plain], [weak.observed()], [plain.applied()], accepted: [accepted])
        #expect(kept.guardIDs == [], "git does not say it")
    }

    @Test func `a weakening needs its approval in the document`() {
        let weak = DesiredConnector.outbound(["tlsSettings": "EncryptionOnly"])
        let held = planned([weak], [plain.observed()], [plain.applied()])
        #expect(
            held.guards == [
                Guard(
                    id: "approval-missing",
                    message: """
                        OutboundConnector/fabrikam weakens security (tls-level-lowered). If that is wanted, add the line \
                        mitregate.dev/accept-risk: "<reason>" under metadata.annotations of the document at fabrikam.yaml:3.
                        """
                )
            ]
        )
        let approvedPlan = planned([weak.annotated(approved)], [plain.observed()], [plain.applied()])
        #expect(approvedPlan.guards == [])
        #expect(approvedPlan.changes.first?.acceptedRisk == "agreed with the partner")
        #expect(
            planned([weak.annotated([Annotation.acceptRisk: " "])], [plain.observed()]).guardIDs == ["approval-missing"]
        )
    }

    @Test func `deleting forced TLS was approved before its document went`() {
        let other = DesiredConnector.inbound()
        func guards(_ applied: AppliedConnector) -> [String] {
            planned(
                [other],
                [plain.observed(), other.observed()],
                [applied, other.applied()],
                policy: TenantPolicy(prune: .delete)
            ).guardIDs
        }
        #expect(guards(plain.applied()) == ["approval-missing"])
        #expect(guards(plain.annotated(approved).applied()) == [])
    }

    @Test func `proposals hold only what no person looks at`() {
        let drifted = plain.observed(["tlsSettings": .none])
        let plan = planned(
            [plain],
            [drifted],
            [plain.applied()],
            policy: TenantPolicy(changes: .propose, drift: .propose)
        )
        #expect(plan.outline == ["update OutboundConnector/fabrikam drift tlsSettings"])
        #expect(plan.guardIDs == ["drift-proposed", "changes-proposed"])
        let lifted = plan.guards.filter(\.holdsUnattendedOnly)
        #expect(lifted.count == 2)
        // What someone deleted is no other drift than what someone changed.
        let gone = planned([plain], [], [plain.applied()], policy: TenantPolicy(drift: .propose))
        #expect(gone.outline == ["create OutboundConnector/fabrikam drift recipientDomains tlsSettings"])
        #expect(gone.guardIDs == ["drift-proposed"])
    }

    @Test func `a person's word lifts what only asks for a person, and no freeze`() {
        let lifted = Guard.ID.allCases.filter { Guard(id: $0.rawValue, message: "").holdsUnattendedOnly }
        #expect(Set(lifted) == [.changesProposed, .driftProposed, .tenantShrunken, .notReviewed])
    }

    @Test func `guards of other rooms come first`() {
        let foreign = Guard(id: "source-rewritten", message: "the branch was rewritten")
        let quarantine = Quarantine(tenant: "contoso", revision: revision, run: "r", reason: "x", since: now)
        #expect(
            planned([plain], quarantine: quarantine, guards: [foreign]).guardIDs == [
                "source-rewritten", "quarantined-revision",
            ]
        )
    }

    struct Freeze: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var cron: String
        var hours: Double
        var zone = "UTC"
        var at: String
        /// The instant until which nothing is applied, or nothing.
        var until: String?
    }

    static let freezes: [Freeze] = [
        Freeze(
            testDescription: "a week-end begins",
            cron: "0 18 * * FRI",
            hours: 62,
            zone: "Europe/Zurich",
            at: "2026-11-20T17:00:00Z",
            until: "2026-11-23T07:00:00Z"
        ),
        Freeze(
            testDescription: "a minute before it begins",
            cron: "0 18 * * FRI",
            hours: 62,
            zone: "Europe/Zurich",
            at: "2026-11-20T16:59:59Z"
        ),
        Freeze(
            testDescription: "a week-end ends",
            cron: "0 18 * * FRI",
            hours: 62,
            zone: "Europe/Zurich",
            at: "2026-11-23T06:59:59Z",
            until: "2026-11-23T07:00:00Z"
        ),
        Freeze(
            testDescription: "a second after it ended",
            cron: "0 18 * * 5",
            hours: 62,
            zone: "Europe/Zurich",
            at: "2026-11-23T07:00:00Z"
        ),
        Freeze(
            testDescription: "local time follows the summer",
            cron: "0 18 * * FRI",
            hours: 1,
            zone: "Europe/Zurich",
            at: "2026-07-17T16:30:00Z",
            until: "2026-07-17T17:00:00Z"
        ),
        Freeze(
            testDescription: "an hour that is skipped begins at the skip",
            cron: "30 2 29 3 *",
            hours: 1,
            zone: "Europe/Zurich",
            at: "2026-03-29T01:30:00Z",
            until: "2026-03-29T02:00:00Z"
        ),
        Freeze(
            testDescription: "an hour that comes twice begins the first time",
            cron: "30 2 25 10 *",
            hours: 1,
            zone: "Europe/Zurich",
            at: "2026-10-25T00:45:00Z",
            until: "2026-10-25T01:30:00Z"
        ),
        Freeze(
            testDescription: "and not the second time",
            cron: "30 2 25 10 *",
            hours: 1,
            zone: "Europe/Zurich",
            at: "2026-10-25T01:45:00Z"
        ),
        Freeze(
            testDescription: "a day without an hour is a day",
            cron: "0 0 * * *",
            hours: 24,
            zone: "America/Sao_Paulo",
            at: "2026-11-20T12:00:00Z",
            until: "2036-11-20T12:00:00Z"
        ),
        Freeze(
            testDescription: "names, ranges and steps",
            cron: "*/15 8-10 * DEC MON-FRI",
            hours: 0.25,
            at: "2026-12-01T10:59:00Z",
            until: "2026-12-01T11:00:00Z"
        ),
        Freeze(
            testDescription: "either day is enough where both are restricted",
            cron: "0 0 24 12 SUN",
            hours: 24,
            at: "2026-12-24T10:00:00Z",
            until: "2026-12-25T00:00:00Z"
        ),
        Freeze(
            testDescription: "7 is Sunday too, and so is the end of a range",
            cron: "0 0 * * FRI-SUN",
            hours: 1,
            at: "2026-11-22T00:30:00Z",
            until: "2026-11-22T01:00:00Z"
        ),
        Freeze(
            testDescription: "a leap day",
            cron: "0 0 29 2 *",
            hours: 24,
            at: "2028-02-29T10:00:00Z",
            until: "2028-03-01T00:00:00Z"
        ),
        Freeze(
            testDescription: "the turn of the year, begun last year",
            cron: "0 12 20 DEC *",
            hours: 500,
            at: "2027-01-05T00:00:00Z",
            until: "2027-01-10T08:00:00Z"
        ),
        Freeze(
            testDescription: "half an hour west",
            cron: "0 9 * * *",
            hours: 1,
            zone: "America/St_Johns",
            at: "2026-11-20T12:45:00Z",
            until: "2026-11-20T13:30:00Z"
        ),
    ]

    @Test(arguments: freezes) func `a freeze holds, and says until when`(_ row: Freeze) throws {
        let policy = TenantPolicy(
            freezes: [.init(cron: row.cron, durationSeconds: Int(row.hours * 3_600), timeZone: row.zone)]
        )
        let plan = planned([plain], policy: policy, at: try #require(Timestamp.instant(row.at)))
        if let until = row.until {
            #expect(plan.guardIDs == ["freeze"])
            #expect(
                plan.guards.first?.message.hasPrefix("Nothing is applied until \(until): ") == true,
                "\(plan.guards)"
            )
        } else {
            #expect(plan.guards == [])
        }
    }

    @Test(arguments: [
        ("0 18 * *", "UTC", "\"0 18 * *\" is not a valid schedule: it has 4 fields"),
        ("60 18 * * *", "UTC", "its minute must list numbers from 0 to 59"),
        ("0 18 * * FRI", "Europe/Zürich", "the time zone \"Europe/Zürich\" is not known here"),
    ])
    func `a freeze that cannot be read holds`(_ cron: String, _ zone: String, _ reason: String) {
        let policy = TenantPolicy(freezes: [.init(cron: cron, durationSeconds: 3_600, timeZone: zone)])
        let plan = planned([plain], policy: policy)
        #expect(plan.guardIDs == ["freeze"])
        #expect(plan.guards.first?.message.contains(reason) == true, "\(plan.guards)")
    }

    @Test func `the longest freeze is named`() {
        let policy = TenantPolicy(freezes: [
            .init(cron: "0 11 * * *", durationSeconds: 3_600, timeZone: "UTC"),
            .init(cron: "0 11 * * *", durationSeconds: 7_200, timeZone: "UTC"),
        ])
        #expect(planned([plain], policy: policy).guards.first?.message.contains("2026-11-18T13:00:00Z") == true)
    }
}
