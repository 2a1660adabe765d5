import Connectors
import Forges
import Foundation
import Planning
import PullRequests
import Testing

/// What is done with a comment.
@Suite struct CommandTests {
    private let digest = Plan.fixture().changesDigest

    private func comment(
        _ text: String = "mitregate plan",
        by author: Person = .alice,
        created: Date = .fixture.after(60),
        updated: Date? = nil
    ) -> Forges.Comment {
        Forges.Comment(
            id: CommentID(rawValue: "21"),
            number: 7,
            author: author,
            text: text,
            created: created,
            updated: updated ?? created
        )
    }

    private func ruling(
        _ comment: Forges.Comment,
        in circle: ReviewCircle = .fixture(),
        mayWrite: Bool? = true,
        on memory: RequestMemory = .shown(),
        lookBegan: Date = .fixture.after(70)
    ) -> CommandRuling {
        memory.ruling(on: comment, in: circle, mayWrite: mayWrite, lookBegan: lookBegan)
    }

    private func reason(_ ruling: CommandRuling) -> String? {
        guard case .refuse(let reason) = ruling else { return nil }
        return reason
    }

    @Test func `a person who may write is obeyed, and is asked about each time`() {
        #expect(ruling(comment()) == .accept(.plan))
        #expect(ruling(comment("mitregate help\nplease")) == .accept(.help))
        #expect(ruling(comment("mitregate approve \(digest)")) == .accept(.approve(digest: digest)))
        #expect(ruling(comment(), mayWrite: nil) == .ask)
    }

    @Test func `a person who may not write, or of whom it cannot be found out, is refused`() {
        #expect(reason(ruling(comment(by: .outsider), mayWrite: false))?.contains("who may write") == true)
    }

    @Test(arguments: [Person.robot, .ourselves])
    func `programs and we ourselves are not answered at all`(person: Person) {
        #expect(ruling(comment(by: person)) == .talk)
        #expect(ruling(comment("mitregate nonsense", by: person)) == .talk)
    }

    @Test func `talk is left alone, and no permission is asked for it`() {
        #expect(ruling(comment("looks good to me\nmitregate plan"), mayWrite: nil) == .talk)
    }

    @Test func `a command that there is not is refused without asking anybody`() {
        #expect(reason(ruling(comment("mitregate apply now"), mayWrite: nil))?.contains("not a command") == true)
    }

    @Test func `a comment that is older than the head is refused`() {
        #expect(reason(ruling(comment(created: .fixture.after(-1))))?.contains("older than the current head") == true)
    }

