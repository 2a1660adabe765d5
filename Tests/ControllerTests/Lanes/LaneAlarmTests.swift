import Synchronization
import TestSupport
import Testing

@testable import Controller

@Suite struct LaneAlarmTests {
    private final class Owner: Sendable {}

    private final class Heard: Sendable {
        private let names = Mutex<[String]>([])
        var all: [String] { names.withLock { $0 } }
        func note(_ name: String) { names.withLock { $0.append(name) } }
    }

    @Test func `each owner is called once, at its last time, and one task sleeps for all`() async {
        let (clock, heard, first, second) = (HeldClock(), Heard(), Owner(), Owner())
        let alarm = LaneAlarm(clock)
        alarm.set(for: first, in: 60) { heard.note("never") }
        alarm.set(for: second, in: 30) { heard.note("second") }
        alarm.set(for: first, in: 20) { heard.note("first") }
        await eventually { clock.sleeping == 1 }
        clock.advance(by: .seconds(19))
        #expect(heard.all.isEmpty)
        clock.advance(by: .seconds(1))
        await eventually { heard.all == ["first"] && clock.sleeping == 1 }
        clock.advance(by: .seconds(10))
        await eventually { heard.all == ["first", "second"] }
        clock.advance(by: .seconds(100))
        await eventually { clock.sleeping == 0 }
        #expect(heard.all == ["first", "second"])
    }

    @Test func `what is due together is called in the order of its times, and a time that has passed at once`() async {
        let (clock, heard) = (HeldClock(), Heard())
        let owners = (0..<3).map { _ in Owner() }
        let alarm = LaneAlarm(clock)
        for (index, seconds) in [12.0, 10, 11].enumerated() {
            alarm.set(for: owners[index], in: seconds) { heard.note("\(seconds)") }
        }
        await eventually { clock.sleeping == 1 }
        clock.advance(by: .seconds(15))
        await eventually { heard.all == ["10.0", "11.0", "12.0"] }
        alarm.set(for: owners[0], in: -5) { heard.note("late") }
        await eventually {
            clock.advance(by: .zero)
            return heard.all.last == "late"
        }
    }

    @Test func `an owner that is cleared is not called, and the last one ends the task`() async {
        let (clock, heard, first, second) = (HeldClock(), Heard(), Owner(), Owner())
        let alarm = LaneAlarm(clock)
        alarm.set(for: first, in: 10) { heard.note("first") }
        alarm.set(for: second, in: 20) { heard.note("second") }
        alarm.clear(for: first)
        await eventually { clock.sleeping == 1 }
        clock.advance(by: .seconds(10))
        await eventually { clock.sleeping == 1 }
        alarm.clear(for: second)
        await eventually { clock.sleeping == 0 }
        clock.advance(by: .seconds(60))
        #expect(heard.all.isEmpty)
    }
}
