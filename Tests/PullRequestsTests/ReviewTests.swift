import Connectors
import Forges
import Foundation
import Planning
import PullRequests
import TLSGate
import Testing

/// Whose approval counts, and for what.
@Suite struct ReviewTests {
    private func approvers(
        _ reviews: [Review],
        in circle: ReviewCircle = .fixture(),
        askedAt: Date = .fixture.after(70)
    ) -> [String] {
        var memory = RequestMemory.shown()
        memory.saw(reviews, in: circle, askedAt: askedAt)
        return memory.approvers(of: "contoso")
    }

    @Test func `a person other than the author who may write approves`() {
        #expect(approvers([.approval(.alice)]) == ["alice"])
        #expect(approvers([.approval(.alice), .approval(.bob)]) == ["alice", "bob"])
    }

    @Test(arguments: [Person.author, .robot, .ourselves, .outsider])
    func `author, programs, we and who may not write never count`(person: Person) {
        #expect(approvers([.approval(person)]).isEmpty)
    }

    @Test(arguments: [
        Committer(name: "Alice", email: "a@contoso.example"), Committer(name: "A", email: "ALICE@contoso.example"),
        Committer(name: "A", email: "12345+alice@users.noreply.github.com"),
        Committer(name: "A", email: "12345-alice@users.noreply.gitlab.com"),
    ])
    func `a committer does not count, by whichever name git has`(committer: Committer) {
        #expect(approvers([.approval(.alice)], in: .fixture(committers: [committer])).isEmpty)
        #expect(approvers([.approval(.bob)], in: .fixture(committers: [committer])) == ["bob"])
    }

    @Test func `where logins are whole addresses, as on Azure DevOps, a committer is known by his`() {
        let reviewer = Person(id: Person.alice.id, login: "Alice@contoso.example")
        func approvers(_ email: String) -> [String] {
            let committer = Committer(name: "A", email: email)
            return self.approvers([.approval(reviewer)], in: .fixture(committers: [committer]))
        }
        #expect(approvers("alice@Contoso.example").isEmpty)
        #expect(approvers("alice@fabrikam.example") == [reviewer.login])
    }

    @Test(arguments: [Review.Verdict.changesRequested, .dismissed, .commented])
    func `only the latest word of a person counts, and only approval is one`(verdict: Review.Verdict) {
        #expect(approvers([Review(person: .alice, verdict: verdict, at: .fixture.after(60), commit: nil)]).isEmpty)
    }

    @Test(arguments: [Review.Verdict.changesRequested, .dismissed])
    func `an approval that was taken back is gone`(verdict: Review.Verdict) {
        var memory = RequestMemory.shown()
        memory.saw([.approval(.alice)], in: .fixture(), askedAt: .fixture.after(70))
        memory.saw(
            [Review(person: .alice, verdict: verdict, at: .fixture.after(80), commit: nil)],
            in: .fixture(),
            askedAt: .fixture.after(90)
        )
        #expect(memory.approvers(of: "contoso").isEmpty)
    }

    @Test func `an approval that the forge no longer lists is gone, and so is one whose giver may not write any more`()
    {
        var memory = RequestMemory.shown()
        memory.saw([.approval(.alice), .approval(.bob)], in: .fixture(), askedAt: .fixture.after(70))
        var circle = ReviewCircle.fixture()
        circle.writers.remove(Person.bob.id)
        memory.saw([.approval(.bob)], in: circle, askedAt: .fixture.after(90))
        #expect(memory.approvers(of: "contoso").isEmpty)
    }

    @Test func `an approval counts for what was shown when it was given, and for no other`() {
        var memory = RequestMemory.shown()
        memory.saw([.approval(.alice)], in: .fixture(), askedAt: .fixture.after(70))
        memory.show(.fixture(changes: [.fixture(after: "EncryptionOnly")]), head: "b", at: .fixture.after(100))
        memory.saw([.approval(.alice)], in: .fixture(), askedAt: .fixture.after(200))
        #expect(memory.approvers(of: "contoso").isEmpty)
        #expect(memory.formerApprovers(of: "contoso") == ["alice"])
        memory.show(head: "a", at: .fixture.after(300))
        #expect(memory.approvers(of: "contoso") == ["alice"])
    }

