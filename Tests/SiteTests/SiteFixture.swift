import Configuration
import Foundation
import Logging
import Reports
import Scheduling
import ServiceLifecycle
import Site
import StateStore
import Synchronization
import Transfers

/// A model that answers what a test put there, and keeps what it was asked.
final class StubModel: SiteModel {
    let asked = Mutex<[String]>([])
    let missing = Mutex<[String]>([])
    let signals = Mutex<[AsyncStream<Void>.Continuation]>([])
    /// Whether there is one of everything, with every member that it can have.
    let isFull: Bool

    init(isFull: Bool = false) { self.isFull = isFull }

    func tenants() async -> [TenantView] {
        [TenantView(tenant: "contoso", source: "mail-flow", state: "in-sync", since: .start, why: "All is well.")]
            + (isFull ? [.full] : [])
    }

    func plans(of tenant: String?) async -> [PlanView] { isFull ? [.full] : [] }
    func watches() async throws(ProblemDetails) -> [WatchView] { isFull ? [.full] : [] }
    func request(_ id: String) async -> RequestView? { isFull && id == "R1" ? .full : nil }
    func readiness() async -> Readiness { Readiness(missing: missing.withLock { $0 }) }
    func metrics() async -> String { "# metrics\n" }

    func eventSignals() -> AsyncStream<Void> {
        AsyncStream { continuation in signals.withLock { $0.append(continuation) } }
    }

    func ask(tenant: String, by caller: String) async throws(ProblemDetails) -> RequestView {
        guard tenant == "contoso" else { throw .notFound("tenant \(tenant)", remedy: "Ask for another.") }
        asked.withLock { $0.append("\(caller) asks for \(tenant)") }
        return RequestView(id: "R1", tenant: tenant, asked: .start, by: caller)
    }

    func approve(
        tenant: String?,
        digest: String,
        verdict: GateWord.Verdict?,
        reason: String,
        by caller: String
    ) async throws(ProblemDetails) -> [ApprovalView] {
        let seen = verdict.map { " seen with \($0.rawValue)" } ?? ""
        asked.withLock { $0.append("\(caller) approves \(digest)\(seen): \(reason)") }
        return [ApprovalView(tenant: "contoso", digest: digest, reason: reason, by: caller, at: .start)]
    }

    func suspend(
        tenant: String,
        until: Date,
        reason: String,
        by caller: String
    ) async throws(ProblemDetails) -> SuspensionView {
        SuspensionView(tenant: tenant, until: until, reason: reason, by: caller, since: .start)
    }

    func resume(tenant: String, by caller: String) async throws(ProblemDetails) {
        asked.withLock { $0.append("\(caller) resumes \(tenant)") }
    }

    func retry(tenant: String?, source: String?, by caller: String) async throws(ProblemDetails) -> [RequestView] {
        isFull ? [.full] : []
    }

    func endWatch(_ id: String, reason: String, by caller: String) async throws(ProblemDetails) -> WatchView {
        if isFull, id == WatchView.full.id { return .full }
        throw .notFound("watch \(id)", remedy: "None.")
    }

    func knows(hook: String) -> Bool { hook == HookTests.hook }

    func take(_ delivery: HookDelivery) {
        let names = delivery.headers.map { "\($0.name): \($0.value)" }.filter { $0.lowercased().hasPrefix("x-") }
        asked.withLock { $0.append("\(delivery.hook) got \(delivery.body.count) bytes with \(names)") }
    }

    func rollBack(run: String, reason: String, by caller: String) async throws(ProblemDetails) -> RequestView {
        RequestView(id: "R2", tenant: "contoso", asked: .start, by: caller)
    }
}

extension Date {
    static let start = Date(timeIntervalSince1970: 1_800_000_000)
}

extension Event {
    static func fixture(_ id: String) -> Event {
        Event(
            id: id,
            time: .start,
            tenant: "contoso",
            object: "OutboundConnector/fabrikam",
            condition: .drifted,
            reason: "FieldsChanged",
            severity: .warning,
            message: "One field changed."
        )
    }
}

/// A caller of a test's site.
struct TestToken: Sendable {
    var name: String
    var secret: String
    var rights: Set<APIToken.Right>

    static let reader = TestToken(name: "reader", secret: "reader-secret-000", rights: [.read])
    static let ops = TestToken(name: "ops", secret: "operator-secret-00", rights: [.read, .operate])
    static let boss = TestToken(name: "boss", secret: "approver-secret-00", rights: Set(APIToken.Right.allCases))
}

/// A site on loopback with a store of its own.
struct TestSite: Sendable {
    let port: Int
    let store: SQLiteStore
    let model: StubModel
    let pool: TransferPool

    func send(
        _ method: HTTPRequest.Method = .get,
        _ path: String,
        token: TestToken? = nil,
        body: String? = nil,
        headers: [(name: String, value: String)] = []
    ) async throws -> HTTPResponse {
        var all = headers
        if let token { all.append(("Authorization", "Bearer \(token.secret)")) }
        if body != nil, !headers.contains(where: { $0.name == "Content-Type" }) {
            all.append(("Content-Type", "application/json"))
        }
        return try await pool.send(
            HTTPRequest(
                method,
                "http://127.0.0.1:\(port)\(path)",
                headers: all,
                body: body.map { Array($0.utf8) },
                timeout: .seconds(20)
            )
        )
    }

    /// The problem's id; `nil` where the answer is none.
    func problem(_ response: HTTPResponse) -> String? {
        (try? JSONDecoder().decode(ProblemDetails.self, from: Data(response.body)))?.id
    }
}

/// Runs `body` with a site; every token of the settings is a file.
func withSite(
    tokens: [TestToken] = [],
    model: StubModel = StubModel(),
    clock: any Clock<Duration> = ContinuousClock(),
    _ change: (inout ServerSettings) -> Void = { _ in },
    _ body: @escaping @Sendable (TestSite) async throws -> Void
) async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "site-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    var settings = ServerSettings(port: 0)
    for token in tokens {
        let file = folder.appending(path: token.name)
        try Data(token.secret.utf8).write(to: file)
        settings.tokens.append(APIToken(name: token.name, token: .file(file.path), rights: token.rights))
    }
    change(&settings)
    let store = try await SQLiteStore(path: folder.appending(path: "store.db").path)
    let (ports, port) = AsyncStream<Int>.makeStream()
    let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
    let site = try SiteService(
        settings,
        model: model,
        store: store,
        version: ProgramVersion(number: "1.2.3", commit: "4c0ffee", date: "2026-11-29T13:45:01Z"),
        instance: "lab",
        logger: logger,
        clock: clock,
        onListening: { port.yield($0) }
    )
    let group = ServiceGroup(services: [site], logger: logger)
    try await withThrowingTaskGroup(of: Void.self) { tasks in
        tasks.addTask { try await group.run() }
        guard let number = await ports.first(where: { _ in true }) else { throw CancellationError() }
        let bench = TestSite(port: number, store: store, model: model, pool: try TransferPool())
        let result: Result<Void, any Error>
        do {
            result = .success(try await body(bench))
        } catch {
            result = .failure(error)
        }
        for signal in model.signals.withLock({ $0 }) { signal.finish() }
        await group.triggerGracefulShutdown()
        try await tasks.waitForAll()
        try result.get()
    }
    await store.close()
}
