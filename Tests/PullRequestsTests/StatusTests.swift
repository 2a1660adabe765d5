import Forges
import Foundation
import Planning
import PullRequests
import TLSGate
import Testing

@Suite struct StatusTests {
    /// `context state: text` of each.
    private func lines(_ memory: RequestMemory) -> [String] {
        memory.statuses().map { "\($0.context) \($0.state.rawValue): \($0.text)" }
    }

    private func look(_ facts: RequestFacts, _ result: TenantResult? = nil) -> RequestMemory {
        var memory = RequestMemory(number: 7)
        _ = memory.look(facts, RequestPolicy(), at: .fixture)
        if let result { memory.learn(result, of: .fixture(), state: "s0", at: .fixture) }
        return memory
    }

    private static func planned(
        _ verdict: Verdict? = .pass,
        guards: [Guard] = [],
        changes: [Change] = [.fixture()]
    )
        -> TenantResult
    {
        .planned(
            .fixture(changes: changes, guards: guards),
            judgements: verdict.map { [.fixture("fabrikam", $0)] } ?? []
        )
    }

    private static let fork = "From a fork: someone who may write here has to comment mitregate plan."
    private static let update = "0 to create, 1 to update, 0 to delete."

    /// What was found, and the three statuses of the request.
    private static let rows: [(name: String, facts: RequestFacts, result: TenantResult?, lines: [String])] = [
        (
            "nothing looked at yet", .fixture(), nil,
            [
                "pending: contoso: Not looked at yet.", "pending: contoso: Not looked at yet.",
                "pending: contoso: Not looked at yet.",
            ]
        ),
        (
            "no definitions changed", .fixture(trees: []), nil,
            [
                "success: No tenant's definitions changed.", "success: No tenant's definitions changed.",
                "success: No tenant's definitions changed.",
            ]
        ),
        (
            "a conflict", .fixture(merge: .conflict(files: ["a"])), nil,
            Array(repeating: "failure: conflict with main: merge it into this branch, or rebase.", count: 3)
        ),
        (
            "our own trouble", .fixture(merge: .failed(reason: "The forge is down.", isOurs: true)), nil,
            Array(repeating: "error: The forge is down.", count: 3)
        ),
        (
            "a head that is too large", .fixture(merge: .failed(reason: "The head is over 64 MiB.", isOurs: false)),
            nil,
            Array(repeating: "failure: The head is over 64 MiB.", count: 3)
        ),
        (
            "all is well", .fixture(), planned(),
            [
                "success: contoso: The definitions are valid.", "success: contoso: \(update)",
                "success: contoso: pass: mail will flow.",
            ]
        ),
        (
            "definitions with errors", .fixture(), .invalid(errors: 2, first: "bank.yaml:3:5 spec has no key \"x\""),
            [
                "failure: contoso: 2 errors: bank.yaml:3:5 spec has no key \"x\"",
                "failure: contoso: Not planned: the definitions have errors.",
                "failure: contoso: Not gated: the definitions have errors.",
            ]
        ),
        (
            "a tenant that cannot be read", .fixture(), .unplanned(reason: "the tenant could not be read."),
            [
                "success: contoso: The definitions are valid.",
                "error: contoso: Not planned: the tenant could not be read.",
                "error: contoso: Not planned: the tenant could not be read.",
            ]
        ),
        (
            "a fork", .fixture(.fixture(origin: .fork)), .valid,
            ["success: contoso: The definitions are valid.", "pending: contoso: \(fork)", "pending: contoso: \(fork)"]
        ),
        (
            "a draft", .fixture(.fixture(isDraft: true)), .planned(.fixture(), judgements: nil),
            [
                "success: contoso: The definitions are valid.", "success: contoso: \(update)",
                "pending: contoso: A draft is not gated: its author has to mark it as ready for review.",
            ]
        ),
        (
            "a guard", .fixture(), planned(guards: [Guard(id: "change-limit", message: "…")]),
            [
                "success: contoso: The definitions are valid.", "failure: contoso: Held: change-limit.",
                "success: contoso: pass: mail will flow.",
            ]
        ),
        (
            "a freeze, which ends by itself", .fixture(), planned(guards: [Guard(id: "freeze", message: "…")]),
            [
                "success: contoso: The definitions are valid.",
                "success: contoso: \(update) Waits after the merge: freeze.", "success: contoso: pass: mail will flow.",
            ]
        ),
        (
            "the gate blocks", .fixture(), planned(.block),
            [
                "success: contoso: The definitions are valid.", "success: contoso: \(update)",
                "failure: contoso: Blocked: mail would not flow: fabrikam.",
            ]
        ),
        (
            "the gate could not judge", .fixture(), planned(.hold),
            [
                "success: contoso: The definitions are valid.", "success: contoso: \(update)",
                "failure: contoso: Held: it could not be judged now, and is tried again: fabrikam.",
            ]
        ),
        (
            "nothing to judge", .fixture(), planned(nil),
            [
                "success: contoso: The definitions are valid.", "success: contoso: \(update)",
                "success: contoso: Nothing to judge.",
            ]
        ),
        (
            "no changes", .fixture(), planned(nil, changes: []),
            [
                "success: contoso: The definitions are valid.", "success: contoso: No changes to the tenant.",
                "success: contoso: Nothing to judge.",
            ]
        ),
    ]