    @Test func `a head that was first seen in the look that found the comment may be younger than it`() {
        var memory = RequestMemory(number: 7)
        _ = memory.look(.fixture(.fixture(origin: .fork)), RequestPolicy(), at: .fixture.after(70))
        let ruling = ruling(comment(created: .fixture.after(80)), on: memory, lookBegan: .fixture.after(70))
        #expect(reason(ruling)?.contains("older than the current head") == true)
        #expect(
            self.ruling(comment(created: .fixture.after(80)), on: memory, lookBegan: .fixture.after(90))
                == .accept(.plan)
        )
    }

    @Test func `an edited comment is refused`() {
        #expect(reason(ruling(comment(updated: .fixture.after(65))))?.contains("edited") == true)
    }

    @Test func `a request that is not open takes no commands`() {
        var memory = RequestMemory.shown()
        memory.merged(as: nil, at: .fixture.after(50))
        #expect(reason(ruling(comment(), on: memory))?.contains("open") == true)
    }

    @Test func `while we don't know who we are, no command is taken`() {
        #expect(reason(ruling(comment(), in: .fixture(ourselves: nil)))?.contains("its own account") == true)
    }

    @Test func `while the committers are not known, no approval is taken`() {
        let comment = comment("mitregate approve \(digest)")
        #expect(reason(ruling(comment, in: .fixture(committers: nil)))?.contains("authors of") == true)
    }

    @Test func `a comment is ruled on once`() {
        var memory = RequestMemory.shown()
        memory.rule(on: comment())
        #expect(ruling(comment(), on: memory) == .talk)
        for number in 0..<2_000 {
            var other = comment()
            other.id = CommentID(rawValue: "\(1_000 + number)")
            memory.rule(on: other)
        }
        let size = try? JSONEncoder().encode(memory).count
        #expect((size ?? .max) < 20_000)
        var last = comment()
        last.id = CommentID(rawValue: "2999")
        #expect(ruling(last, on: memory) == .talk, "the newest are known")
    }

    @Test func `why a command was refused is kept until another is obeyed or the head moves`() {
        var memory = RequestMemory.shown()
        memory.rule(on: comment(), refusing: "The comment was edited; write a new one.")
        #expect(memory.refusal == "The comment was edited; write a new one.")
        var obeyed = memory
        obeyed.rule(on: comment())
        #expect(obeyed.refusal == nil)
        _ = memory.look(.fixture(.fixture(head: "b")), RequestPolicy(), at: .fixture.after(90))
        #expect(memory.refusal == nil)
    }

    @Test func `only a digest that is shown can be approved, and only by another than the author`() {
        let other = String(repeating: "0", count: 12)
        #expect(reason(ruling(comment("mitregate approve \(other)")))?.contains("under this digest") == true)
        let own = ruling(comment("mitregate approve \(digest)", by: .author), mayWrite: nil)
        #expect(reason(own)?.contains("author") == true)
    }

    @Test func `an approval by comment counts for exactly what is shown, by the first digits of its digest`() {
        var memory = RequestMemory.shown()
        let short = String(digest.dropFirst(7).prefix(12))
        #expect(memory.approve(short, by: comment("mitregate approve \(short)"), at: .fixture.after(70)) == ["contoso"])
        #expect(memory.approvers(of: "contoso") == ["alice"])
        memory.saw([], in: .fixture(), askedAt: .fixture.after(80))
        #expect(memory.approvers(of: "contoso") == ["alice"])
        memory.show(.fixture(changes: [.fixture(after: "EncryptionOnly")]), head: "b", at: .fixture.after(100))
        #expect(memory.approvers(of: "contoso").isEmpty)
    }

    @Test func `an approval by comment counts in no tenant that shows other changes`() {
        var memory = RequestMemory(number: 7)
        let plans = [Plan.fixture(), .fixture("lucerne", changes: [.fixture("bank")])]
        let trees = plans.map { TenantTrees.fixture($0.tenant) }
        _ = memory.look(.fixture(trees: trees), RequestPolicy(), at: .fixture)
        for (plan, trees) in zip(plans, trees) {
            memory.learn(.planned(plan, judgements: nil), of: trees, at: .fixture)
        }
        memory.shown(plans.map(\.tenant), at: .fixture)
        let names = memory.approve(digest, by: comment("mitregate approve \(digest)"), at: .fixture.after(70))
        #expect(names == ["contoso"])
        #expect(memory.approvers(of: "contoso") == ["alice"])
        #expect(memory.approvers(of: "lucerne").isEmpty)
    }

    @Test func `an approval by comment waits while the committers are not known, and ends once its giver is one`() {
        var memory = RequestMemory.shown()
        memory.approve(digest, by: comment("mitregate approve \(digest)"), at: .fixture.after(70))
        memory.saw([], in: .fixture(committers: nil), askedAt: .fixture.after(80))
        #expect(memory.approvers(of: "contoso").isEmpty)
        memory.saw([], in: .fixture(), askedAt: .fixture.after(90))
        #expect(memory.approvers(of: "contoso") == ["alice"])
        let alice = Committer(name: "Alice", email: "a@contoso.example")
        memory.saw([], in: .fixture(committers: [alice]), askedAt: .fixture.after(100))
        #expect(memory.approvers(of: "contoso").isEmpty)
    }

    @Test func `changes requested by the same person take an approval by comment back`() {
        var memory = RequestMemory.shown()
        memory.approve(digest, by: comment("mitregate approve \(digest)"), at: .fixture.after(70))
        let review = Review(person: .alice, verdict: .changesRequested, at: .fixture.after(90), commit: nil)
        memory.saw([review], in: .fixture(), askedAt: .fixture.after(95))
        #expect(memory.approvers(of: "contoso").isEmpty)
    }
}
