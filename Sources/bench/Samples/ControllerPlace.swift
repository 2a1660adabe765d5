import FoundationEssentials
import Glibc
import Transfers

/// A controller with many tenants, the simulator that they are on, and the repository that describes them.
struct ControllerPlace {
    static let client = "0a0a0a0a-1b1b-2c2c-3d3d-4e4e4e4e4e4e"
    static let secret = "correct horse battery staple"
    static let token = "a token for the measurement"
    /// Of each tenant.
    static let connectors = 10

    let folder: String
    let tenants: Int
    let simulator: Child
    let controller: Child
    let url: String
    let port: Int
    let pool: TransferPool

    /// - Parameters:
    ///   - latency: What the simulator takes for each answer, in milliseconds.
    ///   - interval: Of each tenant.
    ///   - forge: What the source says of its forge, as YAML in flow form; `nil` for a source without one.
    ///   - secrets: Further files that only their owner may read, by name.
    init(
        folder: String,
        programs: String,
        tenants: Int,
        latency: Int,
        interval: String = "10s",
        forge: String? = nil,
        secrets: [String: String] = [:]
    ) throws {
        self.folder = folder
        self.tenants = tenants
        pool = try TransferPool()
        let own = ["secret": Self.secret, "token": Self.token]
        for (name, text) in own.merging(secrets, uniquingKeysWith: { $1 }) {
            try writeFile(text, to: "\(folder)/\(name)")
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: "\(folder)/\(name)")
        }
        try writeFile(Self.seed(tenants), to: "\(folder)/tenants.json")
        for tenant in 0..<tenants {
            for number in 0..<Self.connectors {
                let file = "\(folder)/mail-flow/tenants/tenant\(tenant)/partner-\(number).yaml"
                try writeFile(Self.definition(tenant, number), to: file)
            }
        }
        try Self.git(["init", "-q", "-b", "main"], in: folder)
        try Self.git(["add", "."], in: folder)
        try Self.git(["commit", "-q", "-m", "All tenants"], in: folder)
        simulator = try Child(
            [
                "\(programs)/exchange-simulator", "--port-file", "port", "--seed", "tenants.json", "--latency",
                "\(latency)",
            ],
            in: folder,
            output: "\(folder)/simulator.out",
            errors: "\(folder)/simulator.log"
        )
        url = "http://127.0.0.1:\(try Child.wait(for: "\(folder)/port", seconds: 10 + tenants / 100))"
        port = try Self.freePort()
        let text = Self.configuration(url, port, tenants, interval: interval, forge: forge)
        try writeFile(text, to: "\(folder)/mitregate.yaml")
        controller = try Child(
            ["\(programs)/mitregate", "controller"],
            in: folder,
            output: "\(folder)/controller.out",
            errors: "\(folder)/controller.log"
        )
    }

    func end() {
        controller.end()
        simulator.end()
    }

    /// Has the controller read its configuration again.
    func adopt(interval: String) throws {
        let text = Self.configuration(url, port, tenants, interval: interval)
        try writeFile(text, to: "\(folder)/mitregate.yaml")
        controller.signal(SIGHUP)
    }

    // Real time is what is measured here, so that these sleep.
    func pause(_ seconds: Int) async throws { try await Task.sleep(for: .seconds(seconds)) }

    func cpu() throws -> Double {
        let text = try Child.text(of: "/proc/\(controller.process)/stat")
        guard let end = text.lastIndex(of: ")") else { throw Problem("the kernel's line about a process is odd") }
        let fields = text[end...].split(separator: " ")
        guard fields.count > 13, let user = Double(fields[12]), let system = Double(fields[13]) else {
            throw Problem("the kernel's line about a process is short")
        }
        return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    func memory() throws -> Double { try controller.memory() }

    func untilAllInSync() async throws {
        let deadline = ContinuousClock.now + .seconds(240 + tenants / 5)
        while ContinuousClock.now < deadline {
            let text = (try? await send(.get, "/api/v1/tenants")) ?? ""
            if text.ranges(of: "\"in-sync\"").count >= tenants { return }
            // Safe: no test waits here, and real time is what is measured. Each look at the other process has it write of every tenant.
            try await Task.sleep(for: .milliseconds(max(500, tenants / 2)))
        }
        throw Problem(
            "the tenants did not get in sync: \(try Child.text(of: "\(folder)/controller.log").suffix(500))"
        )
    }

    func askAll() async throws { try await ask((0..<tenants).map { "tenant\($0)" }) }

    /// Asks for runs, and waits for all of their outcomes.
    func ask(_ names: [String]) async throws {
        var requests: [String] = []
        for name in names {
            let answer = try await send(.post, "/api/v1/requests", #"{"tenant": "\#(name)"}"#)
            guard let id = Self.member("id", of: answer) else { throw Problem("no request: \(answer.prefix(300))") }
            requests.append(id)
        }
        for id in requests {
            while Self.member("state", of: try await send(.get, "/api/v1/requests/\(id)")) != "done" {
                try await Task.sleep(for: .milliseconds(10))  // between two looks at another process
            }
        }
    }

    /// How many cheap rounds were made so far, of all tenants but some: each asks for the outbound connectors once.
    func glances(without left: Int? = nil) async throws -> Double {
        try await requests { line in
            line.contains("Get-OutboundConnector") && (left.map { line.contains("tenant=\"tenant\($0)\"") } != true)
        }
    }

    /// How many requests were made so far, tokens included.
    func requests(_ isMeant: (Substring) -> Bool = { _ in true }) async throws -> Double {
        try await send(.get, "/metrics").split(separator: "\n").reduce(0) { sum, line in
            guard line.hasPrefix("mitregate_exchange_requests_total{"), isMeant(line),
                let value = line.split(separator: " ").last.flatMap({ Double($0) })
            else { return sum }
            return sum + value
        }
    }

    /// Another administrator changes one field of a tenant, of which git speaks: another would be no drift.
    func edit(_ tenant: Int) async throws {
        let parameters = #"{"Identity": "Partner 0", "TlsSenderCertificateName": "mail.changed.example"}"#
        let edit = """
            {"tenant": "\(Self.id(tenant))", "userId": "eve", "cmdlet": "Set-InboundConnector", "parameters": \(parameters)}
            """
        try await tell("/simulator/edit", edit)
    }

    /// Seconds until the controller says of a tenant that it drifted.
    func untilDrifted(_ tenant: Int) async throws -> Double {
        try await Usage.wall {
            let deadline = ContinuousClock.now + .seconds(300)
            while !(try await send(.get, "/api/v1/events?tenant=tenant\(tenant)")).contains("\"Drifted\"") {
                guard ContinuousClock.now < deadline else { throw Problem("the drift was not found") }
                try await Task.sleep(for: .milliseconds(50))  // between two looks at another process
            }
        }
    }

    /// Whether a tenant's service takes requests and answers none.
    func silence(_ tenant: Int, _ isSilent: Bool) async throws {
        let fault = #"{"match": {"tenant": "\#(Self.id(tenant))"}, "times": "always", "effect": {"hold": "head"}}"#
        try await tell("/simulator/faults", "[\(isSilent ? fault : "")]")
        if !isSilent { try await tell("/simulator/release", "") }
    }

    private func tell(_ path: String, _ body: String) async throws {
        let request = HTTPRequest(.post, url + path, body: Array(body.utf8))
        let response = try await pool.send(request)
        guard (200..<300).contains(response.status) else {
            throw Problem("\(path): \(String(decoding: response.body, as: UTF8.self).prefix(300))")
        }
    }

    private func send(_ method: HTTPRequest.Method, _ path: String, _ body: String? = nil) async throws -> String {
        var headers = [(name: "Authorization", value: "Bearer \(Self.token)")]
        if body != nil { headers.append((name: "Content-Type", value: "application/json")) }
        let request = HTTPRequest(
            method,
            "http://127.0.0.1:\(port)\(path)",
            headers: headers,
            body: body.map { Array($0.utf8) },
            maximumResponseSize: 64 << 20
        )
        return String(decoding: try await pool.send(request).body, as: UTF8.self)
    }

    private static func member(_ name: String, of json: String) -> String? {
        guard
            let start = json.firstRange(of: "\"\(name)\" : \"") ?? json.firstRange(of: "\"\(name)\":\"")
        else { return nil }
        return String(json[start.upperBound...].prefix { $0 != "\"" })
    }

    /// Runs git in the repository of the place that is in this folder.
    ///
    /// - Returns: What it prints.
    @discardableResult
    static func git(_ arguments: [String], in folder: String) throws -> String {
        let author = ["-c", "user.name=Bench", "-c", "user.email=bench@contoso.example"]
        // Not in the repository: a child's output is written to where it runs, and would be committed with the rest.
        return try Child.run(["git", "-C", "\(folder)/mail-flow"] + author + arguments, in: folder).output
    }

    private static func freePort() throws -> Int {
        let python = "import socket; s = socket.socket(); s.bind(('127.0.0.1', 0)); print(s.getsockname()[1])"
        let text = try Child.run(["python3", "-c", python], in: "/tmp").output
        guard let port = Int(text.prefix { $0 != "\n" }) else { throw Problem("there is no free port") }
        return port
    }
}
