import Connectors
import Forges
import Foundation
import Planning
import PullRequests
import TLSGate
import Testing

/// Whether `mitregate apply` is done, as far as that can be told without a tenant.
@Suite struct ApplyRulingTests {
    static let approved = Date.fixture.after(60)
    static let commented = Date.fixture.after(120)

    /// A request that is shown, and approved by another person.
    static func memory(
        plan: Plan = .fixture(),
        judgements: [Judgement]? = [.fixture()],
        reviews: [Review] = [.approval(.alice)],
        circle: ReviewCircle = .fixture()
    ) -> RequestMemory {
        var memory = RequestMemory.shown(plan: plan, judgements: judgements)
        memory.saw(reviews, in: circle, askedAt: .fixture.after(70))
        return memory
    }

    static func comment(created: Date = commented, by person: Person = .author) -> Forges.Comment {
        Forges.Comment(
            id: CommentID(rawValue: "21"),
            number: 7,
            author: person,
            text: "mitregate apply",
            created: created,
            updated: created
        )
    }

    static func terms(
        _ change: (inout ApplyTerms) -> Void = { _ in }
    ) -> ApplyTerms {
        var terms = ApplyTerms(
            request: .fixture(),
            objectors: [],
            tip: String(repeating: "0", count: 40),
            policy: RequestPolicy(appliesByComment: true)
        )
        change(&terms)
        return terms
    }

    static func ask(_ state: TenantOutcome.State = .waiting, head: Character = "a") -> ApplyAsk {
        let outcome = TenantOutcome(tenant: "contoso", state: state, run: "R1", at: commented)
        let asked = AskedTenant(
            changesDigest: Plan.fixture().changesDigest,
            verdict: .pass,
            run: "R1",
            outcome: outcome
        )
        return ApplyAsk(
            comment: "21",
            login: "author",
            head: String(repeating: head, count: 40),
            base: String(repeating: "0", count: 40),
            at: commented,
            tenants: ["contoso": asked]
        )
    }

    private func reason(_ ruling: ApplyRuling) -> String? {
        guard case .refuse(let reason) = ruling else { return nil }
        return reason
    }

    @Test func `what is shown, approved and up to date is applied as it is shown`() {
        let ruling = Self.memory().applyRuling(on: Self.comment(), terms: Self.terms())
        let expected = TenantToApply(
            tenant: "contoso",
            changesDigest: Plan.fixture().changesDigest,
            verdict: .pass
        )
        #expect(ruling == .apply([expected]))
    }

