import FoundationEssentials
import Glibc
import Transfers

/// The controller over a thousand tenants, against a service that takes 100 ms for each answer.
enum Watching {
    private static let client = "0a0a0a0a-1b1b-2c2c-3d3d-4e4e4e4e4e4e"
    private static let secret = "correct horse battery staple"
    private static let connectors = 10

    static func rows(in place: Place) throws -> [Row] {
        let figures = try place.measure(["controller", place.folder, place.programs, "1000"])
        return [
            Row(
                "controller: a full round of 1,000 tenants × 10 connectors",
                measured: "\(try figures.figure("full").asTime), \(try figures.figure("full-cpu").asTime) of CPU",
                goal: "≤ 15 s",
                input: """
                    a run asked for in every tenant at once through the API, to the end of the last; nothing to do; \
                    `exchange-simulator --latency 100` on the same two cores
                    """,
                isMet: try figures.figure("full") <= 15
            ),
            Row(
                "controller: a cheap round of 1,000 tenants",
                measured: """
                    \(try figures.figure("cheap").asTime), \(try figures.figure("cheap-cpu").asTime) of CPU a tenant
                    """,
                goal: "≤ 8 s, ≤ 6 ms of CPU a tenant",
                input: "an interval of 1 s, so that rounds follow each other; two requests a tenant; mean over 30 s",
                isMet: try figures.figure("cheap") <= 8 && figures.figure("cheap-cpu") <= 0.006
            ),
            Row(
                "controller: at rest with 1,000 tenants known",
                measured: """
                    \(try figures.figure("memory").asMemory), \((try figures.figure("idle") * 100).rounded(to: 1)) % of one core
                    """,
                goal: "≤ 150 MiB, ≤ 3 % of one core",
                input: "an interval of 5 min; resident memory, and the CPU of one minute",
                isMet: try figures.figure("memory") <= 150 * 1_048_576 && figures.figure("idle") <= 0.03
            ),
            Row(
                "controller: a run of one tenant, asked for, with nothing to do",
                measured: "\(try figures.figure("one").asTime)",
                goal: "≤ 0.5 s beyond the service's latency",
                input:
                    "from the request to its outcome, among the 1,000; median of 11; some five round trips of 100 ms",
                isMet: try figures.figure("one") <= 1
            ),
        ]
    }

    // MARK: One measurement, in a process of its own

    /// - Parameter arguments: A folder, the folder of the programs, and how many tenants.
    static func measure(_ arguments: [String]) async throws {
        guard arguments.count == 3, let count = Int(arguments[2]) else {
            throw Problem("controller FOLDER PROGRAMS COUNT")
        }
        let folder = "\(arguments[0])/controller"
        let programs = arguments[1]
        let bed = try ControllerPlace(folder: folder, programs: programs, tenants: count)
        defer { bed.end() }
        try await bed.untilAllInSync()

        let before = try bed.cpu()
        let full = try await Usage.wall { try await bed.askAll() }
        print("full=\(full)")
        print("full-cpu=\(try bed.cpu() - before)")
        var single: [Double] = []
        for number in 1...11 { single.append(try await Usage.wall { try await bed.ask(["tenant\(number)"]) }) }
        print("one=\(single.median)")

        try bed.adopt(interval: "1s")
        try await bed.pause(10)
        let (rounds, cpu) = (try await bed.glances(), try bed.cpu())
        let seconds = try await Usage.wall { try await bed.pause(30) }
        let made = try await bed.glances() - rounds
        print("cheap=\(seconds * Double(count) / max(1, made))")
        print("cheap-cpu=\((try bed.cpu() - cpu) / max(1, made))")

        try bed.adopt(interval: "5m")
        try await bed.pause(15)
        print("memory=\(try bed.memory())")
        let start = try bed.cpu()
        let minute = try await Usage.wall { try await bed.pause(60) }
        print("idle=\((try bed.cpu() - start) / minute)")
    }

    /// A simulator, a repository and a controller.
    private struct ControllerPlace {
        let folder: String
        let tenants: Int
        let simulator: Child
        let controller: Child
        let url: String
        let port: Int
        let pool: TransferPool

        init(folder: String, programs: String, tenants: Int) throws {
            self.folder = folder
            self.tenants = tenants
            pool = try TransferPool()
            try Self.write(Self.seed(tenants), to: "\(folder)/tenants.json")
            try Self.write(Watching.secret, to: "\(folder)/secret")
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: "\(folder)/secret")
            try Self.write("a token for the measurement", to: "\(folder)/token")
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: "\(folder)/token")
            for tenant in 0..<tenants {
                for number in 0..<Watching.connectors {
                    let file = "\(folder)/mail-flow/tenants/tenant\(tenant)/partner-\(number).yaml"
                    try Self.write(Self.definition(tenant, number), to: file)
                }
            }
            let repository = "\(folder)/mail-flow"
            _ = try Child.run(["git", "init", "-q", "-b", "main"], in: repository)
            _ = try Child.run(["git", "add", "."], in: repository)
            let author = ["-c", "user.name=Bench", "-c", "user.email=bench@contoso.example"]
            _ = try Child.run(["git"] + author + ["commit", "-q", "-m", "All tenants"], in: repository)
            simulator = try Child(
                [
                    "\(programs)/exchange-simulator", "--port-file", "port", "--seed", "tenants.json", "--latency",
                    "100",
                ],
                in: folder,
                output: "\(folder)/simulator.out",
                errors: "\(folder)/simulator.log"
            )
            url = "http://127.0.0.1:\(try Child.wait(for: "\(folder)/port"))"
            port = try Self.freePort()
            try Self.write(Self.configuration(url, port, tenants, interval: "10s"), to: "\(folder)/mitregate.yaml")
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
            try Self.write(text, to: "\(folder)/mitregate.yaml")
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

