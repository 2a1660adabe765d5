import Configuration
import Crypto
import ExchangeOnline
import Foundation
import Logging
import Reconciling
import Reports
import Scheduling
import StateStore
import Synchronization
import TestSupport
import Testing

@testable import Controller

/// Events on their way to real receivers on loopback, on a clock that a test moves on.
@Suite(.timeLimit(.minutes(2)))
struct NoticeServiceTests {
    @Test func `what a receiver refuses for now comes again ten seconds later, signed, and once`() async throws {
        try await Bed.with(Receiver(["500 Internal Server Error"])) { bed in
            try await bed.running { lane in
                await lane.raise("01")
                await bed.rest()
                #expect(bed.receiver.messages.map(\.status) == ["500 Internal Server Error"])
                #expect(await lane.failing == ["Sink/ops DeliveryFailed"])
                bed.clock.advance(by: .seconds(9))
                #expect(bed.receiver.messages.count == 1)
                bed.clock.advance(by: .seconds(1))
                await eventually { bed.receiver.messages.count == 2 }
                await bed.rest()
                #expect(await lane.failing.isEmpty)
                bed.clock.advance(by: .seconds(60))
                await eventually { bed.receiver.messages.count == 3 }
            }
            let arrived = bed.receiver.messages.filter { $0.status == Receiver.good }
            #expect(arrived.count == 2)
            #expect(arrived.first?.subjects == ["contoso/Drift/01", "Sink/ops"])
            #expect(arrived.last?.types == ["dev.mitregate.notices-failing.cleared"])
            #expect(bed.receiver.messages.allSatisfy { $0.isSigned(with: Bed.secret) })
            #expect(!bed.receiver.messages.contains { $0.isSigned(with: "another") })
        }
    }

    @Test func `a message that is too large is halved, and the rest follows a minute later`() async throws {
        try await Bed.with(Receiver([Receiver.good, "413 Content Too Large"])) { bed in
            try await bed.running { lane in
                await lane.raise("01")
                await bed.rest()
                for number in ["02", "03", "04"] { await lane.raise(number) }
                for count in [3, 4] {
                    bed.clock.advance(by: .seconds(60))
                    await eventually { bed.receiver.messages.count == count }
                    await bed.rest()
                }
                #expect(await lane.failing.isEmpty)
            }
            let subjects = bed.receiver.messages.map { $0.subjects.map { $0.replacing("contoso/Drift/", with: "") } }
            #expect(subjects == [["01"], ["02", "03", "04"], ["02"], ["03", "04"]])
            #expect(try await bed.store.deliveries(to: "ops", limit: 10).isEmpty)
        }
    }

    @Test func `what was not delivered when the controller ended is delivered by the next, once`() async throws {
        try await Bed.with(Receiver(["503 Service Unavailable"])) { bed in
            try await bed.running { lane in
                await lane.raise("01")
                await bed.rest()
            }
            #expect(bed.receiver.messages.count == 1)
            try await bed.running { _ in
                await eventually { bed.receiver.messages.count == 2 }
                await bed.rest()
            }
            try await bed.running { _ in
                await eventually { bed.receiver.messages.count == 3 }
                await bed.rest()
            }
            let arrived = bed.receiver.messages.filter { $0.status == Receiver.good }
            #expect(arrived.flatMap(\.subjects).filter { $0 == "contoso/Drift/01" }.count == 1)
            // The third had nothing left to tell but that it is over.
            #expect(arrived.last?.types == ["dev.mitregate.notices-failing.cleared"])
        }
    }

    @Test func `a sink that never answers delays no other, and one that takes nothing is told and left`() async throws {
        let other = Receiver(["400 Bad Request"])
        try await withServer { connection, _ in
            // It reads, and says nothing until it is stopped.
            while connection.request() != nil {}
        } _: { silent in
            try await withServer { connection, _ in
                other.serve(connection)
            } _: { refusing in
                let more = [
                    NoticeSettings(name: "silent", form: .webhook, address: .plain(silent.url)),
                    NoticeSettings(name: "refusing", form: .webhook, address: .plain(refusing.url)),
                ]
                try await Bed.with(Receiver([]), more) { bed in
                    try await bed.running { lane in
                        await lane.raise("01")
                        await eventually { bed.receiver.messages.count == 1 && other.messages.count == 1 }
                        await eventually { await lane.failing == ["Sink/refusing Refused"] }
                        silent.stop()
                    }
                    #expect(bed.receiver.messages.first?.subjects == ["contoso/Drift/01"])
                    let left = try await bed.store.deliveries(to: "refusing", limit: 10).map(\.event.object)
                    #expect(left.contains("Sink/refusing") && !left.contains("Drift/01"), "what it refused is given up")
                }
            }
        }
    }
}

