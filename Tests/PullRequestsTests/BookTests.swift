import Connectors
import Forges
import Foundation
import Planning
import PullRequests
import Testing

/// Comments, outcomes, and all requests of a source together.
@Suite struct BookTests {
    private func request(_ number: Int, _ changes: [Change] = [.fixture()]) -> RequestMemory {
        .shown(number, plan: .fixture(changes: changes))
    }

    @Test func `open requests that touch the same connector know of each other`() {
        var merged = request(10)
        merged.merged(as: nil, at: .fixture)
        let book = RequestBook([request(7), request(8), request(9, [.fixture("bank")]), merged])
        #expect(book.alsoTouched(by: 7, in: "contoso") == [Change.fixture().key: [8]])
        #expect(book.alsoTouched(by: 9, in: "contoso").isEmpty)
        #expect(book.alsoTouched(by: 7, in: "lucerne").isEmpty)
        #expect(book.neighbours(of: 7) == [8, 9])
    }

    @Test func `what is no longer needed is forgotten, and open requests never are`() {
        var closed = request(1)
        _ = closed.look(.fixture(.fixture(1, state: .closed)), RequestPolicy(), at: .fixture)
        var merged = request(2)
        merged.merged(as: nil, at: .fixture)
        var book = RequestBook([closed, merged, request(3)])
        #expect(book.prune(at: .fixture.after(7 * 86_400)) == [])
        #expect(book.prune(at: .fixture.after(7 * 86_400 + 1)) == [1])
        #expect(book.prune(at: .fixture.after(90 * 86_400 + 1)) == [2])
        #expect(book.memories.keys.sorted() == [3])
    }

    @Test func `only so many closed requests are kept, the youngest`() {
        var book = RequestBook(
            (0..<2_010).map { number in
                var memory = RequestMemory(number: number)
                memory.merged(as: nil, at: .fixture.after(Double(number)))
                return memory
            }
        )
        #expect(book.prune(at: .fixture.after(3_000)) == Array(0..<10))
    }

    // MARK: Comments

    private func several(_ count: Int) -> RequestMemory {
        var memory = RequestMemory(number: 7)
        let trees = (0..<count).map { TenantTrees.fixture("tenant-\($0 + 10)") }
        _ = memory.look(.fixture(trees: trees), RequestPolicy(), at: .fixture)
        return memory
    }

    @Test func `up to twenty tenants have a comment each, more have one together`() {
        #expect(several(20).commentKeys.count == 20)
        let keys = several(21).commentKeys
        #expect(keys.map(\.key) == [.all])
        #expect(keys.first?.tenants.count == 21)
    }

    @Test func `a conflict is told in the comments that there are, and our own trouble in none`() {
        var memory = request(7)
        memory.wrote("x", for: .tenant("contoso"), as: CommentID(rawValue: "1"))
        _ = memory.look(.fixture(merge: .conflict(files: ["a"])), RequestPolicy(), at: .fixture)
        #expect(memory.commentKeys.map(\.key) == [.tenant("contoso")])
        #expect(memory.commentKeys.map(\.tenants) == [[]])
        _ = memory.look(.fixture(merge: .failed(reason: "down", isOurs: true)), RequestPolicy(), at: .fixture)
        #expect(memory.commentKeys.isEmpty)
    }

    @Test func `a tenant's own comment moves into the one on all when the request grows`() {
        var memory = several(20)
        memory.wrote("x", for: .tenant("tenant-10"), as: CommentID(rawValue: "1"))
        let trees = (0..<21).map { TenantTrees.fixture("tenant-\($0 + 10)") }
        _ = memory.look(.fixture(trees: trees), RequestPolicy(), at: .fixture)
        #expect(memory.commentKeys.map(\.key) == [.all, .tenant("tenant-10")])
        #expect(memory.commentKeys.map(\.tenants.count) == [21, 0])
    }

    @Test func `a comment on a tenant that is no longer touched is told so, and keeps its place`() {
        var memory = several(2)
        memory.wrote("x", for: .tenant("tenant-10"), as: CommentID(rawValue: "1"))
        _ = memory.look(.fixture(trees: [.fixture("tenant-11")]), RequestPolicy(), at: .fixture)
        #expect(memory.commentKeys.map(\.key) == [.tenant("tenant-10"), .tenant("tenant-11")])
        #expect(memory.commentKeys.map(\.tenants) == [[], ["tenant-11"]])
        #expect(memory.comment(.tenant("tenant-10")) == CommentID(rawValue: "1"))
    }