    @Test func `a rebase that brings the same changes keeps the approval`() {
        var memory = RequestMemory.shown()
        memory.saw([.approval(.alice)], in: .fixture(), askedAt: .fixture.after(70))
        memory.show(head: "b", at: .fixture.after(100))
        #expect(memory.approvers(of: "contoso") == ["alice"])
        #expect(memory.showings["contoso"]?.since == .fixture)
    }

    /// A tenant's own comment, and the one on all tenants.
    private static let keys = [CommentKey.tenant("contoso"), .all]

    @Test(arguments: keys, [Date.fixture.after(60), nil])
    func `an approval given while the comment is in doubt counts for nothing, and a new one does`(
        key: CommentKey,
        at: Date?
    ) {
        var memory = RequestMemory.shown()
        memory.wrote("plan", for: key, as: CommentID(rawValue: "1"))
        memory.saw([.approval(.bob, at: .fixture.after(20))], in: .fixture(), askedAt: .fixture.after(30))
        // Another plan is written over it, and its answer is lost.
        memory.begin(key, at: .fixture.after(50))
        let reviews = [Review.approval(.bob, at: .fixture.after(20)), .approval(.alice, at: at)]
        memory.saw(reviews, in: .fixture(), askedAt: .fixture.after(70))
        #expect(memory.approvers(of: "contoso") == ["bob"])
        memory.begin(key, at: .fixture.after(80))
        memory.wrote("plan", for: key, as: CommentID(rawValue: "1"))
        memory.show(at: .fixture.after(81))
        memory.saw(reviews, in: .fixture(), askedAt: .fixture.after(90))
        #expect(memory.approvers(of: "contoso") == ["bob"])
        #expect(memory.formerApprovers(of: "contoso") == ["alice"])
        memory.saw([.approval(.alice, at: .fixture.after(100))], in: .fixture(), askedAt: .fixture.after(110))
        #expect(memory.approvers(of: "contoso") == ["alice"])
    }

    @Test(arguments: keys)
    func `an approval of a time of doubt counts for nothing either that is seen once the comment was written again`(
        key: CommentKey
    ) {
        var memory = RequestMemory.shown()
        memory.wrote("plan", for: key, as: CommentID(rawValue: "1"))
        // Another plan is written over it, and its answer is lost; Alice approves what she reads at 60.
        memory.begin(key, at: .fixture.after(50))
        memory.begin(key, at: .fixture.after(80))
        memory.wrote("plan", for: key, as: CommentID(rawValue: "1"))
        memory.show(at: .fixture.after(81))
        memory.saw([.approval(.alice)], in: .fixture(), askedAt: .fixture.after(90))
        #expect(memory.approvers(of: "contoso").isEmpty)
        memory.saw([.approval(.alice, at: .fixture.after(100))], in: .fixture(), askedAt: .fixture.after(110))
        #expect(memory.approvers(of: "contoso") == ["alice"])
    }

    @Test func `an approval given before anything was shown counts for nothing, and a new one does`() {
        var memory = RequestMemory(number: 7)
        memory.saw([.approval(.alice, at: .fixture.after(-60))], in: .fixture(), askedAt: .fixture.after(-30))
        memory.show(at: .fixture)
        memory.saw([.approval(.alice, at: .fixture.after(-60))], in: .fixture(), askedAt: .fixture.after(30))
        #expect(memory.approvers(of: "contoso").isEmpty)
        #expect(memory.formerApprovers(of: "contoso") == ["alice"])
        memory.saw([.approval(.alice, at: .fixture.after(60))], in: .fixture(), askedAt: .fixture.after(70))
        #expect(memory.approvers(of: "contoso") == ["alice"])
    }

    @Test func `a review between the push and our look was given for what was shown before`() {
        var memory = RequestMemory.shown()
        memory.saw([], in: .fixture(), askedAt: .fixture.after(10))
        // Alice approves at 60, the author pushes at 61, and both are seen at 90.
        memory.saw([.approval(.alice)], in: .fixture(), askedAt: .fixture.after(90))
        memory.show(.fixture(changes: [.fixture(after: "EncryptionOnly")]), head: "b", at: .fixture.after(95))
        memory.saw([.approval(.alice)], in: .fixture(), askedAt: .fixture.after(150))
        #expect(memory.approvers(of: "contoso").isEmpty)
    }

