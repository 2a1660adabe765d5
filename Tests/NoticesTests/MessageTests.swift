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
        var event = Event.fixture("01", message: text)
        event.object = text
        let body = String(decoding: try Message.slack([event]).body, as: UTF8.self)
        #expect(!body.contains("<!") && !body.contains("<https") && !body.contains("@here"))
        if text.contains("&") { #expect(body.contains("a &amp; b")) }
    }

    @Test func `a stranger's text is text to Teams`() throws {
        let message = try Message.teams([.fixture("01", message: "[here](https://evil.example) *now*")])
        let body = String(decoding: message.body, as: UTF8.self)
        #expect(body.contains(#"\\[here\\]\\(https://evil.example\\) \\*now\\*"#))
        #expect(body.contains("AdaptiveCard"))
    }

    @Test(arguments: Chat.allCases)
    func `a mark with a combining one behind it is still escaped`(chat: Chat) throws {
        let text = "a <\u{301}!channel> @\u{301}here *\u{301}now* [\u{301}a](b)"
        let body = Data(try chat.write([.fixture("01", message: text)]).body)
        for (mark, escaped) in chat.escapes {
            #expect(body.range(of: Data("\(escaped)\u{301}".utf8)) != nil, "\(mark)")
            #expect(body.range(of: Data(" \(mark)\u{301}".utf8)) == nil, "\(mark)")
        }
    }

    @Test(arguments: Chat.allCases)
    func `a message to a chat is bounded in bytes, and what does not fit is left for the next`(chat: Chat) throws {
        let events = (10..<60).map { Event.fixture("\($0)", message: String(repeating: "é*\u{1}", count: 200)) }
        let (message, count) = try Message.fitting(events, chat.write)
        #expect(message.body.count <= Message.maximumChatBytes)
        #expect((1..<50).contains(count))
        #expect(try message == chat.write(Array(events.prefix(count))))
        #expect(try chat.write(Array(events.prefix(count + 1))).body.count > Message.maximumChatBytes)
        let few = try Message.fitting(Array(events.prefix(2)), chat.write)
        #expect(few.count == 2)
    }

    @Test(arguments: Chat.allCases)
    func `rule 13: a single event fits into a message to a chat, whatever a stranger wrote`(chat: Chat) throws {
        // The first is one character.
        for text in ["a" + String(repeating: "\u{301}", count: 100_000), String(repeating: "&\\", count: 9_999)] {
            var event = Event.fixture("01", message: text)
            event.object = text
            #expect(try chat.write([event]).body.count <= Message.maximumChatBytes)
        }
    }

    enum Chat: String, CaseIterable, Sendable {
        case slack
        case teams

        func write(_ events: [Event]) throws -> Message {
            switch self {
            case .slack: try .slack(events)
            case .teams: try .teams(events)
            }
        }

        /// Marks, and how the body writes them.
        var escapes: [(String, String)] {
            switch self {
            case .slack: [("<", "&lt;"), ("@", "@\u{200B}")]
            case .teams: [("<", #"\\<"#), ("*", #"\\*"#), ("[", #"\\["#)]
            }
        }
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

    @Test func `a clock that is set back lets no message wait longer than it was to`() {
        var schedule = NoticeSchedule()
        #expect(schedule.wait(at: start) == 0)
        schedule.arrived(at: start + 86_400)
        #expect(schedule.wait(at: start + 86_400 + 20) == 40)
        #expect(schedule.wait(at: start) == 60)
        #expect(!schedule.isDue(at: start + 59))
        #expect(schedule.isDue(at: start + 60))
        #expect(schedule.wait(at: start + 61) == 0)
        schedule.failed(at: start + 86_400, wait: 120)
        #expect(schedule.wait(at: start) == 120)
        #expect(schedule.isDue(at: start + 120))
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
