import Connectors
import Foundation
import MailWatch
import Planning
import TestSupport

import Testing

/// What people see of a watch.
@Suite struct AccountTests {
    @Test func `a regression that is held, as status shows it`() throws {
        let history = mail(61, every: 100, from: -8_000, first: 1_000) { _ in .good }
        let excluded = [
            Message(500, at: minutes(31), from: "a", to: "fabrikam.com", .bad(Reason.unknownUser)),
            Message(501, at: minutes(32), from: "b", to: "fabrikam.com", .bad(Reason.unknownUser)),
            Message(502, at: minutes(33), from: "c", to: "fabrikam.com", .word("Quarantined")),
        ]
        var world = World(history + excluded + mail(20, every: 10, from: 34) { _ in .bad(Reason.starttls()) })
        world.gate = { question, now in
            now < minutes(115) ? .unknown : World.sees("starttls-not-offered")(question, now)
        }
        let watch = world.run(.fixture())
        try expectGolden(watch.account.joined(separator: "\n") + "\n", "held.txt")
        try expectGolden((world.notices.last?.message ?? "") + "\n", "held-event.txt")
    }

    @Test func `every other state, as status shows it`() throws {
        var pages: [String] = []
        func add(_ watch: Watch) { pages.append(watch.account.joined(separator: "\n")) }
        var flowing = World(mail(20, every: 20, from: 31) { _ in .good })
        add(flowing.run(.fixture(), until: minutes(5)))
        add(flowing.run(.fixture(), until: minutes(60)))
        add(flowing.run(.fixture()))
        var quiet = World([])
        add(quiet.run(.fixture()))
        var dead = World(mail(20, every: 10, from: 31) { _ in .bad(Reason.timeout()) }, for: [.movedHost()])
        add(dead.run(.movedHost()))
        dead.gate = World.sees(
            "tcp-timeout",
            .unknown,
            at: PartnerHost(name: "dead.fabrikam.com", address: "192.0.2.66")
        )
        var watch = dead.run(.movedHost())
        add(watch)
        _ = watch.handle(.tookBack(.ended(.applied)), at: minutes(200))
        add(watch)
        var superseded = Watch.fixture()
        _ = superseded.handle(.superseded(run: "8aaa"), at: minutes(3))
        add(superseded)
        var ended = Watch.fixture()
        _ = ended.handle(.endedByPerson(name: "ops", reason: "the partner knows"), at: minutes(3))
        add(ended)
        try expectGolden(pages.joined(separator: "\n\n") + "\n", "states.txt")
    }
}