    @Test func `an approval without a time counts where the reviews were asked for since the showing began`() {
        var memory = RequestMemory.shown()
        memory.saw([.approval(.alice, at: nil)], in: .fixture(), askedAt: .fixture.after(70))
        #expect(memory.approvers(of: "contoso").isEmpty)
        memory = .shown()
        memory.saw([], in: .fixture(), askedAt: .fixture.after(1))
        memory.saw([.approval(.alice, at: nil)], in: .fixture(), askedAt: .fixture.after(70))
        #expect(memory.approvers(of: "contoso") == ["alice"])
        // The vote stays while other changes are shown: no one has voted for those.
        memory.show(.fixture(changes: [.fixture(after: "EncryptionOnly")]), head: "b", at: .fixture.after(100))
        memory.saw([.approval(.alice, at: nil)], in: .fixture(), askedAt: .fixture.after(110))
        #expect(memory.approvers(of: "contoso").isEmpty)
    }

    @Test(arguments: [MergeResult.conflict(files: ["a"]), .failed(reason: "It is too large.", isOurs: false)])
    func `an approval that is given while the comment says why nothing is shown counts for nothing`(
        merge: MergeResult
    ) {
        var memory = RequestMemory.shown()
        _ = memory.look(.fixture(merge: merge), RequestPolicy(), at: .fixture.after(50))
        memory.saw([.approval(.alice)], in: .fixture(), askedAt: .fixture.after(70))
        memory.show(at: .fixture.after(100))
        #expect(memory.approvers(of: "contoso").isEmpty)
        #expect(memory.formerApprovers(of: "contoso") == ["alice"])
    }

    @Test(arguments: [Date.fixture.after(60), nil])
    func `nor does one of that time that is seen once a new head has ended the conflict`(at: Date?) {
        var memory = RequestMemory.shown()
        let bob = Review.approval(.bob, at: .fixture.after(20))
        memory.saw([bob], in: .fixture(), askedAt: .fixture.after(30))
        _ = memory.look(.fixture(merge: .conflict(files: ["a"])), RequestPolicy(), at: .fixture.after(50))
        let facts = RequestFacts.fixture(.fixture(head: "b"), trees: [.fixture(merged: "tb")])
        _ = memory.look(facts, RequestPolicy(), at: .fixture.after(70))
        memory.saw([bob, .approval(.alice, at: at)], in: .fixture(), askedAt: .fixture.after(70))
        memory.show(head: "b", at: .fixture.after(100))
        #expect(memory.approvers(of: "contoso") == ["bob"])
        memory.saw([bob, .approval(.alice, at: .fixture.after(110))], in: .fixture(), askedAt: .fixture.after(120))
        #expect(memory.approvers(of: "contoso") == ["alice", "bob"])
    }

    private static let bank = Change.fixture("bank", risk: .high)
    /// What a comment leaves out that has no room for one of the changes.
    private static let hidden = ["contoso": Set([bank.digest])]

    /// A request that is planned and not shown yet.
    private func large() -> RequestMemory {
        var memory = RequestMemory(number: 7)
        _ = memory.look(.fixture(trees: [.fixture()]), RequestPolicy(), at: .fixture)
        let plan = Plan.fixture(changes: [.fixture(), Self.bank])
        memory.learn(.planned(plan, judgements: nil), of: .fixture(), at: .fixture)
        return memory
    }

    @Test func `an approval counts for no change that found room only later`() {
        var memory = large()
        memory.shown(["contoso"], without: Self.hidden, at: .fixture)
        memory.saw([.approval(.alice)], in: .fixture(), askedAt: .fixture.after(70))
        let isNew = memory.shown(["contoso"], without: Self.hidden, at: .fixture.after(80))
        #expect(!isNew && memory.approvers(of: "contoso") == ["alice"])

        let isNewOnce = memory.shown(["contoso"], at: .fixture.after(90))
        #expect(isNewOnce && memory.showings["contoso"]?.since == .fixture.after(90))
        memory.saw([.approval(.alice)], in: .fixture(), askedAt: .fixture.after(100))
        #expect(memory.approvers(of: "contoso").isEmpty)
        #expect(memory.formerApprovers(of: "contoso") == ["alice"])
        memory.saw([.approval(.alice, at: .fixture.after(110))], in: .fixture(), askedAt: .fixture.after(120))
        #expect(memory.approvers(of: "contoso") == ["alice"])
    }

