import Connectors
import Foundation
import MailWatch
import Planning
import Testing

/// What whole watches come to, over rounds of five minutes.
@Suite struct OutcomeTests {
    static var broken: (GateQuestion, Date) -> GateAnswer { World.sees("starttls-not-offered") }

    @Test func `mail that is delivered flows after five good messages`() {
        var world = World(mail(20, every: 20, from: 31) { _ in .good })
        let watch = world.run(.fixture())
        #expect(watch.state == .flows)
        #expect(watch.counters.good == 5)
        #expect(watch.score == nil || watch.score! <= -2.996)
        #expect(world.notices.map(\.word) == ["watching", "flows"])
        #expect(world.takeBacks.isEmpty)
    }

    @Test func `raised TLS against a partner without STARTTLS is held with an alarm`() {
        for policy in [RegressionResponse.hold, .rollBack] {
            var world = World(mail(20, every: 10, from: 31) { _ in .bad(Reason.starttls()) })
            let watch = world.run(.fixture(onRegression: policy))
            #expect(watch.state == .regressedHeld)
            #expect(watch.reason == .wouldWeaken)
            #expect(watch.counters.bad == 4)
            #expect(watch.verdict?.witness == .statistic)
            #expect(world.takeBacks.isEmpty)
            #expect(world.notices.last?.severity == .high)
        }
    }

    @Test func `the operator's file may say to go back even into weaker security`() {
        var world = World(mail(20, every: 10, from: 31) { _ in .bad(Reason.starttls()) })
        let watch = world.run(.fixture(onRegression: .rollBackEvenIfWeaker))
        #expect(watch.state == .takingBack)
        #expect(world.takeBacks.map(\.run) == ["back-1"])
        #expect(world.takeBacks.first?.mayWeaken == true)
        #expect(watch.takeBackRun == "back-1")
    }

    @Test func `a smart host that moved to a dead server is taken back, and only that connector`() throws {
        var world = World(mail(20, every: 10, from: 31) { _ in .bad(Reason.timeout()) }, for: [.movedHost()])
        world.gate = World.sees(
            "tcp-timeout",
            .unknown,
            at: PartnerHost(name: "dead.fabrikam.com", address: "192.0.2.66")
        )
        var watch = world.run(.movedHost())
        #expect(watch.state == .takingBack)
        let takeBack = try #require(world.takeBacks.first)
        #expect(takeBack.objects.map(\.key.name) == ["fabrikam-forced-tls"])
        #expect(!takeBack.mayWeaken)
        let notices = watch.handle(.tookBack(.ended(.applied)), at: minutes(200))
        #expect(watch.state == .regressedTakenBack)
        #expect(notices.map(\.word) == ["regressed-taken-back"])
        #expect(watch.pendingTakeBack == nil)
    }

    @Test func `two messages and the gate decide within the first half hour`() {
        var world = World(mail(4, every: 3, from: 1) { _ in .bad(Reason.starttls()) })
        world.gate = Self.broken
        let watch = world.run(.fixture(), until: minutes(25))
        #expect(watch.state == .regressedHeld)
        #expect(watch.verdict?.witness == .twoMessages)
        #expect(watch.verdict?.sight?.check == "starttls-not-offered")
    }

    @Test(arguments: ["one sender", "two servers", "two causes", "the gate sees nothing", "the gate looked before"])
    func `two messages do not witness`(_ why: String) {
        var messages = mail(2, every: 3, from: 1) { number in
            switch (why, number) {
            case ("two servers", 1): .bad(Reason.starttls("mx2.fabrikam.com", "192.0.2.8"))
            case ("two causes", 1): .bad(Reason.untrusted())
            default: .bad(Reason.starttls())
            }
        }
        if why == "one sender" { messages[1].sender = messages[0].sender }
        var world = World(messages)
        let sees = Self.broken
        world.gate = { question, now in
            switch why {
            case "the gate sees nothing": GateAnswer(observedAt: now, isDeliverable: true)
            case "the gate looked before": sees(question, applied)
            default: sees(question, now)
            }
        }
        let watch = world.run(.fixture(), until: minutes(45))
        #expect(watch.state == .watching)
    }

