import Forges
import Foundation
import PullRequests
import Testing

/// A row for each rule of what becomes of an offer.
struct OfferDecisionTests {
    private let ours = CommitID(digit: "a")
    private let theirs = CommitID(digit: "f")
    private let now = Date.fixture.after(60)

    private func decide(
        _ memory: inout OfferMemory,
        _ offer: ChangeOffer? = .fixture(),
        tip: CommitID? = nil,
        request: PullRequest? = nil,
        isFought: Bool = false,
        settle: TimeInterval = 0,
        at date: Date? = nil
    ) -> OfferDecision {
        let wish: OfferFacts.Wish = offer.map { .offer($0, since: .fixture) } ?? .nothing
        let facts = OfferFacts(wish: wish, tip: tip, request: request, isFought: isFought)
        return memory.decide(facts, OfferPolicy(settle: settle), at: date ?? now)
    }

    // MARK: No request is open

    @Test func `what has settled is opened`() {
        var memory = OfferMemory(.drift, of: "contoso")
        #expect(decide(&memory) == .open(.fixture(), over: nil))
    }

    @Test func `what is too young waits until it has settled`() {
        var memory = OfferMemory(.drift, of: "contoso")
        #expect(decide(&memory, settle: 900) == .leave(.waits(until: .fixture.after(900))))
        #expect(decide(&memory, settle: 900, at: .fixture.after(900)) == .open(.fixture(), over: nil))
    }

    @Test func `what others change back and forth is left alone`() {
        var memory = OfferMemory(.drift, of: "contoso")
        #expect(decide(&memory, isFought: true) == .leave(.fought))
    }

    @Test func `nothing to offer leaves everything`() {
        var memory = OfferMemory(.drift, of: "contoso")
        #expect(decide(&memory, nil) == .leave(.nothingToOffer))
    }

    @Test func `what could not be read leaves an open request as it is`() {
        var memory = OfferMemory.shown()
        let facts = OfferFacts(wish: .unknown, tip: ours, request: .offer())
        #expect(memory.decide(facts, OfferPolicy(), at: now) == .leave(.unknown))
        #expect(memory.number == 7)
    }

    @Test func `a branch with a stranger's commit is not overwritten`() {
        var memory = OfferMemory(.drift, of: "contoso")
        #expect(decide(&memory, tip: theirs) == .leave(.foreignCommit(theirs)))
    }

    @Test func `a branch that a crash left at our commit is used again`() {
        var memory = OfferMemory(.drift, of: "contoso")
        memory.willPush(ours, of: .fixture())
        #expect(decide(&memory, tip: ours) == .open(.fixture(), over: ours))
    }

    @Test func `a request that a crash made us forget is found by its branch`() {
        var memory = OfferMemory(.drift, of: "contoso")
        memory.willPush(ours, of: .fixture())
        let decision = decide(&memory, tip: ours, request: .offer(9))
        #expect(decision == .update(.fixture(), number: 9, over: ours, pushes: true))
        #expect(memory.number == 9)
    }

    @Test func `a fork's request from a branch of that name is nothing of ours`() {
        var memory = OfferMemory(.drift, of: "contoso")
        #expect(decide(&memory, request: .offer(9, origin: .fork)) == .open(.fixture(), over: nil))
        #expect(memory.number == nil)
    }

    // MARK: A request is open

    @Test func `a request that shows it is left`() {
        var memory = OfferMemory.shown()
        #expect(decide(&memory, tip: ours, request: .offer()) == .leave(.upToDate(7)))
    }

    @Test func `only the words are brought up to date where the files are the same`() {
        var memory = OfferMemory.shown()
        let offer = ChangeOffer.fixture(words: "eve@contoso.com did it")
        let decision = decide(&memory, offer, tip: ours, request: .offer())
        #expect(decision == .update(offer, number: 7, over: ours, pushes: false))
        memory.did(offer, as: 7, at: now)
        #expect(decide(&memory, offer, tip: ours, request: .offer()) == .leave(.upToDate(7)))
    }

    @Test func `other files are pushed over our own commit`() {
        var memory = OfferMemory.shown()
        let offer = ChangeOffer.fixture(content: "newer")
        let decision = decide(&memory, offer, tip: ours, request: .offer())
        #expect(decision == .update(offer, number: 7, over: ours, pushes: true))
    }