        func memory() throws -> Double {
            let status = try Child.text(of: "/proc/\(controller.process)/status")
            let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
            let words = line?.split(whereSeparator: { $0 == " " || $0 == "\t" })
            guard let words, words.count > 1, let kibibytes = Double(words[1]) else {
                throw Problem("no memory is told")
            }
            return kibibytes * 1024
        }

        func untilAllInSync() async throws {
            let deadline = ContinuousClock.now + .seconds(240)
            while ContinuousClock.now < deadline {
                let text = (try? await send(.get, "/api/v1/tenants")) ?? ""
                if text.ranges(of: "\"in-sync\"").count >= tenants { return }
                try await Task.sleep(for: .milliseconds(500))  // between two looks at another process
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

        /// How many cheap rounds were made so far: each asks for the outbound connectors once.
        func glances() async throws -> Double {
            try await send(.get, "/metrics").split(separator: "\n").reduce(0) { sum, line in
                guard line.hasPrefix("mitregate_exchange_requests_total{"), line.contains("Get-OutboundConnector"),
                    let value = line.split(separator: " ").last.flatMap({ Double($0) })
                else { return sum }
                return sum + value
            }
        }

        private func send(_ method: HTTPRequest.Method, _ path: String, _ body: String? = nil) async throws -> String {
            var headers = [(name: "Authorization", value: "Bearer a token for the measurement")]
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

        private static func write(_ text: String, to path: String) throws {
            let parent = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
            try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
            guard FileManager.default.createFile(atPath: path, contents: Data(text.utf8)) else {
                throw Problem("\(path) cannot be written")
            }
        }

        private static func freePort() throws -> Int {
            let python = "import socket; s = socket.socket(); s.bind(('127.0.0.1', 0)); print(s.getsockname()[1])"
            let text = try Child.run(["python3", "-c", python], in: "/tmp").output
            guard let port = Int(text.prefix { $0 != "\n" }) else { throw Problem("there is no free port") }
            return port
        }

        private static func id(_ tenant: Int) -> String { "00000000-0000-0000-0000-\(100_000_000_000 + tenant)" }

        private static func definition(_ tenant: Int, _ number: Int) -> String {
            """
            apiVersion: mitregate.dev/v1
            kind: InboundConnector
            metadata: {name: partner-\(number)}
            spec:
              name: Partner \(number)
              enabled: true
              connectorType: Partner
              senderDomains: [p\(number).tenant\(tenant).example]
              requireTls: true
              restrictDomainsToCertificate: true
              tlsSenderCertificateName: mail.p\(number).tenant\(tenant).example

            """
        }

        private static func seed(_ tenants: Int) -> String {
            let all = (0..<tenants).map { tenant in
                let connectors = (0..<Watching.connectors).map { number in
                    """
                    {"Name": "Partner \(number)", "Enabled": true, "ConnectorType": "Partner",
                     "SenderDomains": ["p\(number).tenant\(tenant).example"], "RequireTls": true,
                     "RestrictDomainsToCertificate": true,
                     "TlsSenderCertificateName": "mail.p\(number).tenant\(tenant).example"}
                    """
                }
                return """
                    {"tenantId": "\(id(tenant))", "organization": "tenant\(tenant).onmicrosoft.com",
                     "acceptedDomains": [{"DomainName": "tenant\(tenant).onmicrosoft.com", "InitialDomain": true}],
                     "applications": [{"clientId": "\(Watching.client)", "clientSecret": "\(Watching.secret)",
                       "roles": ["Exchange.ManageAsApp"], "directoryRoles": ["Exchange Administrator"]}],
                     "inboundConnectors": [\(connectors.joined(separator: ","))]}
                    """
            }
            return #"{"tenants": [\#(all.joined(separator: ","))]}"#
        }

        private static func configuration(_ url: String, _ port: Int, _ tenants: Int, interval: String) -> String {
            let all = (0..<tenants).map { tenant in
                """
                      - name: tenant\(tenant)
                        path: tenants/tenant\(tenant)
                        tenantId: \(id(tenant))
                        organization: tenant\(tenant).onmicrosoft.com
                        credentials: {clientId: \(Watching.client), clientSecret: {file: secret}}
                        endpoints: {login: "\(url)", exchange: "\(url)", graph: "\(url)"}
                        interval: \(interval)

                """
            }
            return """
                apiVersion: mitregate.dev/v1
                kind: Configuration
                sources:
                  - name: mail-flow
                    url: mail-flow
                    branch: main
                    tenants:
                \(all.joined())store: {url: "sqlite:mitregate.db"}
                server: {listen: "127.0.0.1:\(port)", tokens: [{name: bench, token: {file: token}, may: [read, operate]}]}

                """
        }
    }
}
