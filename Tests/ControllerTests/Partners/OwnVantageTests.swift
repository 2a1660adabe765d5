import FoundationEssentials
import TLSGate
import Testing

@testable import Controller

/// Partners that cannot be seen, or we who cannot see.
struct OwnVantageTests {
    private static let start = Date(timeIntervalSince1970: 1_800_000_000)

    private static func vantage(_ sights: Sight...) -> OwnVantage {
        sights.reduce(into: OwnVantage()) { $0.take($1, at: start) }
    }

    @Test func `a resolver that answers nothing is our own trouble at once`() {
        #expect(Self.vantage(.withoutDNS).trouble == .dns)
    }

    @Test func `three unrelated partners in a row that say nothing are our port, and two are not`() {
        let two = Self.vantage(.silent("192.0.2.1"), .silent("192.0.2.2"))
        #expect(two.trouble == nil && !two.isPaused(at: Self.start))
        let three = Self.vantage(.silent("192.0.2.1"), .silent("192.0.2.2"), .silent("192.0.2.3"))
        #expect(three.trouble == .port(silentServers: 3) && three.isPaused(at: Self.start))
    }

    @Test func `partners that share a server are one, and one that is heard starts from the beginning`() {
        #expect(Self.vantage(.silent("192.0.2.1"), .silent("192.0.2.1"), .silent("192.0.2.1")).trouble == nil)
        let heard = Self.vantage(.silent("192.0.2.1"), .silent("192.0.2.2"), .seen("mx.example"), .silent("192.0.2.3"))
        #expect(heard.trouble == nil)
    }

    @Test func `one server that is heard ends it, and a resolver that answers ends the resolver's part`() {
        let blocked = [Sight.silent("192.0.2.1"), .silent("192.0.2.2"), .silent("192.0.2.3")]
        var vantage = blocked.reduce(into: OwnVantage()) { $0.take($1, at: Self.start) }
        vantage.take(.seen("mx.example"), at: Self.start)
        #expect(vantage == OwnVantage())
        #expect(Self.vantage(.withoutDNS, .silent("192.0.2.1")).trouble == nil)
    }

    @Test func `it pauses for a minute and twice as long each time, to half an hour; looks under way count once`() {
        var vantage = OwnVantage()
        var (now, pauses) = (Self.start, [Double]())
        for _ in 0..<7 {
            for _ in 0..<8 { vantage.take(.withoutDNS, at: now) }
            var pause = 0.0
            while vantage.isPaused(at: now.addingTimeInterval(pause)) { pause += 1 }
            pauses.append(pause)
            now += pause
        }
        #expect(pauses == [60, 120, 240, 480, 960, 1_800, 1_800])
    }

    @Test func `a clock that was set back does not make it last`() {
        let vantage = Self.vantage(.withoutDNS)
        #expect(vantage.isPaused(at: Self.start))
        #expect(!vantage.isPaused(at: Self.start.addingTimeInterval(-7_200)))
    }
}