    @Test func `a base that moved elsewhere pushes nothing`() {
        var memory = OfferMemory.shown()
        var offer = ChangeOffer.fixture()
        offer.base = CommitID(digit: "2")
        #expect(decide(&memory, offer, tip: ours, request: .offer()) == .leave(.upToDate(7)))
    }

    @Test func `a stranger's commit on the request is never overwritten, nor is its request closed`() {
        var memory = OfferMemory.shown()
        let newer = ChangeOffer.fixture(content: "newer")
        #expect(decide(&memory, newer, tip: theirs, request: .offer(head: "f")) == .leave(.foreignCommit(theirs)))
        #expect(decide(&memory, nil, tip: theirs, request: .offer(head: "f")) == .leave(.foreignCommit(theirs)))
    }

    @Test func `a branch that a person deleted is not made again for its open request`() {
        var memory = OfferMemory.shown()
        #expect(decide(&memory, request: .offer()) == .leave(.branchGone(7)))
    }

    @Test func `a request with nothing left in it is closed`() {
        var memory = OfferMemory.shown()
        #expect(decide(&memory, nil, tip: ours, request: .offer()) == .close(number: 7, tip: ours, .gone))
    }

    @Test func `what we closed ourselves may be offered again`() {
        var memory = OfferMemory.shown()
        memory.willClose()
        #expect(decide(&memory, nil, tip: nil, request: .offer(state: .closed)) == .leave(.nothingToOffer))
        #expect(decide(&memory, request: .offer(state: .closed)) == .open(.fixture(), over: nil))
    }

    @Test func `a request that a person opens again after us is not closed a second time`() {
        var memory = OfferMemory.shown()
        memory.willClose()
        _ = decide(&memory, nil, request: .offer(state: .closed))
        #expect(decide(&memory, nil, tip: ours, request: .offer()) == .leave(.reopened(7)))
    }

    @Test func `a request that the forge has not any more is forgotten, and nobody has decided about it`() {
        var memory = OfferMemory.shown()
        #expect(decide(&memory, tip: ours) == .open(.fixture(), over: ours))
        #expect(memory.number == nil)
        var closing = OfferMemory.shown()
        closing.willClose()
        #expect(decide(&closing, nil, tip: ours) == .leave(.nothingToOffer))
        #expect(closing.number == nil)
    }

    @Test func `a number that a restored forge gives once more is not one that we closed`() {
        var memory = OfferMemory.shown()
        memory.willClose()
        _ = decide(&memory, nil, request: .offer(state: .closed))
        memory.did(.fixture(), as: 7, at: now)
        #expect(decide(&memory, nil, tip: ours, request: .offer()) == .close(number: 7, tip: ours, .gone))
    }

    // MARK: People have decided

    @Test func `what a person closed is not offered again as long as it is the same`() {
        var memory = OfferMemory.shown()
        let closed = PullRequest.offer(state: .closed)
        #expect(decide(&memory, tip: ours, request: closed) == .leave(.declined(7)))
        let reworded = ChangeOffer.fixture(content: "another base", words: "other words")
        #expect(decide(&memory, reworded, tip: ours, at: now.after(86_400 * 30)) == .leave(.declined(7)))
    }

    @Test func `what a person closed is offered again once it is something else`() {
        var memory = OfferMemory.shown()
        let other = ChangeOffer.fixture(["requireTls", "smartHosts"])
        #expect(decide(&memory, other, tip: ours, request: .offer(state: .closed)) == .open(other, over: ours))
    }

    @Test func `less than what a person closed is declined as well`() {
        var memory = OfferMemory.shown(.fixture(["requireTls", "smartHosts"]))
        let decision = decide(&memory, .fixture(["smartHosts"]), tip: ours, request: .offer(state: .closed))
        #expect(decision == .leave(.declined(7)))
    }

    @Test func `what was declined counts as new when it comes back after a day of quiet`() {
        var memory = OfferMemory.shown()
        _ = decide(&memory, nil, tip: ours, request: .offer(state: .closed))
        #expect(decide(&memory, tip: ours, at: now.after(3_600)) == .leave(.declined(7)))
        _ = decide(&memory, nil, tip: ours, at: now.after(7_200))
        _ = decide(&memory, nil, tip: ours, at: now.after(7_200 + 86_400))
        #expect(decide(&memory, tip: ours, at: now.after(200_000)) == .open(.fixture(), over: ours))
    }