    struct Row: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var reason: String
        var memory: @Sendable () -> RequestMemory = { ApplyRulingTests.memory() }
        var terms: @Sendable () -> ApplyTerms = { ApplyRulingTests.terms() }
        var created = ApplyRulingTests.commented
    }

    private static func standing(_ facts: RequestFacts) -> @Sendable () -> RequestMemory {
        {
            var memory = ApplyRulingTests.memory()
            _ = memory.look(facts, RequestPolicy(), at: .fixture.after(80))
            return memory
        }
    }

    private static let hold = Guard(id: Guard.ID.approvalMissing.rawValue, message: "")
    private static let freeze = Guard(id: Guard.ID.freeze.rawValue, message: "")

    @Test(arguments: [
        Row(testDescription: "closed", reason: "not open", terms: { terms { $0.request.state = .closed } }),
        Row(
            testDescription: "another head",
            reason: "head has moved",
            terms: { terms { $0.request = .fixture(head: "b") } }
        ),
        Row(testDescription: "a fork", reason: "fork", terms: { terms { $0.request = .fixture(origin: .fork) } }),
        Row(
            testDescription: "a fork that is gone",
            reason: "fork",
            terms: { terms { $0.request = .fixture(origin: .gone) } }
        ),
        Row(testDescription: "a draft", reason: "draft", terms: { terms { $0.request = .fixture(isDraft: true) } }),
        Row(
            testDescription: "another branch",
            reason: "another branch",
            terms: { terms { $0.request.base.branch = "next" } }
        ),
        Row(testDescription: "another tip", reason: "branch has moved", terms: { terms { $0.tip = "f" } }),
        Row(testDescription: "a tip that is not known", reason: "branch has moved", terms: { terms { $0.tip = "" } }),
        Row(
            testDescription: "behind",
            reason: "lacks",
            memory: standing(.fixture(merge: .merged(MergedTrees(tenants: [.fixture(merged: "ta")], behind: 2))))
        ),
        Row(
            testDescription: "a conflict",
            reason: "conflict",
            memory: standing(.fixture(merge: .conflict(files: ["a"])))
        ),
        Row(
            testDescription: "a head that cannot be fetched",
            reason: "was not planned",
            memory: standing(.fixture(merge: .failed(reason: "", isOurs: true)))
        ),
        Row(
            testDescription: "reviews that are not all known",
            reason: "not be read in full",
            terms: { terms { $0.request.reviewsAreComplete = false } }
        ),
        Row(testDescription: "an objection", reason: "asks for changes", terms: { terms { $0.objectors = [.bob] } }),
        Row(testDescription: "no canary", reason: "canary", terms: { terms { $0.canaries = ["lab"] } }),
        Row(
            testDescription: "a hold",
            reason: "contoso is suspended.",
            terms: { terms { $0.holds = ["contoso": "is suspended."] } }
        ),
        Row(
            testDescription: "a guard",
            reason: "held: approval-missing",
            memory: { memory(plan: .fixture(guards: [hold])) }
        ),
        Row(testDescription: "a freeze", reason: "held: freeze", memory: { memory(plan: .fixture(guards: [freeze])) }),
        Row(
            testDescription: "the gate wants a person",
            reason: "gate says approve",
            memory: { memory(judgements: [.fixture("fabrikam", .approve)]) }
        ),
        Row(
            testDescription: "the gate blocks",
            reason: "gate says block",
            memory: { memory(judgements: [.fixture("fabrikam", .block)]) }
        ),
        Row(testDescription: "the gate was not asked", reason: "nothing yet", memory: { memory(judgements: nil) }),
        Row(testDescription: "no approval", reason: "0 of 1 approvals", memory: { memory(reviews: []) }),
        Row(
            testDescription: "the author's own approval",
            reason: "0 of 1 approvals",
            memory: { memory(reviews: [.approval(.author)]) }
        ),
        Row(
            testDescription: "a committer's approval",
            reason: "0 of 1 approvals",
            memory: { memory(circle: .fixture(committers: [Committer(name: "alice", email: "alice@contoso.example")])) }
        ),
        Row(
            testDescription: "committers who are not known",
            reason: "0 of 1 approvals",
            memory: { memory(circle: .fixture(committers: nil)) }
        ),
        Row(
            testDescription: "too few approvals",
            reason: "1 of 2 approvals",
            terms: { terms { $0.policy.approvals = 2 } }
        ),
        Row(testDescription: "a comment before the showing", reason: "newer than", created: .fixture.after(-1)),
        Row(
            testDescription: "something else is planned than is shown",
            reason: "not shown yet",
            memory: {
                var memory = ApplyRulingTests.memory()
                let other = Plan.fixture(changes: [.fixture(after: "EncryptionOnly")])
                memory.learn(
                    .planned(other, judgements: [.fixture()]),
                    of: memory.touched[0],
                    at: .fixture.after(80)
                )
                return memory
            }
        ),
        Row(
            testDescription: "a change for which there was no room",
            reason: "fit into the comment",
            memory: {
                var memory = ApplyRulingTests.memory()
                let digest = Change.fixture().digest
                memory.shown(["contoso"], without: ["contoso": [digest]], at: .fixture.after(80))
                return memory
            }
        ),
        Row(
            testDescription: "one that is under way",
            reason: "already being applied",
            memory: {
                var memory = ApplyRulingTests.memory()
                memory.begin(ask())
                return memory
            }
        ),
        Row(
            testDescription: "changes that were rolled back",
            reason: "rolled back",
            memory: {
                var memory = ApplyRulingTests.memory()
                memory.begin(ask(.rolledBack))
                return memory
            }
        ),
        Row(
            testDescription: "nothing to change",
            reason: "nothing to apply",
            memory: { memory(plan: .fixture(changes: []), judgements: []) }
        ),
    ])
    func `whatever is not as it has to be refuses it`(row: Row) {
        let ruling = row.memory().applyRuling(on: Self.comment(created: row.created), terms: row.terms())
        let reason = reason(ruling)
        #expect(reason?.contains(row.reason) == true, "\(ruling)")
    }

    @Test func `what anybody may read tells nothing of why a tenant is not written to`() {
        let terms = Self.terms { terms in
            terms.holds = ["contoso": "is suspended until noon."]
            terms.isSummary = true
        }
        let ruling = Self.memory().applyRuling(on: Self.comment(), terms: terms)
        #expect(ruling == .refuse(reason: "contoso is not being written to right now."))
    }

    @Test func `a canary goes first, and the others wait for the merge`() {
        var memory = RequestMemory(number: 7)
        let facts = RequestFacts.fixture(trees: [.fixture("contoso"), .fixture("lucerne")])
        _ = memory.look(facts, RequestPolicy(), at: .fixture)
        for tenant in ["contoso", "lucerne"] {
            memory.learn(
                .planned(.fixture(tenant), judgements: [.fixture()]),
                of: .fixture(tenant),
                state: nil,
                at: .fixture
            )
        }
        memory.shown(["contoso", "lucerne"], at: .fixture)
        memory.saw([.approval(.alice)], in: .fixture(), askedAt: .fixture.after(70))
        let ruling = memory.applyRuling(on: Self.comment(), terms: Self.terms { $0.canaries = ["lucerne"] })
        guard case .apply(let tenants) = ruling else {
            Issue.record("\(ruling)")
            return
        }
        #expect(tenants.map(\.tenant) == ["lucerne"])
        guard case .apply(let all) = memory.applyRuling(on: Self.comment(), terms: Self.terms()) else { return }
        #expect(all.map(\.tenant) == ["contoso", "lucerne"])
        // One that is not ready keeps all of them back.
        let held = memory.applyRuling(on: Self.comment(), terms: Self.terms { $0.holds = ["lucerne": "is held."] })
        #expect(held == .refuse(reason: "lucerne is held. Nothing was applied in any tenant."))
    }

    // MARK: Its turn, and its end

    @Test func `when its turn has come everything still has to stand`() {
        var memory = Self.memory()
        memory.begin(Self.ask())
        func hindrance(_ terms: ApplyTerms = Self.terms(), run: String = "R1") -> String? {
            memory.beginHindrance(of: "contoso", run: run, terms: terms)
        }
        #expect(hindrance() == nil)
        #expect(hindrance(run: "R2")?.contains("not asked for") == true)
        #expect(hindrance(Self.terms { $0.tip = "f" })?.contains("branch has moved") == true)
        #expect(hindrance(Self.terms { $0.holds = ["contoso": "is suspended."] }) == "contoso is suspended.")
        #expect(hindrance(Self.terms { $0.policy.approvals = 2 })?.contains("1 of 2") == true)
        memory.saw([], in: .fixture(), askedAt: .fixture.after(130))
        #expect(hindrance()?.contains("0 of 1 approvals") == true)
    }

    @Test func `a run's end is taken in once, and only of the run that was asked for`() {
        var memory = Self.memory()
        memory.begin(Self.ask())
        let done = TenantOutcome(tenant: "contoso", state: .applied, run: "R1", at: Self.commented)
        let news = ["R2", "R1", "R1"].map { memory.applied(done, run: $0) }
        #expect(news == [false, true, false])
        #expect(memory.applying?.isUnderWay == false)
    }

    @Test func `what could not be stored is withdrawn, and its comment is heard once more`() {
        var memory = Self.memory()
        let before = memory
        memory.begin(Self.ask())
        memory.rule(on: Self.comment())
        memory.withdraw(Self.ask(), for: nil)
        #expect(memory == before)
    }

    @Test func `a second one does not take the place of one that is under way`() {
        var memory = Self.memory()
        memory.begin(Self.ask())
        memory.begin(Self.ask(head: "b"))
        #expect(memory.applying == Self.ask())
    }

    @Test func `what reached a tenant stays on record when another tenant is asked for`() {
        var memory = Self.memory()
        memory.begin(Self.ask())
        _ = memory.applied(TenantOutcome(tenant: "contoso", state: .applied, at: Self.commented), run: "R1")
        let former = memory.applying
        var second = Self.ask(head: "b")
        let outcome = TenantOutcome(tenant: "lucerne", state: .waiting, run: "R2", at: Self.commented)
        second.comment = "22"
        second.tenants = ["lucerne": AskedTenant(changesDigest: "", verdict: .pass, run: "R2", outcome: outcome)]
        memory.begin(second)
        #expect(memory.applying?.head == second.head)
        #expect(memory.applying?.tenants.mapValues(\.run) == ["contoso": "R1", "lucerne": "R2"])
        var withdrawn = memory
        withdrawn.withdraw(second, for: former)
        #expect(withdrawn.applying == former)

        // So that it is seen when it is taken back, and is not merged unseen.
        let isNews = memory.tookBack("contoso", run: "R1", at: Self.commented)
        #expect(isNews)
        #expect(memory.statuses().first { $0.context == "mitregate/plan" }?.state == .failure)
    }

    @Test func `what did not reach a tenant is forgotten when another tenant is asked for`() {
        var memory = Self.memory()
        memory.begin(Self.ask(.failed))
        var second = Self.ask()
        second.tenants = [:]
        memory.begin(second)
        #expect(memory.applying == second)
    }

    @Test func `it is stored, and an earlier version's request has none`() throws {
        var memory = Self.memory()
        memory.begin(Self.ask())
        let data = try JSONEncoder().encode(memory)
        #expect(try JSONDecoder().decode(RequestMemory.self, from: data) == memory)
        var object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        object["applying"] = nil
        let old = try JSONDecoder().decode(RequestMemory.self, from: JSONSerialization.data(withJSONObject: object))
        #expect(old.applying == nil)
    }

    // MARK: The command, and the statuses

    @Test func `the command is taken only where the operator's file says so`() {
        let memory = Self.memory()
        let comment = Self.comment(by: .alice)
        func ruling(_ applies: Bool, mayWrite: Bool? = true) -> CommandRuling {
            memory.ruling(
                on: comment,
                in: .fixture(),
                mayWrite: mayWrite,
                appliesByComment: applies,
                lookBegan: .fixture.after(130)
            )
        }
        #expect(ruling(true) == .accept(.apply))
        #expect(ruling(true, mayWrite: nil) == .ask)
        guard case .refuse(let reason) = ruling(false) else {
            Issue.record("it was not refused")
            return
        }
        #expect(reason.contains("apply: comment"))
        guard case .refuse = ruling(true, mayWrite: false) else {
            Issue.record("it was not refused")
            return
        }
    }

    @Test func `changes that were rolled back fail the status, so that they are not merged unseen`() {
        var memory = Self.memory()
        memory.begin(Self.ask(.rolledBack))
        let status = memory.statuses().first { $0.context == "mitregate/plan" }
        #expect(status?.state == .failure)
        #expect(status?.text.contains("Rolled back when it was applied before the merge") == true)
    }
}