/// Answers each message as it was told to, and well when it was told no more.
private final class Receiver: Sendable {
    static let good = "200 OK"

    struct Message: Sendable {
        var status: String
        var head: String
        var body: String

        private var events: [[String: Any]] {
            let object = try? JSONSerialization.jsonObject(with: Data(body.utf8))
            return object as? [[String: Any]] ?? (object as? [String: Any]).map { [$0] } ?? []
        }

        var subjects: [String] { events.compactMap { $0["subject"] as? String } }
        var types: [String] { events.compactMap { $0["type"] as? String } }

        func isSigned(with secret: String) -> Bool {
            let key = SymmetricKey(data: Data(secret.utf8))
            let code = HMAC<SHA256>.authenticationCode(for: Data(body.utf8), using: key)
            let text = "x-signature: sha256=" + code.map { String(format: "%02x", $0) }.joined()
            return head.lowercased().split(separator: "\r\n").contains { $0 == text }
        }
    }

    private let state: Mutex<(answers: [String], messages: [Message])>

    init(_ answers: [String]) { state = Mutex((answers, [])) }

    var messages: [Message] { state.withLock(\.messages) }

    func serve(_ connection: ScriptedServer.Connection) {
        while let request = connection.request(), let end = request.range(of: "\r\n\r\n") {
            let status = state.withLock { state in
                let status = state.answers.isEmpty ? Self.good : state.answers.removeFirst()
                let (head, body) = (request[..<end.lowerBound], request[end.upperBound...])
                state.messages.append(Message(status: status, head: String(head), body: String(body)))
                return status
            }
            connection.answer(status, body: "")
        }
    }
}

/// A store, a clock and a sink; the services of one controller after the other.
private struct Bed {
    static let secret = "the key of this sink"

    let receiver: Receiver
    let clock: HeldClock
    let store: SQLiteStore
    let environment: RunEnvironment

    static func with(
        _ receiver: Receiver,
        _ more: [NoticeSettings] = [],
        _ body: (Bed) async throws -> Void
    ) async throws {
        try await withTemporaryFolder { folder in
            let key = folder.appending(path: "key")
            try Data(secret.utf8).write(to: key)
            try await withServer { connection, _ in
                receiver.serve(connection)
            } _: { server in
                let (clock, start) = (HeldClock(), Date(timeIntervalSince1970: 1_800_000_000))
                let now: @Sendable () -> Date = { start.addingTimeInterval(clock.now.offset / .seconds(1)) }
                let path = folder.appending(path: "mitregate.db").path(percentEncoded: false)
                let store = try await SQLiteStore(path: path, now: now)
                let sink = NoticeSettings(
                    name: "ops",
                    form: .webhook,
                    address: .plain(server.url),
                    secret: .file(key.path(percentEncoded: false))
                )
                let environment = RunEnvironment(
                    configuration: Configuration(
                        file: "mitregate.yaml",
                        sources: [],
                        store: StoreSettings(url: .sqlite(path: path)),
                        mirrors: folder.path(percentEncoded: false),
                        notices: [sink] + more
                    ),
                    store: store,
                    timing: Timing(clock: clock, now: now) { 0 },
                    executable: "/nowhere/mitregate",
                    version: ProgramVersion(number: "1.2.3", commit: nil, date: nil),
                    logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
                )
                try await body(
                    Bed(receiver: receiver, clock: clock, store: store, environment: environment)
                )
                await store.close()
            }
        }
    }

    /// Until the sink has had its message and waits for the time of the next.
    func rest() async { await eventually { clock.sleeping == 1 } }

    /// What tells the sinks, from the start of a controller to its end.
    struct Lane {
        let events: EventLog
        let conditions: ObjectConditions
        let now: @Sendable () -> Date

        func raise(_ number: String) async {
            let draft = EventDraft(
                time: now(),
                tenant: "contoso",
                object: "Drift/\(number)",
                condition: .drifted,
                reason: "FieldsChanged",
                severity: .warning,
                message: "One field changed."
            )
            await events.commit([draft])
        }

        var failing: [String] {
            get async {
                await conditions.conditions.filter { $0.type == .noticesFailing }.map { "\($0.object) \($0.reason)" }
            }
        }
    }

    func running(_ body: (Lane) async throws -> Void) async throws {
        let now = environment.timing.now
        let events = EventLog(store: store, logger: environment.logger, now: now)
        let conditions = ObjectConditions(store: store, events: events, now: now)
        let service = NoticeService(
            settings: ConfigurationHolder(environment.configuration),
            events: events,
            conditions: conditions,
            environment: environment
        )
        service.adopt()
        let running = Task { try await service.run() }
        try await body(Lane(events: events, conditions: conditions, now: now))
        running.cancel()
        try? await running.value
    }
}
