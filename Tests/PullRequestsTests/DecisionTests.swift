import Forges
import Foundation
import Planning
import PullRequests
import TLSGate
import Testing

/// What is to be looked at for a request, and why or why not.
@Suite struct DecisionTests {
    private let policy = RequestPolicy()

    private func step(
        _ plan: TenantDecision.Step,
        _ gate: TenantDecision.Step,
        _ validate: TenantDecision.Step = .good
    )
        -> TenantDecision
    {
        TenantDecision(trees: .fixture(), validate: validate, plan: plan, gate: gate)
    }

    @Test func `a new request is validated, planned and gated in the tenants whose folder differs`() {
        var memory = RequestMemory(number: 7)
        let decision = memory.look(.fixture(), policy, at: .fixture)
        #expect(decision.standing == .open)
        #expect(decision.tenants == [step(.now(.new), .now(.new), .now(.new))])
    }

    @Test func `a fork is only validated until a person who may write asks for exactly this head`() {
        var memory = RequestMemory(number: 7)
        let fork = RequestFacts.fixture(.fixture(origin: .fork))
        #expect(memory.look(fork, policy, at: .fixture).tenants == [step(.not(.fork), .not(.fork), .now(.new))])
        memory.learn(.valid, of: .fixture(), at: .fixture)
        #expect(memory.look(fork, policy, at: .fixture).work.isEmpty)
        memory.ask(at: .fixture.after(5))
        #expect(memory.look(fork, policy, at: .fixture.after(6)).tenants.first?.asksGate == true)
        let pushed = RequestFacts.fixture(.fixture(head: "b", origin: .fork))
        #expect(memory.look(pushed, policy, at: .fixture.after(7)).tenants.first?.plan == .not(.fork))
    }

    @Test func `a head that is only validated has no plan of the one before, and shows none`() {
        var memory = RequestMemory.shown()
        let next = TenantTrees.fixture(merged: "tb")
        _ = memory.look(.fixture(.fixture(head: "b"), trees: [next]), policy, at: .fixture.after(60))
        memory.learn(.valid, of: next, at: .fixture.after(60))
        #expect(memory.looks["contoso"]?.plan == nil)
        memory.shown(["contoso"], at: .fixture.after(60))
        #expect(memory.showings.isEmpty)
        // Its own it keeps.
        memory.learn(.planned(.fixture(), judgements: nil), of: next, at: .fixture.after(70))
        memory.learn(.valid, of: next, at: .fixture.after(80))
        #expect(memory.looks["contoso"]?.plan != nil)
    }

    @Test func `a head whose fork is gone counts as a fork`() {
        var memory = RequestMemory(number: 7)
        let decision = memory.look(.fixture(.fixture(origin: .gone)), policy, at: .fixture)
        #expect(decision.tenants.first?.plan == .not(.fork))
    }

    @Test func `a draft is planned and not gated, and gated once it is ready`() {
        var memory = RequestMemory(number: 7)
        let draft = RequestFacts.fixture(.fixture(isDraft: true))
        #expect(memory.look(draft, policy, at: .fixture).tenants == [step(.now(.new), .not(.draft), .now(.new))])
        memory.learn(.planned(.fixture(), judgements: nil), of: .fixture(), state: "s0", at: .fixture)
        #expect(memory.look(draft, policy, at: .fixture.after(60)).work.isEmpty)
        let ready = memory.look(.fixture(), policy, at: .fixture.after(120)).tenants
        #expect(ready == [step(.now(.gate), .now(.gate))])
    }

    @Test(arguments: [
        (MergeResult.conflict(files: ["a.yaml"]), RequestStanding.conflict(files: ["a.yaml"])),
        (
            .failed(reason: "The head is too large.", isOurs: false),
            .failed(reason: "The head is too large.", isOurs: false)
        ),
        (.merged(MergedTrees(tenants: [.fixture(merged: "t0")])), .untouched),
        (.merged(MergedTrees(tenants: [])), .untouched),
    ])
    func `without a merge result that touches us there is no work`(merge: MergeResult, standing: RequestStanding) {
        var memory = RequestMemory(number: 7)
        let decision = memory.look(.fixture(merge: merge), policy, at: .fixture)
        #expect(decision == RequestDecision(standing: standing, tenants: [], again: nil))
    }

    @Test func `our own trouble with the merge is tried again, not sooner than the forge allows`() {
        var memory = RequestMemory(number: 7)
        let down = MergeResult.failed(reason: "The forge is down.", isOurs: true, retryAt: .fixture.after(300))
        #expect(memory.look(.fixture(merge: down), policy, at: .fixture).again == .fixture.after(300))
        #expect(memory.look(.fixture(merge: down), policy, at: .fixture.after(400)).again == .fixture.after(460))
    }