    @Test func `an approval of all that was shown outlives that some of it finds no room for a while`() {
        var memory = large()
        memory.shown(["contoso"], at: .fixture)
        memory.saw([.approval(.alice)], in: .fixture(), askedAt: .fixture.after(70))
        memory.shown(["contoso"], without: Self.hidden, at: .fixture.after(80))
        let reviews = [Review.approval(.alice), .approval(.bob, at: .fixture.after(90))]
        memory.saw(reviews, in: .fixture(), askedAt: .fixture.after(100))
        #expect(memory.approvers(of: "contoso") == ["alice", "bob"])
        memory.shown(["contoso"], at: .fixture.after(110))
        #expect(memory.approvers(of: "contoso") == ["alice"])
    }

    @Test func `a comment that approves what found no room yet is refused once it is shown`() {
        var memory = large()
        memory.shown(["contoso"], without: Self.hidden, at: .fixture)
        memory.shown(["contoso"], at: .fixture.after(90))
        let digest = memory.showings["contoso"]?.changesDigest ?? ""
        func names(_ created: Date) -> [String] {
            let comment = Forges.Comment(
                id: CommentID(rawValue: "21"),
                number: 7,
                author: .alice,
                text: "mitregate approve \(digest)",
                created: created,
                updated: created
            )
            return memory.approve(digest, by: comment, at: .fixture.after(100))
        }
        #expect(names(.fixture.after(80)) == [])
        #expect(names(.fixture.after(95)) == ["contoso"])
    }

    @Test func `an approval that is heard while something of ours is down counts for what is shown`() {
        var memory = RequestMemory.shown()
        let down = MergeResult.failed(reason: "The server of the branch is down.", isOurs: true)
        _ = memory.look(.fixture(merge: down), RequestPolicy(), at: .fixture.after(50))
        memory.saw([.approval(.alice)], in: .fixture(), askedAt: .fixture.after(70))
        memory.show(at: .fixture.after(100))
        #expect(memory.approvers(of: "contoso") == ["alice"])
    }

    @Test func `an approval by comment outlives a review that only comments`() {
        var memory = RequestMemory.shown()
        let comment = Forges.Comment(
            id: CommentID(rawValue: "21"),
            number: 7,
            author: .alice,
            text: "",
            created: .fixture,
            updated: .fixture
        )
        memory.approve(Plan.fixture().changesDigest, by: comment, at: .fixture.after(60))
        var circle = ReviewCircle.fixture()
        circle.writers = []
        let review = Review(person: .alice, verdict: .commented, at: .fixture.after(65), commit: nil)
        memory.saw([review], in: circle, askedAt: .fixture.after(70))
        #expect(memory.approvers(of: "contoso") == ["alice"])
    }

    @Test func `reviews of after the merge change nothing`() {
        var memory = RequestMemory.shown()
        memory.saw([.approval(.alice)], in: .fixture(), askedAt: .fixture.after(70))
        memory.merged(as: CommitID(digit: "d"), at: .fixture.after(100))
        let later = [Review.approval(.alice), .approval(.bob, at: .fixture.after(120))]
        memory.saw(later, in: .fixture(), askedAt: .fixture.after(130))
        #expect(memory.approvers(of: "contoso") == ["alice"])
        memory.saw([], in: .fixture(), askedAt: .fixture.after(200))
        #expect(memory.approvers(of: "contoso") == ["alice"])
    }

    @Test func `an approval just before the merge is still seen after it`() {
        var memory = RequestMemory.shown()
        memory.merged(as: CommitID(digit: "d"), at: .fixture.after(100))
        memory.saw([.approval(.alice)], in: .fixture(), askedAt: .fixture.after(130))
        #expect(memory.approvers(of: "contoso") == ["alice"])
    }

    /// As the forge answers while it does not tell whether Bob may write.
    private var unsure: ReviewCircle {
        var circle = ReviewCircle.fixture()
        circle.writers.remove(Person.bob.id)
        circle.unanswered = [Person.bob.id]
        return circle
    }