    @Test func `what was merged is not offered again while git does not say it yet`() {
        var memory = OfferMemory.shown()
        let merged = PullRequest.offer(state: .merged(as: nil, at: nil))
        #expect(decide(&memory, tip: ours, request: merged) == .leave(.merged(7)))
    }

    @Test func `once git says what the tenant says the same change is a new one`() {
        var memory = OfferMemory.shown()
        let merged = PullRequest.offer(state: .merged(as: CommitID(digit: "b"), at: nil))
        #expect(decide(&memory, nil, tip: ours, request: merged) == .leave(.nothingToOffer))
        #expect(decide(&memory, tip: ours) == .open(.fixture(), over: ours))
    }

    @Test func `a person's commit that was merged with the request is done, and may be replaced`() {
        var memory = OfferMemory.shown()
        let merged = PullRequest.offer(head: "f", state: .merged(as: CommitID(digit: "b"), at: nil))
        _ = decide(&memory, nil, tip: theirs, request: merged)
        #expect(decide(&memory, tip: theirs) == .open(.fixture(), over: theirs))
        #expect(decide(&memory, tip: CommitID(digit: "e")) == .leave(.foreignCommit(CommitID(digit: "e"))))
    }

    // MARK: Not too often

    @Test func `a tenant has at most three requests opened a day`() {
        var memory = OfferMemory(.drift, of: "contoso")
        for number in 1...3 {
            let offer = ChangeOffer.fixture(["\(number)"])
            #expect(decide(&memory, offer) == .open(offer, over: nil))
            memory.willPush(ours, of: offer)
            memory.did(offer, as: number, at: now)
            memory.willClose()
            _ = decide(&memory, nil, request: .offer(number, state: .closed))
        }
        #expect(decide(&memory, .fixture(["4"])) == .leave(.waits(until: now.after(86_400))))
        #expect(decide(&memory, .fixture(["4"]), at: now.after(86_400)) == .open(.fixture(["4"]), over: nil))
    }

    @Test func `a request has at most so many commits pushed a day`() {
        var memory = OfferMemory.shown()
        for number in 2..<OfferPolicy.pushesADay { memory.did(.fixture(content: "\(number)"), as: 7, at: now) }
        memory.did(.fixture(), as: 7, at: now)
        let newer = ChangeOffer.fixture(content: "newer")
        #expect(decide(&memory, newer, tip: ours, request: .offer()) == .leave(.waits(until: .fixture.after(86_400))))
        let reworded = ChangeOffer.fixture(words: "only words")
        #expect(
            decide(&memory, reworded, tip: ours, request: .offer())
                == .update(reworded, number: 7, over: ours, pushes: false)
        )
    }

    @Test func `the memory is the same after it was stored`() throws {
        var memory = OfferMemory.shown()
        _ = decide(&memory, tip: ours, request: .offer(state: .closed))
        let stored = try JSONDecoder().decode(OfferMemory.self, from: JSONEncoder().encode(memory))
        #expect(stored == memory)
    }
}

struct OfferBranchTests {
    @Test func `the branch is named for kind and tenant`() {
        #expect(ChangeOffer.branch(.drift, of: "contoso") == "mitregate/drift/contoso")
        #expect(ChangeOffer.branch(.revert, of: "Contoso_2.ch") == "mitregate/revert/Contoso_2.ch")
    }

    @Test(arguments: ["a..b", "contoso.lock", "ends.", ".hidden", "", "two words", "a/b", "ünïcode", "x~1"])
    func `a tenant's name that git would refuse is replaced`(tenant: String) throws {
        let branch = ChangeOffer.branch(.drift, of: tenant)
        let part = try #require(branch.split(separator: "/").last)
        #expect(branch.split(separator: "/").count == 3)
        #expect(part.utf8.allSatisfy { $0 == 45 || (48...57).contains($0) || (97...122).contains($0) })
        #expect(branch != ChangeOffer.branch(.drift, of: tenant + "2"))
    }
}
