import Forges
import Foundation
import PullRequests
import TestSupport
import Testing

/// A small world in which people race with the offering: whatever they do, nothing of theirs is lost and nothing runs in circles.
struct OfferWorldTests {
    /// A tenant, git, a forge, and who does what on them.
    private struct World {
        struct Request {
            var number: Int
            var state = PullRequest.State.open
        }

        var random: SeededRandom
        var now = Date.fixture
        /// What is stored: a crash leaves it as it was last stored.
        var memory = OfferMemory(.drift, of: "contoso")
        /// One field, as the tenant has it, as git says it, and as it was last written.
        var tenant = 0
        var git = 0
        var applied = 0
        var tip: CommitID?
        var tipIsOurs = false
        var tipValue = 0
        var requests: [Request] = []
        var commits = 0
        var openings: [Date] = []
        var pushes = 0
        var crashes = 0
        /// What the last push offered.
        var offered = 0
        /// Whether a close of ours may be under way.
        var isClosing = false
        /// What people declined by closing a request that was known to be open.
        var declined: Set<Int> = []
        /// How often something was declined, and how often a look kept that back although the tenant said it.
        var declines = 0
        var kept = 0
        var problems: [String] = []

        init(seed: UInt64) { random = SeededRandom(seed: seed) }

        var open: Int? { requests.lastIndex { $0.state == .open } }

        mutating func commit() -> CommitID {
            commits += 1
            let digits = String(commits, radix: 16)
            return CommitID(String(repeating: "0", count: 40 - digits.count) + digits) ?? CommitID(digit: "0")
        }

        // MARK: People

        mutating func people() {
            switch Int.random(in: 0..<12, using: &random) {
            case 0...2: tenant = Int.random(in: 0...2, using: &random)
            case 3:
                if tip != nil {
                    tip = commit()
                    tipIsOurs = false
                }
            case 4:
                if let open {
                    if memory.number == requests[open].number, !isClosing {
                        declined.insert(offered)
                        declines += 1
                    }
                    requests[open].state = .closed
                }
            case 5:
                if let last = requests.indices.last, requests[last].state == .closed, tip != nil, open == nil {
                    requests[last].state = .open
                }
            case 6...7:
                if let open, tip != nil {
                    requests[open].state = .merged(as: commit(), at: now)
                    declined.remove(offered)
                    // A person's commit on the branch may have made it say something else.
                    git = tipIsOurs ? tipValue : Int.random(in: 0...2, using: &random)
                    if Bool.random(using: &random) { tip = nil }
                }
            case 8: tip = nil
            case 9: git = Int.random(in: 0...2, using: &random)
            default: break
            }
        }

        /// A run of the pipeline: what git changed is written, and what it says as the tenant does is remembered.
        mutating func run() {
            if git != applied { tenant = git }
            applied = git
        }

        // MARK: The offering

        private var wish: OfferFacts.Wish {
            guard tenant != git else { return .nothing }
            guard git == applied else { return .nothing }
            let offer = ChangeOffer.fixture(["\(tenant)"], content: "\(tenant) over \(git)")
            return .offer(offer, since: .fixture)
        }

        private var facts: OfferFacts {
            var found = memory.number.flatMap { number in requests.first { $0.number == number } }
            if found == nil { found = open.map { requests[$0] } }
            let request = found.map { PullRequest.offer($0.number, state: $0.state) }
            return OfferFacts(wish: wish, tip: tip, request: request)
        }

        /// One look; a crash may end it behind any step.
        ///
        /// - Returns: Whether something was done that others see.
        mutating func look(mayCrash: Bool = true) -> Bool {
            var memory = memory
            let wasOpen = open
            let decision = memory.decide(facts, OfferPolicy(), at: now)
            func crashes() -> Bool {
                guard mayCrash, Int.random(in: 0..<8, using: &random) == 0 else { return false }
                self.crashes += 1
                return true
            }
            switch decision {
            case .leave(let reason):
                if case .declined = reason { kept += 1 }
                self.memory = memory
                return false
            case .open(let offer, let over):
                if wasOpen != nil { problems.append("a second request") }
                if declined.contains(tenant) { problems.append("what a person declined is offered again") }
                push(offer, over: over, &memory)
                if crashes() { return true }
                requests.append(Request(number: requests.count + 1))
                openings.append(now)
                if crashes() { return true }
                memory.did(offer, as: requests.count, at: now)
                isClosing = false
            case .update(let offer, let number, let over, let isPushed):
                if isPushed { push(offer, over: over, &memory) }
                if crashes() { return true }
                memory.did(offer, as: number, at: now)
                isClosing = false
            case .close(let number, let tip, _):
                memory.willClose()
                isClosing = true
                self.memory = memory
                if crashes() { return true }
                if let index = requests.firstIndex(where: { $0.number == number }) { requests[index].state = .closed }
                if tip == self.tip { self.tip = nil }
                if crashes() { return true }
            }
            self.memory = memory
            return true
        }

        private mutating func push(_ offer: ChangeOffer, over: CommitID?, _ memory: inout OfferMemory) {
            let new = commit()
            memory.willPush(new, of: offer)
            self.memory = memory
            if over != tip { problems.append("pushed over another tip") }
            if tip != nil, !tipIsOurs { problems.append("a person's commit is lost") }
            (tip, tipIsOurs, tipValue) = (new, true, tenant)
            offered = tenant
            pushes += 1
        }
    }

    @Test(arguments: 0..<20)
    func `whatever people do, nothing of theirs is lost and it comes to rest`(share: Int) {
        for seed in 0..<25 {
            var world = World(seed: UInt64(share * 25 + seed))
            for _ in 0..<60 {
                world.people()
                if Bool.random(using: &world.random) { world.run() }
                _ = world.look()
                world.now += 300
            }
            // People go home: within a few looks nothing is done any more, however many follow.
            world.run()
            for _ in 0..<6 {
                _ = world.look(mayCrash: false)
                world.now += 60
            }
            for _ in 0..<20 {
                let isRestless = world.look(mayCrash: false)
                #expect(!isRestless, "seed \(share * 25 + seed)")
                world.now += 60
            }
            #expect(world.problems == [], "seed \(share * 25 + seed)")
            // All of it was within a day.
            #expect(world.openings.count <= OfferPolicy.openingsADay + world.crashes)
            #expect(world.pushes <= OfferPolicy.pushesADay + world.crashes)
        }
    }

    @Test func `the world is worth looking at`() {
        var (opened, merged, closed, declined, kept) = (0, 0, 0, 0, 0)
        for seed in 0..<100 {
            var world = World(seed: UInt64(seed))
            for _ in 0..<60 {
                world.people()
                world.run()
                _ = world.look()
                world.now += 300
            }
            opened += world.requests.count
            merged += world.requests.count { if case .merged = $0.state { true } else { false } }
            closed += world.requests.count { $0.state == .closed }
            declined += world.declines
            kept += world.kept
        }
        #expect(opened > 100 && merged > 20 && closed > 20)
        #expect(declined > 20 && kept > 20, "\(declined) declined, \(kept) kept back")
    }
}