    @Test(arguments: [PullRequest.State.closed, .merged(as: CommitID(digit: "d"), at: .fixture)])
    func `a request that is not open is left alone`(state: PullRequest.State) {
        var memory = RequestMemory.shown()
        let decision = memory.look(.fixture(.fixture(state: state)), policy, at: .fixture.after(60))
        #expect(decision == RequestDecision(standing: .closed, tenants: [], again: nil))
        #expect(memory.statuses().isEmpty)
    }

    @Test func `a branch that is behind is planned as it would be merged`() {
        var memory = RequestMemory(number: 7)
        let behind = MergeResult.merged(MergedTrees(tenants: [.fixture()], behind: 3))
        #expect(memory.look(.fixture(merge: behind), policy, at: .fixture).work.count == 1)
        #expect(memory.behind == 3)
    }

    /// What moved since the last look, which was at the head `a` with everything good.
    private static let moves: [(name: String, facts: RequestFacts, TenantDecision.Step)] = [
        ("nothing", .fixture(trees: [.fixture(merged: "ta")]), .good),
        ("the head, but not the folder", .fixture(.fixture(head: "b"), trees: [.fixture(merged: "ta")]), .good),
        ("the base, but not the folder", .fixture(base: "1", trees: [.fixture(merged: "ta")]), .good),
        ("the folder by the head", .fixture(.fixture(head: "b"), trees: [.fixture(merged: "tb")]), .now(.moved)),
        ("the folder by the base", .fixture(base: "1", trees: [.fixture(base: "t9", merged: "ta")]), .now(.moved)),
        ("the tenant's state", .fixture(trees: [.fixture(merged: "ta")], states: ["contoso": "s1"]), .now(.stateMoved)),
        ("a state that is not known", .fixture(trees: [.fixture(merged: "ta")], states: [:]), .good),
    ]

    @Test(arguments: moves.indices)
    func `a plan is made again exactly where something that it rests on moved`(index: Int) {
        let (name, facts, wanted) = Self.moves[index]
        var memory = RequestMemory.shown()
        #expect(memory.look(facts, policy, at: .fixture.after(60)).tenants.first?.plan == wanted, "\(name)")
    }

    @Test func `evidence on which mail flows is good for six hours`() {
        var memory = RequestMemory.shown()
        let facts = RequestFacts.fixture(trees: [.fixture(merged: "ta")])
        let decision = memory.look(facts, policy, at: .fixture.after(6 * 3_600 - 1))
        #expect(decision.work.isEmpty)
        #expect(decision.again == .fixture.after(6 * 3_600))
        #expect(memory.look(facts, policy, at: .fixture.after(6 * 3_600)).tenants.first?.gate == .now(.aged))
    }

    @Test func `evidence that was old when the plan was made ends earlier, but never at once`() {
        let facts = RequestFacts.fixture(trees: [.fixture(merged: "ta")])
        var memory = RequestMemory.shown(judgements: [.fixture(seen: .fixture.after(-5 * 3_600))])
        #expect(memory.look(facts, policy, at: .fixture).again == .fixture.after(3_600))
        memory = .shown(judgements: [.fixture(seen: .fixture.after(-7 * 3_600))])
        #expect(memory.look(facts, policy, at: .fixture).again == .fixture.after(900))
    }

    @Test(arguments: [Verdict.approve, .block])
    func `evidence that mail does not flow is good for fifteen minutes`(verdict: Verdict) {
        var memory = RequestMemory.shown(judgements: [.fixture("fabrikam", verdict)])
        let facts = RequestFacts.fixture(trees: [.fixture(merged: "ta")])
        #expect(memory.look(facts, policy, at: .fixture.after(899)).work.isEmpty)
        #expect(memory.look(facts, policy, at: .fixture.after(900)).work.count == 1)
    }

    @Test func `what could not be judged is asked again when the gate says`() {
        let held = Judgement.fixture("fabrikam", .hold, retryAt: .fixture.after(60))
        var memory = RequestMemory.shown(judgements: [held])
        let facts = RequestFacts.fixture(trees: [.fixture(merged: "ta")])
        #expect(memory.look(facts, policy, at: .fixture.after(59)).again == .fixture.after(60))
        #expect(memory.look(facts, policy, at: .fixture.after(60)).work.count == 1)
    }

    @Test func `a request that no one has touched for a week is looked at once a day`() {
        var memory = RequestMemory.shown(judgements: [.fixture("fabrikam", .block)])
        let facts = RequestFacts.fixture(trees: [.fixture(merged: "ta")])
        let late = Date.fixture.after(8 * 86_400)
        memory.learn(
            .planned(.fixture(), judgements: [.fixture("fabrikam", .block, seen: late)]),
            of: memory.touched[0],
            state: "s0",
            at: late
        )
        #expect(memory.look(facts, policy, at: late.after(3_600)).again == late.after(86_400))
    }

