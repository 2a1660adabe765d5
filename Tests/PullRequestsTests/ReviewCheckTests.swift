import Connectors
import Forges
import Foundation
import Planning
import PullRequests
import TLSGate
import Testing

/// Whether what would be applied is what reviewers were shown.
@Suite struct ReviewCheckTests {
    private let required = RequestPolicy()
    private let optional = RequestPolicy(review: .optional)
    private let other = Change.fixture(after: "EncryptionOnly")

    private func merged(
        _ number: Int = 7,
        _ changes: [Change] = [.fixture()],
        _ judgements: [Judgement]? = [.fixture()],
        head: Character = "a"
    ) -> RequestMemory {
        var memory = RequestMemory.shown(number, plan: .fixture(changes: changes), judgements: judgements)
        memory.merged(as: CommitID(digit: "d"), at: .fixture.after(100))
        return memory
    }

    private func why(
        _ changes: [Change] = [.fixture()],
        now: [Judgement]? = [.fixture()],
        by requests: [RequestMemory],
        _ policy: RequestPolicy = RequestPolicy()
    ) -> [UnreviewedChange.Why] {
        ReviewCheck.judge(.fixture(changes: changes), judgements: now, requests: requests, policy: policy).unreviewed
            .map(\.why)
    }

    @Test func `what was shown and merged is reviewed, whatever commit brings it`() {
        let verdict = ReviewCheck.judge(.fixture(), judgements: [.fixture()], requests: [merged()], policy: required)
        #expect(verdict.guardian == nil)
        #expect(verdict.reviewed == [Change.fixture().key: 7])
    }

    @Test func `a direct push is held, and with review optional it is not`() {
        #expect(why(by: []) == [.neverShown])
        #expect(why(by: [], optional).isEmpty)
    }

    @Test func `a request that is still open has reviewed nothing`() {
        #expect(why(by: [.shown()]) == [.neverShown])
    }

    @Test func `another change of the same connector is held, with review optional as well`() {
        #expect(why([other], by: [merged()]) == [.other(request: 7)])
        #expect(why([other], by: [merged()], optional) == [.other(request: 7)])
    }

    @Test func `a change that an earlier head showed and a later one did not is held`() {
        var memory = RequestMemory.shown(plan: .fixture(changes: [other]))
        memory.show(.fixture(changes: []), [], head: "b", at: .fixture.after(50))
        memory.merged(as: CommitID(digit: "d"), at: .fixture.after(100))
        #expect(why([other], by: [memory]) == [.neverShown])
    }

    @Test func `a force-push after the review, merged before our look, is held`() {
        var memory = RequestMemory.shown()
        let pushed = PullRequest.fixture(head: "b", state: .merged(as: CommitID(digit: "d"), at: .fixture.after(100)))
        _ = memory.look(.fixture(pushed), required, at: .fixture.after(110))
        #expect(why([other], by: [memory]) == [.other(request: 7)])
        #expect(why([.fixture("bank")], by: [memory]) == [.mergedUnseen(requests: [7])])
        #expect(why([.fixture("bank")], by: [memory], optional) == [.mergedUnseen(requests: [7])])
    }

    @Test func `a head that was looked at, and merged before any comment showed it, is held`() {
        var memory = RequestMemory.shown()
        let pushed = RequestFacts.fixture(.fixture(head: "b"), trees: [.fixture(merged: "tb")])
        _ = memory.look(pushed, required, at: .fixture.after(90))
        memory.merged(as: CommitID(digit: "d"), at: .fixture.after(100))
        #expect(why([.fixture("bank")], by: [memory]) == [.mergedUnseen(requests: [7])])
        #expect(why([.fixture("bank")], by: [memory], optional) == [.mergedUnseen(requests: [7])])
    }

    @Test func `a force-push that brings the same changes is no matter`() {
        var memory = RequestMemory.shown()
        let pushed = PullRequest.fixture(head: "b", state: .merged(as: CommitID(digit: "d"), at: .fixture.after(100)))
        _ = memory.look(.fixture(pushed), required, at: .fixture.after(110))
        #expect(why(by: [memory]).isEmpty)
    }