    @Test func `a text that the comment has already is not written again, until someone deletes it`() {
        var memory = several(1)
        #expect(memory.isNew("x", for: .tenant("tenant-10")))
        memory.wrote("x", for: .tenant("tenant-10"), as: CommentID(rawValue: "1"))
        #expect(!memory.isNew("x", for: .tenant("tenant-10")))
        #expect(memory.isNew("y", for: .tenant("tenant-10")))
        memory.lost(.tenant("tenant-10"))
        #expect(memory.isNew("x", for: .tenant("tenant-10")))
        #expect(memory.comment(.tenant("tenant-10")) == nil)
    }

    @Test func `what a comment reads is not known from before it is written over until that is answered`() {
        var memory = several(1)
        let (key, id) = (CommentKey.tenant("tenant-10"), CommentID(rawValue: "1"))
        memory.wrote("x", for: key, as: id)
        memory.begin(key, at: .fixture)
        #expect(memory.isNew("x", for: key) && memory.isDoubtful(key))
        #expect(memory.comment(key) == id)
        memory.settled(key)
        #expect(!memory.isNew("x", for: key), "it was refused, and reads as before")
        memory.begin(key, at: .fixture)
        memory.wrote("y", for: key, as: id)
        #expect(memory.isNew("x", for: key) && !memory.isNew("y", for: key))
    }

    // MARK: Outcomes

    private func outcome(_ state: TenantOutcome.State, _ reason: String? = nil, text: String = "") -> TenantOutcome {
        TenantOutcome(tenant: "contoso", state: state, reason: reason, text: text, run: nil, at: .fixture)
    }

    @Test func `an outcome is told once for each change of state or reason`() {
        var memory = request(7)
        memory.merged(as: CommitID(digit: "d"), at: .fixture)
        #expect(memory.ended(outcome(.held, "freeze", text: "until Monday")) == true)
        #expect(memory.ended(outcome(.held, "freeze", text: "until Tuesday")) == false)
        #expect(memory.ended(outcome(.held, "not-reviewed")) == true)
        #expect(memory.ended(outcome(.applied)) == true)
        #expect(memory.ended(outcome(.unchanged)) == false)
        #expect(memory.ended(outcome(.watching)) == true)
        #expect(memory.ended(outcome(.flows)) == true)
    }

    @Test(
        arguments: [
            (.applied, nil, .flows, true), (.watching, nil, .flows, true), (.watching, nil, .applied, true),
            (.flows, nil, .applied, true), (.flows, nil, .regressed, true), (.flows, nil, .rolledBack, true),
            (.applied, "not-judged", .flows, false), (.applied, "not-judged", .regressed, true),
            (.regressed, nil, .flows, false), (.regressed, nil, .applied, false), (.regressed, nil, .rolledBack, true),
            (.rolledBack, nil, .flows, false), (.rolledBack, nil, .regressed, false),
            (.partlyApplied, nil, .flows, false),
        ] as [(TenantOutcome.State, String?, TenantOutcome.State, Bool)]
    )
    func `of the watches of a run the worst ending stays, and another run's says nothing`(
        former: TenantOutcome.State,
        reason: String?,
        state: TenantOutcome.State,
        isTold: Bool
    ) {
        var memory = request(7)
        memory.merged(as: CommitID(digit: "d"), at: .fixture)
        var before = outcome(former, reason)
        before.run = "R1"
        #expect(memory.ended(before) == true)
        var after = outcome(state)
        after.run = "R1"
        #expect(memory.awaits(after) == isTold)
        after.run = "R2"
        #expect(!memory.awaits(after))
    }

    @Test func `a request that is not merged, or leaves the tenant alone, has no outcome there`() {
        var open = request(7)
        #expect(open.ended(outcome(.applied)) == false)
        var merged = several(2)
        merged.merged(as: nil, at: .fixture)
        #expect(merged.ended(outcome(.applied)) == false)
    }

    @Test func `the text of an outcome is bounded`() {
        var memory = request(7)
        memory.merged(as: nil, at: .fixture)
        #expect(memory.ended(outcome(.failed, text: String(repeating: "x\u{301}", count: 1 << 18))) == true)
        #expect(memory.outcomes["contoso"]?.text.unicodeScalars.count == 2_000)
    }
}
