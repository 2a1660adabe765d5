import FoundationEssentials
import Testing

@testable import Controller

/// The service's time, which alone a watch reckons in.
struct BelievedTimeTests {
    private static let start = Date(timeIntervalSince1970: 1_800_000_000)

    private static func minutes(_ minutes: Double) -> Date { start.addingTimeInterval(minutes * 60) }

    @Test func `a time that goes on with the monotonic clock is believed`() {
        var times = BelievedTime()
        for round in 0..<20 {
            let time = Self.minutes(Double(round) * 5)
            #expect(times.hear(time, of: "a", after: nil, uptime: Double(round) * 300) == .believed(time))
        }
    }

    @Test func `a time that goes back is doubted until it is past what was believed`() {
        var times = BelievedTime()
        _ = times.hear(Self.minutes(0), of: "a", after: nil, uptime: 0)
        #expect(times.hear(Self.minutes(-60), of: "a", after: nil, uptime: 300) == .doubted(.jumped, for: 0))
        #expect(times.hear(Self.minutes(-55), of: "a", after: nil, uptime: 600) == .doubted(.jumped, for: 300))
        #expect(times.hear(Self.minutes(5), of: "a", after: nil, uptime: 900) == .believed(Self.minutes(5)))
        #expect(times.hear(Self.minutes(-60), of: "a", after: nil, uptime: 1_200) == .doubted(.jumped, for: 0))
    }

    @Test func `a jump ahead is doubted once, and believed when the next time bears it out`() {
        var times = BelievedTime()
        _ = times.hear(Self.minutes(0), of: "a", after: nil, uptime: 0)
        #expect(times.hear(Self.minutes(600), of: "a", after: nil, uptime: 300) == .doubted(.jumped, for: 0))
        #expect(times.hear(Self.minutes(605), of: "a", after: nil, uptime: 600) == .believed(Self.minutes(605)))
    }

    @Test func `a service that tells no time is doubted, and one tenant's doubt is no other's`() {
        var times = BelievedTime()
        #expect(times.hear(nil, of: "a", after: nil, uptime: 0) == .doubted(.absent, for: 0))
        #expect(times.hear(nil, of: "a", after: nil, uptime: 90) == .doubted(.absent, for: 90))
        #expect(times.hear(Self.start, of: "b", after: nil, uptime: 90) == .believed(Self.start))
    }

    @Test func `how long nothing was heard is told by the monotonic clock, however the service's time jumps`() {
        var times = BelievedTime()
        _ = times.hear(Self.start, of: "a", after: nil, uptime: 0)
        #expect(times.pause(of: "a") == nil, "nothing is known of the time before")
        _ = times.hear(Self.minutes(55), of: "a", after: nil, uptime: 10)
        #expect(times.hear(Self.minutes(55), of: "a", after: nil, uptime: 20) == .believed(Self.minutes(55)))
        #expect(times.pause(of: "a") == 20)
        _ = times.hear(Self.minutes(115), of: "a", after: nil, uptime: 3_620)
        #expect(times.pause(of: "a") == 3_600)
        #expect(times.pause(of: "b") == nil)
    }

    @Test func `a restart does not forget what was believed before it`() {
        var times = BelievedTime()
        let word = times.hear(Self.minutes(-60), of: "a", after: Self.start, uptime: 0)
        #expect(word == .doubted(.jumped, for: 0))
    }
}

struct StopwatchTests {
    @Test func `it shows how long its clock ran`() {
        let time = VirtualTime()
        let stopwatch = Stopwatch(time)
        time.advance(by: 90)
        #expect(stopwatch.elapsed == .seconds(90))
    }
}