    @Test(arguments: rows.indices)
    func `every request has the three statuses, and they say why`(index: Int) {
        let row = Self.rows[index]
        let statuses = look(row.facts, row.result).statuses()
        let whole = statuses.filter { RequestCheck.allCases.map(\.context).contains($0.context) }
        #expect(whole.map(\.context) == ["mitregate/validate", "mitregate/plan", "mitregate/gate"])
        #expect(whole.map { "\($0.state.rawValue): \($0.text)" } == row.lines, "\(row.name)")
        for status in statuses where status.context.contains(": ") {
            #expect(status.context.hasSuffix(": contoso"))
            #expect(!status.text.contains("contoso"))
        }
    }

    private func several(_ count: Int, blocked: Set<Int> = []) -> RequestMemory {
        let trees = (0..<count).map { TenantTrees.fixture("tenant-\($0 + 10)") }
        var memory = RequestMemory(number: 7)
        _ = memory.look(.fixture(trees: trees), RequestPolicy(), at: .fixture)
        for (number, tree) in trees.enumerated() {
            let verdict: Verdict = blocked.contains(number) ? .block : .pass
            memory.learn(
                .planned(.fixture(tree.tenant), judgements: [.fixture("fabrikam", verdict)]),
                of: tree,
                at: .fixture
            )
        }
        return memory
    }

    @Test func `up to twenty tenants have statuses of their own`() {
        #expect(several(20).statuses().count == 63)
        #expect(several(21).statuses().count == 3)
    }

    @Test func `several tenants come to the worst of them, with their names`() {
        #expect(
            lines(several(3, blocked: [1])).first { $0.hasPrefix("mitregate/gate ") }
                == "mitregate/gate failure: tenant-11: Blocked: mail would not flow: fabrikam."
        )
        #expect(
            lines(several(3)).first { $0.hasPrefix("mitregate/plan ") }
                == "mitregate/plan success: 3 tenants: 3 changes."
        )
    }

    @Test func `no text is longer than 140 characters, whatever it quotes`() {
        let long = String(repeating: "x\u{301}", count: 10_000)
        // A character may be many scalars, and forges count those.
        let dense = String(repeating: "x\u{301}\u{302}", count: 100)
        for memory in [
            look(.fixture(), .unplanned(reason: dense)),
            look(.fixture(), .invalid(errors: 1, first: long)), look(.fixture(), .unplanned(reason: long)),
            look(.fixture(merge: .failed(reason: long, isOurs: true))), several(300, blocked: Set(0..<300)),
            look(.fixture(), Self.planned(guards: (0..<50).map { Guard(id: "\($0)\(long)", message: "") })),
        ] {
            for status in memory.statuses() { #expect(status.text.unicodeScalars.count <= 140) }
        }
    }

    @Test func `no text names the request, the commit or a time, so that the same again is the same`() {
        let first = look(.fixture(), Self.planned())
        var other = RequestMemory(number: 8)
        _ = other.look(.fixture(.fixture(8, head: "b"), base: "1"), RequestPolicy(), at: .fixture.after(9_999))
        other.learn(Self.planned(), of: .fixture(), at: .fixture.after(10_000))
        #expect(first.statuses() == other.statuses())
    }

    @Test func `a status that would change nothing is not sent again, and a new head has none`() {
        var memory = look(.fixture(), Self.planned())
        #expect(memory.unsent(memory.statuses()).count == 6)
        for status in memory.statuses() { memory.sent(status) }
        #expect(memory.unsent(memory.statuses()).isEmpty)
        memory.learn(Self.planned(.block), of: .fixture(), state: "s0", at: .fixture.after(60))
        #expect(memory.unsent(memory.statuses()).map(\.context) == ["mitregate/gate", "mitregate/gate: contoso"])
        _ = memory.look(.fixture(.fixture(head: "b")), RequestPolicy(), at: .fixture.after(70))
        #expect(memory.unsent(memory.statuses()).count == 6)
    }

    @Test func `what a status says of a tenant that is no longer touched is taken back`() {
        var memory = look(.fixture(), Self.planned(.block))
        for status in memory.statuses() { memory.sent(status) }
        _ = memory.look(.fixture(base: "1", trees: []), RequestPolicy(), at: .fixture.after(60))
        let unsent = memory.unsent(memory.statuses())
        #expect(unsent.count == 6)
        #expect(unsent.allSatisfy { $0.state == .success && $0.text == "No tenant's definitions changed." })
    }

    private static let troubles: [(facts: RequestFacts, result: TenantResult?)] = [
        (.fixture(), .unplanned(reason: "https://secret.example said no.")),
        (.fixture(), .invalid(errors: 1, first: "https://secret.example said no.")),
        (.fixture(merge: .failed(reason: "https://secret.example said no.", isOurs: true)), nil),
        (.fixture(merge: .failed(reason: "https://secret.example said no.", isOurs: false)), nil),
    ]

    @Test(arguments: troubles.indices)
    func `where anybody may read them the statuses do not say what went wrong on our side`(index: Int) {
        let row = Self.troubles[index]
        let memory = look(row.facts, row.result)
        #expect(memory.statuses().contains { $0.text.contains("secret.example") })
        #expect(memory.statuses(isSummary: true).allSatisfy { !$0.text.contains("secret") && !$0.text.isEmpty })
    }

    @Test func `a commit of a merge queue that is not what was reviewed fails its plan`() {
        let memory = look(.fixture(), Self.planned())
        let verdict = ReviewCheck.judge(.fixture(), judgements: nil, requests: [], policy: RequestPolicy())
        let plan = memory.statuses(review: [verdict]).first { $0.context == "mitregate/plan" }
        #expect(plan?.state == .failure)
        #expect(plan?.text == "contoso: Held: differs from what was reviewed (OutboundConnector/fabrikam).")
    }
}
