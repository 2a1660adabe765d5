import Connectors
import Foundation
import Planning
import Testing

/// What runs ahead of git, and how the branch's plan takes it.
@Suite struct AheadTests {
    private static let key = ConnectorKey(kind: .inboundConnector, name: "fabrikam")

    private static func settings(_ note: String) -> Settings {
        [
            "connectorType": "Partner", "senderDomains": .list(["fabrikam.example"]), "requireTls": .boolean(true),
            "comment": .text(note),
        ]
    }

    private static func desired(_ note: String, name: String = "fabrikam") -> DesiredConnector {
        DesiredConnector(
            key: ConnectorKey(kind: .inboundConnector, name: name),
            displayName: "From fabrikam",
            settings: settings(note),
            source: SourcePosition(file: "fabrikam.yaml", line: 1)
        )
    }

    private static func applied(_ note: String, name: String = "fabrikam") -> AppliedConnector {
        AppliedConnector(
            key: ConnectorKey(kind: .inboundConnector, name: name),
            guid: "11111111-1111-1111-1111-111111111111",
            displayName: "From fabrikam",
            settings: settings(note),
            revision: "c",
            run: "R",
            at: .distantPast
        )
    }

    private static func run(_ git: String?, _ before: String?) -> AheadRun {
        AheadRun(
            tenant: "contoso",
            run: "R1",
            source: "mail-flow",
            request: 7,
            page: "",
            head: "a",
            base: "0",
            by: "alice",
            at: .distantPast,
            connectors: [
                AheadConnector(
                    key: key,
                    git: git.map { .init(desired($0)) },
                    before: before.map { .init(applied($0)) }
                )
            ]
        )
    }

    struct Row: Sendable, CustomTestStringConvertible {
        var testDescription: String
        /// What git said, and what had been applied, when it was applied before its merge.
        var then: (git: String?, applied: String?)
        var now: (git: String?, applied: String?)
        var isAhead: Bool
    }

    @Test(arguments: [
        Row(testDescription: "an update is ahead", then: ("a", "a"), now: ("a", "h"), isAhead: true),
        Row(testDescription: "a create is ahead", then: (nil, nil), now: (nil, "h"), isAhead: true),
        Row(testDescription: "a delete is ahead", then: ("a", "a"), now: ("a", nil), isAhead: true),
        Row(testDescription: "once merged it is not", then: ("a", "a"), now: ("h", "h"), isAhead: false),
        Row(testDescription: "a created one, once merged, is not", then: (nil, nil), now: ("h", "h"), isAhead: false),
        Row(testDescription: "a deleted one, once merged, is not", then: ("a", "a"), now: (nil, nil), isAhead: false),
        Row(
            testDescription: "where git says something else, git decides",
            then: ("a", "a"),
            now: ("b", "h"),
            isAhead: false
        ),
        Row(testDescription: "what was taken back is not", then: ("a", "a"), now: ("a", "a"), isAhead: false),
        Row(testDescription: "what was not written is not", then: ("a", "z"), now: ("a", "z"), isAhead: false),
        Row(
            testDescription: "what was written is, whatever was open",
            then: ("a", "z"),
            now: ("a", "h"),
            isAhead: true
        ),
        Row(testDescription: "what came to what git says is not", then: ("a", "z"), now: ("a", "a"), isAhead: false),
    ])
    func `a connector is ahead while git still says what it said and the write stands`(row: Row) {
        let run = Self.run(row.then.git, row.then.applied)
        let desired = DesiredTenant(connectors: row.now.git.map { [Self.desired($0)] } ?? [])
        let applied = AppliedTenant(connectors: row.now.applied.map { [Self.applied($0)] } ?? [])
        #expect(run.leading(desired, applied) == (row.isAhead ? [Self.key] : []))
    }

    @Test func `how a value is written makes no other word of git`() {
        let run = Self.run("a", "a")
        var rewritten = Self.desired("a")
        rewritten.settings["senderDomains"] = .list(["FABRIKAM.example"])
        let applied = AppliedTenant(connectors: [Self.applied("h")])
        #expect(run.leading(DesiredTenant(connectors: [rewritten]), applied) == [Self.key])
    }

    private func plan(
        desired: DesiredTenant,
        applied: AppliedTenant,
        observed note: String?,
        policy: TenantPolicy = TenantPolicy(prune: .delete)
    ) -> Plan {
        let seen = note.map { note in
            [
                ObservedConnector(
                    kind: .inboundConnector,
                    guid: "11111111-1111-1111-1111-111111111111",
                    displayName: "From fabrikam",
                    settings: Self.settings(note)
                )
            ]
        }
        return Planner.plan(
            PlanInput(
                tenant: "contoso",
                revision: String(repeating: "c", count: 40),
                desired: desired,
                observed: ObservedTenant(connectors: seen ?? [], readAt: .distantPast),
                applied: applied,
                policy: policy,
                now: .distantPast
            )
        )
    }

