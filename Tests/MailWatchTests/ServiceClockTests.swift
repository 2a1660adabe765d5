import Foundation
import MailWatch
import Testing

@Suite struct ServiceClockTests {
    @Test(arguments: [
        (5.0, Double?.some(300.0), true), (0, 300, true), (-0.1, 300, true), (-1, 300, false), (-60, 300, false),
        (-1_440, 300, false), (14, 300, true), (16, 300, false), (65, 300, false), (1_445, 300, false), (65, nil, true),
    ])
    func `a service time after so many minutes`(_ later: Double, _ elapsed: Double?, _ isBelieved: Bool) {
        var clock = ServiceClock()
        let first = clock.accept(applied, elapsed: nil)
        let next = clock.accept(minutes(later), elapsed: elapsed)
        #expect(first)
        #expect(next == isBelieved)
        #expect(clock.last == (isBelieved ? max(applied, minutes(later)) : applied))
    }

    @Test func `a jump forward that the next time bears out is believed`() {
        var clock = ServiceClock()
        _ = clock.accept(applied, elapsed: nil)
        let jumped = clock.accept(minutes(600), elapsed: 300)
        let other = clock.accept(minutes(2_000), elapsed: 300)
        let borneOut = clock.accept(minutes(2_005), elapsed: 300)
        #expect([jumped, other, borneOut] == [false, false, true])
        #expect(clock.last == minutes(2_005))
    }
}
