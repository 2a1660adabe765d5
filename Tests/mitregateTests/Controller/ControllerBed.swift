import Foundation
import Laboratory
import TestSupport
import Transfers

/// A real controller process next to a simulated tenant and a real repository.
struct ControllerBed: Sendable {
    static let token = "operator-secret-0000"

    let laboratory: Laboratory
    let port: Int
    let pool: TransferPool

    /// Calls `body` once the controller is ready, and stops it by SIGTERM when it returns.
    ///
    /// - Parameters:
    ///   - arguments: Further ones of the controller.
    ///   - prepare: What is done with the laboratory before the controller starts.
    /// - Returns: How the process ended.
    @discardableResult
    static func with(
        tenant: String = "",
        settings: String = "",
        more: String = "",
        source: String = "",
        files: [String: String] = Sample.fabrikam,
        arguments: [String] = [],
        edit: @escaping @Sendable (String) -> String = { $0 },
        prepare: @escaping @Sendable (Laboratory) async throws -> Void = { _ in },
        _ body: @escaping @Sendable (ControllerBed, Running) async throws -> Void
    ) async throws -> Program.Ending {
        let port = try FreePort.next()
        let endings = Endings()
        try await Laboratory.with(tenant: tenant, settings: settings, files: files) { laboratory in
            let bed = ControllerBed(laboratory: laboratory, port: port, pool: try TransferPool())
            try bed.configure(settings: settings, more: more, source: source, edit: edit)
            try await prepare(laboratory)
            await endings.set(try await bed.run(arguments) { running in try await body(bed, running) })
        }
        return try await endings.get()
    }

    /// Runs a controller until `body` returns, and then stops it by SIGTERM.
    func run(
        _ arguments: [String] = [],
        _ body: @escaping @Sendable (Running) async throws -> Void
    ) async throws -> Program.Ending {
        try await laboratory.mitregate.run(["controller"] + arguments) { running in
            do {
                try await until("ready") { try await send(.get, "/readyz").status == 200 }
                try await body(running)
            } catch {
                kill(running.process, SIGTERM)
                throw error
            }
            kill(running.process, SIGTERM)
        }
    }

    /// Writes the laboratory's configuration with a server, a token and short intervals.
    ///
    /// - Parameters:
    ///   - source: Lines of the source, in YAML's flow form.
    ///   - edit: Changes the whole text before it is written.
    func configure(
        settings: String = "",
        more: String = "",
        source: String = "",
        edit: (String) -> String = { $0 }
    ) throws {
        try laboratory.configure(settings: "interval: 1s\(settings.isEmpty ? "" : ", \(settings)")")
        let file = laboratory.folder.appending(path: "mitregate.yaml")
        var text = try String(contentsOf: file, encoding: .utf8)
        text = text.replacingOccurrences(
            of: "    branch: main",
            with: "    branch: main\n    interval: 1s\(source.isEmpty ? "" : "\n    \(source)")"
        )
        text += """

            server: {listen: "127.0.0.1:\(port)", tokens: [{name: ops, token: {file: token}, may: [read, operate, approve]}]}
            \(more)
            """
        try Data(edit(text).utf8).write(to: file)
        let secrets = ["token": Self.token, "forge-token": "good-token", "hook-secret": ForgeBed.secret]
        for (name, secret) in secrets { try Data(secret.utf8).write(to: laboratory.folder.appending(path: name)) }
    }

    func send(
        _ method: HTTPRequest.Method,
        _ path: String,
        _ body: [String: String]? = nil
    ) async throws -> HTTPResponse {
        var headers: [(name: String, value: String)] = [("Authorization", "Bearer \(Self.token)")]
        if body != nil { headers.append(("Content-Type", "application/json")) }
        let bytes = try body.map { [UInt8](try JSONSerialization.data(withJSONObject: $0)) }
        return try await pool.send(
            HTTPRequest(method, "http://127.0.0.1:\(port)\(path)", headers: headers, body: bytes, timeout: .seconds(20))
        )
    }

    func object(_ path: String) async throws -> [String: Any] {
        let response = try await send(.get, path)
        let object = try JSONSerialization.jsonObject(with: Data(response.body)) as? [String: Any]
        return object ?? [:]
    }

    /// The tenant's word, such as `in-sync`.
    func state() async throws -> String {
        let status = try await object("/api/v1/tenants/contoso")["status"] as? [String: Any]
        return status?["state"] as? String ?? ""
    }

    func events() async throws -> [[String: Any]] {
        try await object("/api/v1/events?limit=1000")["events"] as? [[String: Any]] ?? []
    }

    /// The runs of the tenant, newest first.
    func runs() async throws -> [[String: Any]] {
        try await object("/api/v1/runs?tenant=contoso")["runs"] as? [[String: Any]] ?? []
    }

    func hasEvent(_ condition: String, _ transition: String = "raised") async throws -> Bool {
        try await events().contains {
            $0["condition"] as? String == condition && $0["transition"] as? String == transition
        }
    }

    /// What was told of an object whose name contains a word, oldest first.
    func transitions(about name: String) async throws -> [String] {
        try await events().filter { ($0["object"] as? String)?.contains(name) == true }
            .compactMap { $0["transition"] as? String }
    }

    /// The last event of a condition, if any.
    func lastEvent(_ condition: String) async throws -> [String: Any]? {
        try await events().last { $0["condition"] as? String == condition }
    }

    func watches() async throws -> [[String: Any]] {
        try await object("/api/v1/watches")["watches"] as? [[String: Any]] ?? []
    }

    func metrics() async throws -> String {
        String(decoding: try await send(.get, "/metrics").body, as: UTF8.self)
    }

    /// A command that talks to this controller.
    func command(_ arguments: String...) async throws -> Program.Ending { try await command(arguments) }

    func command(_ arguments: [String]) async throws -> Program.Ending {
        var program = laboratory.mitregate
        program.environment["MITREGATE_SERVER_TOKEN"] = Self.token
        return try await program.run(arguments)
    }

    /// Waits until the tenant is in sync and nothing but cheap rounds follow.
    ///
    /// After a round that wrote comes another full one, in which the tenant's word is `running`.
    func rest() async throws {
        try await until("in sync") { try await state() == "in-sync" }
        let ending = try await command("reconcile", "--tenant", "contoso", "--wait")
        guard ending.code == 0 else { throw LaboratoryError(text: "no rest: \(ending)") }
        try await until("in sync again") { try await state() == "in-sync" }
    }

    /// Asks again and again until it is so.
    ///
    /// - Throws: When it has not come to pass within a time, with the last events.
    func until(
        _ what: String,
        within time: Duration = .seconds(30),
        _ isSo: () async throws -> Bool
    ) async throws {
        let deadline = ContinuousClock.now + time
        while true {
            if (try? await isSo()) == true { return }
            guard ContinuousClock.now < deadline else {
                let events = (try? await events()) ?? []
                let lines = events.map { "\($0["condition"] ?? "") \($0["reason"] ?? "") \($0["message"] ?? "")" }
                throw LaboratoryError(text: "not \(what): \(lines.joined(separator: "\n"))")
            }
            try await Task.sleep(for: .milliseconds(20))
        }
    }
}

/// Carries an ending out of a closure.
private actor Endings {
    private var ending: Program.Ending?

    func set(_ ending: Program.Ending) { self.ending = ending }

    func get() throws -> Program.Ending {
        guard let ending else { throw LaboratoryError(text: "the controller did not end") }
        return ending
    }
}
