import Connectors
import Foundation
import MailWatch
import Testing

/// Two messages and the gate: how long the first is remembered, and what else has to be known.
@Suite struct WitnessTests {
    @Test func `the first of two messages is remembered until the second comes, hours later`() {
        var world = World(mail(2, every: 400, from: 1) { _ in .bad(Reason.starttls()) })
        world.gate = World.sees("starttls-not-offered")
        let watch = world.run(.fixture(), until: minutes(420))
        #expect(watch.state == .regressedHeld)
        #expect(watch.verdict?.witness == .twoMessages)
    }

    @Test func `two looks at a dead server that are further apart than half an hour are no two looks`() {
        var world = World(mail(3, every: 1, from: 1) { _ in .bad(Reason.timeout()) }, for: [.movedHost()])
        let sees = World.sees(
            "tcp-timeout",
            .unknown,
            at: PartnerHost(name: "dead.fabrikam.com", address: "192.0.2.66")
        )
        // It is seen dead at ten minutes, alive until an hour has passed, and dead again.
        world.gate = { question, now in
            (minutes(15)..<minutes(60)).contains(now)
                ? GateAnswer(observedAt: now, isDeliverable: true) : sees(question, now)
        }
        let watch = world.run(.movedHost(.hold), until: minutes(60))
        #expect(watch.state == .watching)
        let decided = world.run(watch, from: minutes(65), until: minutes(65))
        #expect(decided.state == .regressedHeld)
        #expect(decided.verdict?.witness == .twoMessages)
    }

    @Test func `a verdict waits where no texts are left to ask whether the fault is wider`() {
        let history = mail(16, every: 60, from: -5_000, first: 1_000) { _ in .bad(Reason.unknownUser) }
        let own = mail(4, every: 1, from: 1) { _ in .bad(Reason.starttls()) }
        let others = (1...6).flatMap { number in
            mail(1, every: 1, from: 2, first: 2_000 + number, to: "partner\(number).example") { _ in
                .bad(Reason.starttls("mx.partner\(number).example", "192.0.2.\(50 + number)"))
            }
        }
        var world = World(history + own + others)
        world.gate = World.sees("starttls-not-offered")
        // The history and the two messages take all texts of the first round.
        let waiting = world.run(.fixture(), from: minutes(10), until: minutes(10))
        #expect(world.texts == 20)
        #expect(waiting.state == .settling)
        let asked = world.run(waiting, from: minutes(15), until: minutes(15))
        #expect(asked.state == .suspended)
    }
}