    @Test func `a request whose head the base has, while the forge still calls it open, keeps what it showed`() {
        var memory = RequestMemory.shown()
        memory.wrote("x", for: .tenant("contoso"), as: CommentID(rawValue: "1"))
        let taken = RequestFacts.fixture(base: "1", trees: [.fixture(base: "ta", merged: "ta")])
        #expect(memory.look(taken, required, at: .fixture.after(90)).standing == .untouched)
        #expect(memory.commentKeys.isEmpty)
        memory.merged(as: CommitID(digit: "1"), at: .fixture.after(95))
        #expect(why(by: [memory]).isEmpty)
    }

    @Test func `a head that no longer touches the tenant showed nothing of it`() {
        var memory = RequestMemory.shown()
        let empty = RequestFacts.fixture(.fixture(head: "b"), trees: [.fixture(base: "t0", merged: "t0")])
        _ = memory.look(empty, required, at: .fixture.after(90))
        memory.merged(as: CommitID(digit: "d"), at: .fixture.after(95))
        #expect(why(by: [memory]) == [.neverShown])
    }

    @Test func `a merged request that leaves the tenant alone says nothing of it`() {
        var memory = RequestMemory(number: 8)
        _ = memory.look(.fixture(.fixture(8), trees: [.fixture("lucerne")]), required, at: .fixture)
        memory.merged(as: nil, at: .fixture.after(100))
        #expect(why(by: [memory], optional).isEmpty)
        #expect(why(by: [memory]) == [.neverShown])
    }

    @Test func `two requests merged between two looks review their own changes`() {
        let both = [merged(7), merged(8, [.fixture("bank")], [.fixture("bank")])]
        let now = [Judgement.fixture(), .fixture("bank")]
        #expect(why([.fixture(), .fixture("bank")], now: now, by: both).isEmpty)
        #expect(why([.fixture(), .fixture("bank"), .fixture("third")], now: now, by: both) == [.neverShown])
    }

    @Test func `a risk that is higher now is held`() {
        let riskier = Change.fixture(risk: .high)
        #expect(why([riskier], by: [merged()]) == [.riskier(request: 7, shown: .low, now: .high)])
    }

    @Test(arguments: Verdict.allCases, Verdict.allCases)
    func `a worse verdict that lets mail flow is held, and hold and block are left to the gate`(
        shown: Verdict,
        now: Verdict
    ) {
        let requests = [merged(7, [.fixture()], [.fixture("fabrikam", shown)])]
        let held = why(now: [.fixture("fabrikam", now)], by: requests)
        #expect(held == (now > shown && now <= .approve ? [.worseVerdict(request: 7, shown: shown, now: now)] : []))
    }

    @Test func `where the gate was not asked, only what passes now is no worse`() {
        let draft = [merged(7, [.fixture()], nil)]
        let worse = UnreviewedChange.Why.worseVerdict(request: 7, shown: nil, now: .warn)
        #expect(why(now: [.fixture("fabrikam", .warn)], by: draft) == [worse])
        #expect(why(now: [.fixture()], by: draft).isEmpty)
    }

    @Test func `before the gate is asked no verdicts are compared`() {
        #expect(why(now: nil, by: [merged(7, [.fixture()], nil)]).isEmpty)
    }

    @Test(arguments: [(-30.0, true), (-61, false)])
    func `what was shown only after the merge was not reviewed, as far as two clocks agree`(
        merge: TimeInterval,
        isReviewed: Bool
    ) {
        var memory = RequestMemory.shown()
        memory.merged(as: CommitID(digit: "d"), at: .fixture.after(merge))
        #expect(why(by: [memory]) == (isReviewed ? [] : [.mergedUnseen(requests: [7])]))
    }

    @Test func `nothing is recorded as shown once the request is merged`() {
        var memory = merged()
        let before = memory.showings
        memory.shown(["contoso"], without: ["contoso": [Change.fixture().digest]], at: .fixture.after(110))
        #expect(memory.showings == before)
    }

    @Test func `a merge that git alone told is taken back when the forge has another head open`() {
        var memory = merged()
        memory.saw([.approval(.alice)], in: .fixture(), askedAt: .fixture.after(110))
        _ = memory.look(.fixture(), required, at: .fixture.after(120))
        #expect(memory.isMerged, "the forge may not know of it yet")
        _ = memory.look(.fixture(.fixture(head: "b")), required, at: .fixture.after(130))
        #expect(!memory.isMerged && memory.isOpen && !memory.isSealed)
        #expect(memory.mergedAt == nil)
    }