    @Test func `an approval whose giver could not be asked about waits, and never moves to what is shown later`() {
        var memory = RequestMemory.shown()
        memory.saw([.approval(.bob)], in: .fixture(), askedAt: .fixture.after(70))
        memory.show(.fixture(changes: [.fixture(after: "EncryptionOnly")]), head: "b", at: .fixture.after(100))
        memory.saw([.approval(.bob)], in: unsure, askedAt: .fixture.after(110))
        #expect(memory.approvers(of: "contoso").isEmpty)
        memory.saw([.approval(.bob)], in: .fixture(), askedAt: .fixture.after(120))
        #expect(memory.approvers(of: "contoso").isEmpty)
        memory.show(head: "a", at: .fixture.after(130))
        #expect(memory.approvers(of: "contoso") == ["bob"])
    }

    @Test func `an approval counts once its giver could be asked about, and not before`() {
        var memory = RequestMemory.shown()
        memory.saw([.approval(.bob)], in: unsure, askedAt: .fixture.after(70))
        #expect(memory.approvers(of: "contoso").isEmpty)
        memory.saw([.approval(.bob)], in: .fixture(), askedAt: .fixture.after(80))
        #expect(memory.approvers(of: "contoso") == ["bob"])
    }

    @Test(arguments: [Date.fixture.after(60), nil])
    func `an approval of before the showing counts for nothing though its giver may write only since`(at: Date?) {
        var memory = RequestMemory.shown()
        var circle = ReviewCircle.fixture()
        circle.writers.remove(Person.bob.id)
        memory.saw([.approval(.bob, at: at)], in: circle, askedAt: .fixture.after(70))
        memory.show(.fixture(changes: [.fixture(after: "EncryptionOnly")]), head: "b", at: .fixture.after(100))
        memory.saw([.approval(.bob, at: at)], in: circle, askedAt: .fixture.after(110))
        memory.saw([.approval(.bob, at: at)], in: .fixture(), askedAt: .fixture.after(120))
        #expect(memory.approvers(of: "contoso").isEmpty)
    }

    @Test func `while the committers are not known no approval counts, and nothing is sealed`() {
        var memory = RequestMemory.shown()
        memory.merged(as: CommitID(digit: "d"), at: .fixture.after(100))
        memory.saw([.approval(.alice)], in: .fixture(committers: nil), askedAt: .fixture.after(110))
        #expect(memory.approvers(of: "contoso").isEmpty)
        #expect(!memory.isSealed)
        memory.saw([.approval(.alice)], in: .fixture(), askedAt: .fixture.after(120))
        #expect(memory.approvers(of: "contoso") == ["alice"])
        #expect(memory.isSealed)
    }

    @Test func `a merge is sealed only when everybody could be asked about, and later approvals are too late`() {
        var memory = RequestMemory.shown()
        memory.merged(as: CommitID(digit: "d"), at: .fixture.after(100))
        memory.saw([.approval(.bob)], in: unsure, askedAt: .fixture.after(110))
        #expect(!memory.isSealed)
        let later = [Review.approval(.bob), .approval(.alice, at: nil)]
        memory.saw(later, in: .fixture(), askedAt: .fixture.after(120))
        #expect(memory.approvers(of: "contoso") == ["bob"])
        #expect(memory.isSealed)
    }

    @Test func `it is asked only of those whose approval could count whether they may write`() {
        let reviews = [Person.author, .alice, .robot, .outsider].map { Review.approval($0) }
        #expect(ReviewCircle.fixture().candidates(reviews) == [.alice, .outsider])
    }

    @Test func `no more words are kept than there is room for`() {
        var memory = RequestMemory.shown()
        let crowd = (0..<500).map { Person(id: "p\($0)", login: "p\($0)") }
        var circle = ReviewCircle.fixture()
        circle.writers = Set(crowd.map(\.id))
        memory.saw(crowd.map { .approval($0) }, in: circle, askedAt: .fixture.after(70))
        #expect(memory.words.count == 200)
    }

    @Test func `an approval of which it is not known whether it counts takes no room from one that does`() {
        var memory = RequestMemory.shown()
        let crowd = (0..<200).map { Person(id: "p\($0)", login: "p\($0)") }
        var circle = unsure
        circle.writers = Set(crowd.map(\.id))
        memory.saw((crowd + [.bob]).map { .approval($0) }, in: circle, askedAt: .fixture.after(70))
        #expect(memory.approvers(of: "contoso") == crowd.map(\.login).sorted())
    }
}
