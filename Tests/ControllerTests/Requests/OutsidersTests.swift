import Forges
import FoundationEssentials
import Testing

@testable import Controller

/// Of whom a forge said that they may not write.
@Suite struct OutsidersTests {
    private static let start = Date(timeIntervalSince1970: 1_800_000_000)
    private static let people = (0..<Outsiders.limit).map { Person(id: "p\($0)", login: "p\($0)") }

    @Test func `an answer is believed for an hour, in which there is room for so many`() {
        var outsiders = Outsiders()
        for person in Self.people { outsiders.add(person, at: Self.start) }
        let last = Self.start.addingTimeInterval(3_599)
        #expect(outsiders.contains(Self.people[0], at: last) && outsiders.room(at: last) == 0)
        let next = Self.start.addingTimeInterval(3_600)
        #expect(!outsiders.contains(Self.people[0], at: next) && outsiders.room(at: next) == Outsiders.limit)
    }

    @Test func `who was never asked about comes first, then of whom it was longest ago`() {
        var outsiders = Outsiders()
        outsiders.add(Self.people[0], at: Self.start.addingTimeInterval(60))
        outsiders.add(Self.people[1], at: Self.start)
        let turns = outsiders.inTurn(Array(Self.people.prefix(4)))
        #expect(turns.map(\.id) == ["p2", "p3", "p1", "p0"])
    }
}
