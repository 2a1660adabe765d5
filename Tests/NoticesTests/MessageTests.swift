import Crypto
import Foundation
import Notices
import Scheduling
import Testing

struct MessageTests {
    @Test func `one event is a CloudEvent in structured mode, signed over its raw body`() throws {
        let message = try Message.cloudEvents([.fixture("01")], instance: "lab", secret: "key")
        #expect(message.contentType == "application/cloudevents+json")
        let body = try #require(try JSONSerialization.jsonObject(with: Data(message.body)) as? [String: Any])
        #expect(body["specversion"] as? String == "1.0")
        #expect(body["type"] as? String == "dev.mitregate.live-state-unknown.raised")
        #expect(body["source"] as? String == "/mitregate/lab/contoso")
        #expect(body["subject"] as? String == "contoso/Tenant/contoso")
        #expect(body["id"] as? String == "01")
        let data = try #require(body["data"] as? [String: Any])
        #expect(data["reason"] as? String == "Throttled")
        let code = HMAC<SHA256>.authenticationCode(
            for: Data(message.body),
            using: SymmetricKey(data: Data("key".utf8))
        )
        #expect(message.signature == "sha256=" + code.map { String(format: "%02x", $0) }.joined())
    }

    @Test func `several events are one batch`() throws {
        let message = try Message.cloudEvents([.fixture("01"), .fixture("02")], instance: "lab", secret: nil)
        #expect(message.contentType == "application/cloudevents-batch+json")
        #expect(message.signature == nil)
        let body = try #require(try JSONSerialization.jsonObject(with: Data(message.body)) as? [[String: Any]])
        #expect(body.map { $0["id"] as? String } == ["01", "02"])
    }

    @Test(arguments: ["<!channel>", "<https://evil.example|contoso>", "@here", "a & b"])
    func `a stranger's text is text to Slack`(text: String) throws {
        let message = try Message.slack([.fixture("01", message: text)])
        let body = String(decoding: message.body, as: UTF8.self)
        #expect(!body.contains("<!") && !body.contains("<https") && !body.contains("@here"))
        if text.contains("&") { #expect(body.contains("a &amp; b")) }
    }

    @Test func `a stranger's text is text to Teams`() throws {
        let message = try Message.teams([.fixture("01", message: "[here](https://evil.example) *now*")])
        let body = String(decoding: message.body, as: UTF8.self)
        #expect(body.contains(#"\\[here\\]\\(https://evil.example\\) \\*now\\*"#))
        #expect(body.contains("AdaptiveCard"))
    }

    @Test func `a long text is cut for a chat and whole for a webhook`() throws {
        let long = String(repeating: "x", count: 100_000)
        #expect(try Message.slack([.fixture("01", message: long)]).body.count < 5_000)
        #expect(try Message.teams([.fixture("01", message: long)]).body.count < 5_000)
        #expect(
            try Message.cloudEvents([.fixture("01", message: long)], instance: "l", secret: nil).body.count > 100_000
        )
    }
}

struct SinkTests {
    private func sink(_ conditions: Set<String> = [], _ tenants: Set<String> = []) -> Sink {
        Sink(name: "s", form: .slack, address: { "" }, conditions: conditions, tenants: tenants)
    }

    @Test func `a sink gets what it asked for, in either spelling, and all when it asked for nothing`() {
        let event = Event.fixture("01")
        #expect(sink().takes(event))
        #expect(sink(["LiveStateUnknown"]).takes(event))
        #expect(sink(["live-state-unknown"]).takes(event))
        #expect(sink(["Throttled"]).takes(event))
        #expect(!sink(["Drifted"]).takes(event))
        #expect(sink([], ["contoso"]).takes(event))
        #expect(!sink([], ["fabrikam"]).takes(event))
        var noTenant = event
        noTenant.tenant = nil
        #expect(sink().takes(noTenant))
        #expect(!sink([], ["contoso"]).takes(noTenant))
    }
}

struct NoticeScheduleTests {
    private let start = Date(timeIntervalSince1970: 1_800_000_000)

    @Test func `the first message goes at once, then one a minute`() {
        var schedule = NoticeSchedule()
        #expect(schedule.isDue(at: start))
        schedule.arrived(at: start)
        #expect(!schedule.isDue(at: start + 59))
        #expect(schedule.isDue(at: start + 60))
    }

    @Test func `after failures it waits from ten seconds on, twice as long each time, up to fifteen minutes`() {
        var schedule = NoticeSchedule()
        var waits: [TimeInterval] = []
        for _ in 0..<9 {
            schedule.failed(at: start)
            waits.append((schedule.next ?? start).timeIntervalSince(start))
        }
        #expect(waits == [10, 20, 40, 80, 160, 320, 640, 900, 900])
        schedule.arrived(at: start)
        schedule.failed(at: start)
        #expect(schedule.next == start + 10)
    }

    @Test func `a receiver that asks to wait is obeyed for at most an hour`() {
        var schedule = NoticeSchedule()
        schedule.failed(at: start, wait: 120)
        #expect(schedule.next == start + 120)
        schedule.failed(at: start, wait: 1e9)
        #expect(schedule.next == start + 3_600)
    }

    @Test func `an event is tried for three days`() {
        #expect(!NoticeSchedule.isGivenUp(start, at: start + 3 * 86_400))
        #expect(NoticeSchedule.isGivenUp(start, at: start + 3 * 86_400 + 1))
    }
}

extension Event {
    static func fixture(_ id: String, message: String = "The tenant could not be read.") -> Event {
        Event(
            id: id,
            time: Date(timeIntervalSince1970: 1_800_000_000),
            tenant: "contoso",
            object: "Tenant/contoso",
            condition: .liveStateUnknown,
            reason: "Throttled",
            severity: .warning,
            message: message
        )
    }
}