    @Test func `an outage of the network takes two looks of the gate`() {
        var world = World(mail(3, every: 1, from: 1) { _ in .bad(Reason.timeout()) }, for: [.movedHost()])
        let host = PartnerHost(name: "dead.fabrikam.com", address: "192.0.2.66")
        world.gate = World.sees("tcp-timeout", .unknown, at: host)
        var watch = world.run(.movedHost(.hold), until: minutes(10))
        #expect(watch.state == .settling)
        watch = world.run(watch, from: minutes(15), until: minutes(15))
        #expect(watch.state == .regressedHeld)
        #expect(watch.reason == .configured)
    }

    @Test func `a partner's certificate that ends after the change is not held against the change`() {
        let change = WatchedChange(
            connector: .fixture(
                before: ["recipientDomains": ["fabrikam.com"], "tlsSettings": "CertificateValidation"],
                after: [
                    "recipientDomains": ["fabrikam.com"], "tlsSettings": "DomainValidation",
                    "tlsDomain": "mx1.fabrikam.com",
                ]
            )
        )
        var world = World(mail(100, every: 10, from: 31) { _ in .bad(Reason.untrusted()) })
        world.gate = World.sees("cert-untrusted-root")
        let watch = world.run(.fixture(change: change))
        #expect(watch.state == .notJudged)
        #expect(watch.reason == .tooLittleMail)
        #expect(watch.counters[.beforeToo] > 90)
        #expect(
            world.notices.filter { $0.word == "before-too" }.map(\.message) == [
                "Mail to fabrikam.com fails (450 4.4.317 the certificate is not trusted), and would have failed before this change."
            ]
        )
    }

    @Test func `a partner's outage right after a harmless change does nothing`() {
        var world = World(
            mail(30, every: 4, from: 31) { _ in .bad(Reason.timeout("mx1.fabrikam.com", "192.0.2.7")) }
                + mail(10, every: 20, from: 200, first: 100) { _ in .good }
        )
        world.gate = World.sees("tcp-timeout", .unknown)
        let watch = world.run(.fixture())
        #expect(watch.state == .flows)
        #expect(watch.counters[.otherCause] > 20)
        #expect(watch.counters.bad == 0)
    }

    @Test func `a state before that is not known holds the verdict`() {
        var world = World(mail(20, every: 10, from: 31) { _ in .bad(Reason.timeout()) }, for: [.movedHost()])
        let watch = world.run(.movedHost())
        #expect(watch.state == .regressedHeld)
        #expect(watch.reason == .beforeOpen)
        #expect(watch.counters.open == 4)
    }

    @Test func `a suspended tenant records verdicts and takes nothing back`() {
        var world = World(mail(20, every: 10, from: 31) { _ in .bad(Reason.timeout()) }, for: [.movedHost()])
        world.gate = World.sees("tcp-timeout", .unknown, at: PartnerHost(name: "dead.fabrikam.com"))
        world.isTenantSuspended = true
        let watch = world.run(.movedHost())
        #expect(watch.state == .regressedHeld)
        #expect(watch.reason == .configured)
    }

    @Test func `no mail at all is not judged`() {
        var world = World([])
        let watch = world.run(.fixture())
        #expect(watch.state == .notJudged)
        #expect(watch.reason == .tooLittleMail)
        #expect(
            world.notices.last?.message == "Whether mail flows was not judged: too little mail: 0 messages counted."
        )
    }

    @Test(arguments: [0, 31])
    func `a burst of fifty messages of one sender is one unit`(_ extra: Int) {
        for fate in [Message.Fate.good, .bad(Reason.starttls())] {
            var messages = mail(50, every: 0.09, from: 40 + Double(extra)) { _ in fate }
            for number in messages.indices { messages[number].sender = "one-SECRET@northwind.example" }
            var world = World(messages)
            let watch = world.run(.fixture())
            #expect(watch.counters.counted == 1)
            #expect(watch.counters[.burst] == 49)
            #expect(watch.state == .notJudged)
        }
    }

    @Test func `mail that left in the old settings does not count`() {
        var world = World(mail(28, every: 1, from: 1) { _ in .good })
        let watch = world.run(.fixture())
        #expect(watch.counters.all == 0)
        #expect(watch.reason == .tooLittleMail)
    }

    @Test func `several recipients in one domain are one unit, and in two domains two`() {
        var messages = mail(3, every: 0, from: 40) { _ in .good }
        messages[1].number = 1
        messages[2].number = 1
        messages[2].recipient = "x-SECRET@sub.fabrikam.com"
        for number in messages.indices { messages[number].sender = messages[0].sender }
        let change = WatchedChange(
            connector: .fixture(
                before: ["recipientDomains": ["fabrikam.com", "*.fabrikam.com"]],
                after: ["recipientDomains": ["fabrikam.com", "*.fabrikam.com"], "tlsSettings": "EncryptionOnly"]
            )
        )
        var world = World(messages, for: [.fixture(change: change)])
        let watch = world.run(.fixture(change: change))
        #expect(watch.counters.good == 1)
        #expect(watch.counters[.burst] == 1, "one sender, so the second domain belongs to its burst")
    }

    @Test(arguments: [
        "Quarantined", "FilteredAsSpam", "Expanded", "Resolved", "recalled", "GettingStatus", "Unheard-of", "",
    ])
    func `a status word that says nothing is not counted`(_ word: String) {
        var world = World(mail(10, every: 10, from: 31) { _ in .word(word) })
        let watch = world.run(.fixture())
        #expect(watch.counters[.otherStatus] == 10)
        #expect(watch.counters.counted == 0)
    }

    @Test(arguments: ["delivered", "DELIVERED", "Delivered"])
    func `status words are compared without case`(_ word: String) {
        var world = World(mail(10, every: 10, from: 31) { _ in .word(word) })
        let watch = world.run(.fixture())
        #expect(watch.state == .flows)
    }

    @Test func `an unknown user is another cause`() {
        var world = World(mail(10, every: 10, from: 31) { _ in .bad(Reason.unknownUser) })
        let watch = world.run(.fixture())
        #expect(watch.counters[.otherCause] == 10)
        #expect(watch.state == .notJudged)
    }

    @Test func `texts that cannot be read leave their units out, and the account says so`() {
        var world = World(mail(10, every: 10, from: 31) { _ in .bad(Reason.starttls()) })
        world.isTextReadable = { _ in false }
        let watch = world.run(.fixture())
        #expect(watch.counters[.unreadable] == 10)
        #expect(watch.areTextsUnreadable)
        #expect(watch.account.contains { $0.contains("more than half of the texts could not be read") })
    }

    @Test func `a connector that failed often before is left to its two messages`() {
        var history = mail(60, every: 10, from: -2_000, first: 1_000) { _ in .bad(Reason.starttls()) }
        history += mail(40, every: 10, from: -1_000, first: 2_000) { _ in .good }
        var world = World(history + mail(40, every: 10, from: 31) { _ in .bad(Reason.starttls()) })
        let watch = world.run(.fixture())
        #expect(watch.baseRate?.units == 100)
        #expect(watch.baseRate?.bad == 60)
        #expect(watch.state == .notJudged)
        #expect(watch.reason == .baseRate)
        #expect(
            world.notices.last?.message.contains("n = 100, 60 failed for such a cause: too many for a verdict") == true
        )
    }

    @Test func `texts of the history that cannot be read count as caused`() {
        let history = mail(6, every: 100, from: -2_000, first: 1_000) { _ in .bad(Reason.unknownUser) }
        var world = World(history)
        world.isTextReadable = { _ in false }
        let watch = world.run(.fixture(), until: minutes(10))
        #expect(watch.baseRate?.bad == 6)
        world.isTextReadable = { _ in true }
        let again = world.run(.fixture(), until: minutes(10))
        #expect(again.baseRate?.bad == 0)
    }
}