    @Test func `a merge that is told again closes a request that the forge still called open`() {
        var memory = merged()
        _ = memory.look(.fixture(), required, at: .fixture.after(120))
        #expect(memory.isOpen)
        memory.merged(as: CommitID(digit: "e"), at: .fixture.after(130))
        #expect(!memory.isOpen)
        #expect(memory.mergedAs == CommitID(digit: "d").hex)
    }

    @Test func `a merge that was told without its commit learns it once it is told, and keeps its time`() {
        var memory = RequestMemory.shown()
        memory.merged(as: nil, at: .fixture.after(100))
        #expect(memory.isMerged && memory.mergedCommit == nil)
        memory.merged(as: CommitID(digit: "d"), at: .fixture.after(130))
        memory.merged(as: nil, at: .fixture.after(140))
        #expect(memory.mergedCommit == CommitID(digit: "d"))
        #expect(memory.mergedAt == .fixture.after(100))
    }

    @Test func `what only puts drift back needs no request`() {
        #expect(why([.fixture(cause: .drift)], by: []).isEmpty)
        #expect(why([.fixture(cause: .both)], by: []) == [.neverShown])
    }

    @Test func `approvals are counted for what was shown`() {
        let two = RequestPolicy(approvals: 2)
        var memory = RequestMemory.shown()
        memory.saw([.approval(.alice)], in: .fixture(), askedAt: .fixture.after(70))
        memory.merged(as: CommitID(digit: "d"), at: .fixture.after(100))
        #expect(why(by: [memory], two) == [.approvals(request: 7, given: 1, wanted: 2)])
        #expect(why(by: [memory], RequestPolicy(approvals: 1)).isEmpty)
    }

    @Test func `a change that found no room in the comment was not shown`() {
        var memory = RequestMemory.shown()
        memory.shown(["contoso"], without: ["contoso": [Change.fixture().digest]], at: .fixture)
        memory.merged(as: CommitID(digit: "d"), at: .fixture.after(100))
        #expect(why(by: [memory]) == [.neverShown])
    }

    @Test func `the nearest request tells why`() {
        let requests = [merged(7, [other]), merged(8, [.fixture()], [.fixture("fabrikam", .pass)])]
        let held = why(now: [.fixture("fabrikam", .warn)], by: requests)
        #expect(held == [.worseVerdict(request: 8, shown: .pass, now: .warn)])
    }

    @Test func `the guard says which change and why, and what to type`() {
        let changes = (1...6).map { Change.fixture("partner-\($0)") }
        let verdict = ReviewCheck.judge(.fixture(changes: changes), judgements: nil, requests: [], policy: required)
        let digest = Plan.fixture(changes: changes).changesDigest.dropFirst(7).prefix(12)
        #expect(verdict.guardian?.id == "not-reviewed")
        #expect(
            verdict.guardian?.message
                == "OutboundConnector/partner-1 was not shown in a request that was merged since the last applied commit: it "
                + "came by a direct push. The same holds for OutboundConnector/partner-2, OutboundConnector/partner-3, "
                + "OutboundConnector/partner-4 and 2 more. Look at the plan (mitregate plan --tenant contoso), then release it: "
                + "mitregate approve --tenant contoso \(digest) --reason \"…\"; or revert the commit."
        )
        #expect(verdict.guardian?.holdsUnattendedOnly == true)
    }

    private static let sentences: [(UnreviewedChange.Why, String)] = [
        (.mergedUnseen(requests: [7, 8, 9, 10]), "#7, #8, #9 and 1 more were merged with a head that was not planned"),
        (.other(request: 7), "in a different way than #7 showed"),
        (.riskier(request: 7, shown: .low, now: .high), "with low risk in #7, and is high risk now"),
        (.worseVerdict(request: 7, shown: nil, now: .block), "with the gate saying nothing, and it says block now"),
        (.approvals(request: 7, given: 1, wanted: 2), "which had 1 of 2 approvals for it"),
    ]

    @Test(arguments: sentences.indices)
    func `each reason has a sentence`(index: Int) {
        let (why, part) = Self.sentences[index]
        #expect(UnreviewedChange(.fixture(), why).sentence.contains(part))
    }
}