    @Test func `definitions with errors are not planned until the folder moves`() {
        var memory = RequestMemory(number: 7)
        _ = memory.look(.fixture(), policy, at: .fixture)
        memory.learn(.invalid(errors: 2, first: "spec has no key."), of: .fixture(), at: .fixture)
        #expect(
            memory.look(.fixture(), policy, at: .fixture.after(86_400)).tenants == [
                step(.not(.invalid), .not(.invalid))
            ]
        )
        let fixed = RequestFacts.fixture(.fixture(head: "b"), trees: [.fixture(merged: "t2")])
        #expect(memory.look(fixed, policy, at: .fixture.after(86_401)).tenants.first?.plan == .now(.moved))
    }

    @Test func `trouble is tried again after 1, 5 and 15 minutes, and a person may ask at once`() {
        var memory = RequestMemory(number: 7)
        var now = Date.fixture
        _ = memory.look(.fixture(), policy, at: now)
        for wait in [60.0, 300, 900, 900] {
            memory.learn(.unplanned(reason: "The tenant could not be read."), of: .fixture(), at: now)
            let decision = memory.look(.fixture(), policy, at: now.after(wait - 1))
            #expect(decision.work.isEmpty)
            #expect(decision.again == now.after(wait))
            now = now.after(wait)
            #expect(memory.look(.fixture(), policy, at: now).tenants.first?.plan == .now(.retry))
        }
        memory.learn(.unplanned(reason: "The tenant could not be read."), of: .fixture(), at: now)
        memory.ask(at: now.after(1))
        #expect(memory.look(.fixture(), policy, at: now.after(2)).tenants.first?.plan == .now(.asked))
    }

    @Test func `mitregate plan has the plan and the gate asked again, once`() {
        var memory = RequestMemory.shown()
        let facts = RequestFacts.fixture(trees: [.fixture(merged: "ta")])
        _ = memory.look(facts, policy, at: .fixture.after(10))
        memory.ask(at: .fixture.after(11))
        #expect(memory.look(facts, policy, at: .fixture.after(12)).tenants.first?.gate == .now(.asked))
        memory.learn(
            .planned(.fixture(), judgements: [.fixture()]),
            of: memory.touched[0],
            state: "s0",
            at: .fixture.after(13)
        )
        #expect(memory.look(facts, policy, at: .fixture.after(14)).work.isEmpty)
    }

    @Test func `a plan without changes has nothing to ask the gate, and is good`() {
        var memory = RequestMemory(number: 7)
        _ = memory.look(.fixture(), policy, at: .fixture)
        memory.learn(.planned(.fixture(changes: []), judgements: nil), of: .fixture(), state: "s0", at: .fixture)
        #expect(memory.look(.fixture(), policy, at: .fixture.after(60)).work.isEmpty)
    }

    @Test func `a request that changes thousands of tenants at once is refused, and one of 2,000 is not`() {
        let trees = (0...2_000).map { TenantTrees.fixture("tenant-\($0)") }
        var memory = RequestMemory(number: 7)
        let many = memory.look(.fixture(trees: trees), policy, at: .fixture)
        #expect(many.standing == .failed(reason: "It changes more than 2000 tenants at once; split it.", isOurs: false))
        #expect(memory.look(.fixture(trees: Array(trees.dropLast())), policy, at: .fixture).work.count == 2_000)
    }

    @Test func `no more changes are remembered than there is room for, and those beyond were not shown`() {
        var memory = RequestMemory(number: 7)
        let trees = (0..<3).map { TenantTrees.fixture("tenant-\($0)") }
        _ = memory.look(.fixture(trees: trees), policy, at: .fixture)
        let changes = (0..<20_000).map { Change.fixture("partner-\($0)") }
        for tree in trees {
            memory.learn(.planned(.fixture(tree.tenant, changes: changes), judgements: []), of: tree, at: .fixture)
        }
        memory.shown(trees.map(\.tenant), at: .fixture)
        #expect(memory.showings.values.reduce(0) { $0 + $1.changes.count } == 50_000)
        #expect(memory.showings["tenant-2"]?.changes.count == 10_000)
    }

    @Test func `what is old is not shown: the comment shows a look at the folder as it is`() {
        var memory = RequestMemory.shown()
        _ = memory.look(.fixture(.fixture(head: "b"), trees: [.fixture(merged: "tb")]), policy, at: .fixture.after(60))
        memory.shown(["contoso"], at: .fixture.after(70))
        #expect(memory.showings["contoso"] == nil)
    }

    @Test func `a memory is read back from the store as it was`() throws {
        var memory = RequestMemory.shown()
        for status in memory.statuses() { memory.sent(status) }
        memory.wrote("text", for: .tenant("contoso"), as: CommentID(rawValue: "11"))
        memory.saw([.approval(.alice)], in: .fixture(), askedAt: .fixture.after(70))
        let data = try JSONEncoder().encode(memory)
        #expect(try JSONDecoder().decode(RequestMemory.self, from: data) == memory)
    }
}