    @Test(arguments: [("a", "h"), (nil, "h"), ("a", nil)] as [(String?, String?)])
    func `the branch's plan leaves what is ahead as it is`(git: String?, ahead: String?) {
        let desired = DesiredTenant(connectors: git.map { [Self.desired($0)] } ?? [])
        let applied = AppliedTenant(connectors: ahead.map { [Self.applied($0)] } ?? [])
        let undone = plan(desired: desired, applied: applied, observed: ahead)
        #expect(undone.changes.count == 1, "without the rule it would be undone")
        let left = plan(desired: desired.completed(by: applied, for: [Self.key]), applied: applied, observed: ahead)
        #expect(left.changes.isEmpty && left.guards.isEmpty && left.records.isEmpty && left.drift.isEmpty, "\(left)")
    }

    @Test func `what deviates from what is ahead is drift`() {
        let desired = DesiredTenant(connectors: [Self.desired("a")])
        let applied = AppliedTenant(connectors: [Self.applied("h")])
        let completed = desired.completed(by: applied, for: [Self.key])
        let plan = plan(desired: completed, applied: applied, observed: "by hand")
        #expect(plan.changes.isEmpty)
        #expect(plan.drift.map(\.key) == [Self.key])
        let correcting = self.plan(
            desired: completed,
            applied: applied,
            observed: "by hand",
            policy: TenantPolicy(drift: .correct)
        )
        #expect(correcting.changes.first?.cause == .drift)
        #expect(correcting.changes.first?.fields.first?.after == .text("h"), "it is put back to what was applied")
    }

    @Test func `a run keeps what git said of all that it writes, under the slug that was given up as well`() {
        var change = Change(
            action: .update,
            kind: .inboundConnector,
            name: "renamed",
            displayName: "From fabrikam",
            fields: []
        )
        change.formerName = "fabrikam"
        let git = DesiredTenant(connectors: [Self.desired("a")])
        let before = AppliedTenant(connectors: [Self.applied("a")])
        var plan = plan(desired: git, applied: before, observed: "a")
        plan.changes = [change]
        let run = Self.run(nil, nil).writing(plan, over: git, before)
        #expect(run.connectors.map(\.key.name) == ["fabrikam", "renamed"])
        let now = AppliedTenant(connectors: [Self.applied("a", name: "renamed")])
        #expect(run.leading(git, now).map(\.name) == ["fabrikam", "renamed"])
        let left = self.plan(
            desired: git.completed(by: now, for: Set(run.leading(git, now))),
            applied: now,
            observed: "a"
        )
        #expect(left.changes.isEmpty && left.records.isEmpty)
    }

    @Test func `another connector of the tenant is planned as ever`() {
        let other = DesiredConnector(
            key: ConnectorKey(kind: .inboundConnector, name: "other"),
            displayName: "Other",
            settings: Self.settings("new"),
            source: SourcePosition(file: "other.yaml", line: 1)
        )
        let desired = DesiredTenant(connectors: [Self.desired("a"), other])
        let applied = AppliedTenant(connectors: [Self.applied("h")])
        let plan = plan(desired: desired.completed(by: applied, for: [Self.key]), applied: applied, observed: "h")
        #expect(plan.changes.map(\.key.name) == ["other"])
    }

    @Test func `a rule leads mail where git says, though another connector's name is the slug that it names`() throws {
        let outbound = ["archive": "Archive (journal)", "other": "archive"].map { slug, name in
            DesiredConnector(
                key: ConnectorKey(kind: .outboundConnector, name: slug),
                displayName: name,
                settings: ["recipientDomains": .list(["fabrikam.example"])],
                source: SourcePosition(file: "outbound.yaml", line: 1)
            )
        }
        let rule = DesiredConnector(
            key: ConnectorKey(kind: .transportRule, name: "courts"),
            displayName: "Courts",
            settings: ["routeMessageOutboundConnector": "other"],
            source: SourcePosition(file: "courts.yaml", line: 1)
        )
        let desired = DesiredTenant(connectors: [Self.desired("a"), rule] + outbound)
        let completed = desired.completed(by: AppliedTenant(connectors: [Self.applied("h")]), for: [Self.key])
        #expect(completed.connectors.first { $0.key == rule.key }?.settings == rule.settings)
    }
}
