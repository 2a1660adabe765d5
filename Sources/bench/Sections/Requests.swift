import ForgeSimulator
import Forges
import FoundationEssentials
import Glibc
import Transfers

/// The controller's answers on pull requests: a forge in this process, a service that takes 50 ms for each answer, and
/// real git between them.
enum Requests {
    private static let connectors = 10
    private static let openRequests = 200

    static func rows(in place: Place) throws -> [Row] {
        let usual = try place.measure(["requests", place.folder, place.programs, "20", "50"])
        let large = try place.measure(["requests", place.folder, place.programs, "500", "0"])
        let held = try usual.figure("held") - usual.figure("rest")
        return [
            Row(
                "requests: from the webhook to the comment",
                measured: "\(try usual.figure("answer").asTime)",
                goal: "≤ 2 s",
                input: """
                    one connector of one tenant of 20 changed; statuses, plan and comment; `exchange-simulator --latency 50`; \
                    the gate's evidence fresh; median of 9, six seconds apart
                    """,
                isMet: try usual.figure("answer") <= 2
            ),
            Row(
                "requests: one of 5,000 definitions changed",
                measured: """
                    \(try large.figure("answer").asTime), of which the fetch takes \(try large.figure("fetch").asTime)
                    """,
                goal: "≤ 0.5 s after the fetch",
                input: """
                    500 tenants × 10 connectors in one repository; from the webhook to the comment, without latency; \
                    median of 9, six seconds apart
                    """,
                isMet: try large.figure("answer") - large.figure("fetch") <= 0.5
            ),
            Row(
                "requests: 200 open at once",
                measured: "\(held.asMemory) more than with none",
                goal: "≤ 64 MiB",
                input: "each changes one connector; resident memory once all are commented on",
                isMet: held <= 64 * 1_048_576
            ),
        ]
    }

    // MARK: One measurement, in a process of its own

    /// - Parameter arguments: A folder, the folder of the programs, how many tenants, and the service's latency in ms.
    static func measure(_ arguments: [String]) async throws {
        guard arguments.count == 4, let tenants = Int(arguments[2]), let latency = Int(arguments[3]) else {
            throw Problem("requests FOLDER PROGRAMS TENANTS LATENCY")
        }
        let description = try ForgeDescription.load("gitea")
        try await ForgeServer.run(GiteaDialect(), description: description, repository: .live) { server in
            let bed = try Bed(
                folder: "\(arguments[0])/requests-\(tenants)",
                programs: arguments[1],
                tenants: tenants,
                latency: latency,
                server
            )
            defer { bed.end() }
            try await bed.untilAllInSync()
            // The first one makes what the others find: the mirror's namespace, the tenant's evidence.
            try await bed.answer(to: 1)
            print("rest=\(try bed.memory())")
            var waits: [Double] = []
            for number in 2...10 {
                // A source's requests are looked at every five seconds at most; that wait is not what is measured.
                try await bed.rest()
                waits.append(try await Usage.wall { try await bed.answer(to: number) })
            }
            print("answer=\(waits.median)")
            print("fetch=\(try bed.fetch())")
            for number in 11...openRequests { try await bed.open(number) }
            try await bed.deliver(openRequests)
            try await bed.untilCommented(openRequests)
            print("held=\(try bed.memory())")
        }
    }

    /// A forge, a simulator, a repository and a controller.
    private struct Bed {
        let folder: String
        let tenants: Int
        let server: ForgeServer
        let simulator: Child
        let controller: Child
        let port: Int
        let pool: TransferPool

        private static let hookSecret = "a secret for the hook"
        private static let token = "a token for the measurement"
        private static let client = "0a0a0a0a-1b1b-2c2c-3d3d-4e4e4e4e4e4e"
        private static let secret = "correct horse battery staple"

        init(folder: String, programs: String, tenants: Int, latency: Int, _ server: ForgeServer) throws {
            self.folder = folder
            self.tenants = tenants
            self.server = server
            pool = try TransferPool()
            for (name, text) in [
                ("secret", Self.secret), ("token", Self.token), ("forge-token", "good-token"),
                ("hook-secret", Self.hookSecret),
            ] {
                try Self.write(text, to: "\(folder)/\(name)")
                try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: "\(folder)/\(name)")
            }
            try Self.write(Self.seed(tenants), to: "\(folder)/tenants.json")
            for tenant in 0..<tenants {
                for number in 0..<Requests.connectors {
                    let file = "\(folder)/mail-flow/tenants/tenant\(tenant)/partner-\(number).yaml"
                    try Self.write(Self.definition(tenant, number), to: file)
                }
            }
            let repository = "\(folder)/mail-flow"
            try Self.git(["init", "-q", "-b", "main"], in: repository)
            try Self.git(["add", "."], in: repository)
            try Self.git(["commit", "-q", "-m", "All tenants"], in: repository)
            simulator = try Child(
                [
                    "\(programs)/exchange-simulator", "--port-file", "port", "--seed", "tenants.json", "--latency",
                    "\(latency)",
                ],
                in: folder,
                output: "\(folder)/simulator.out",
                errors: "\(folder)/simulator.log"
            )
            let url = "http://127.0.0.1:\(try Child.wait(for: "\(folder)/port"))"
            port = try Self.freePort()
            try Self.write(Self.configuration(url, server.url, port, tenants), to: "\(folder)/mitregate.yaml")
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

        /// Opens a request, has it told, and waits for the comment on it.
        func answer(to number: Int) async throws {
            try await open(number)
            try await deliver(number)
            try await untilCommented(number)
        }

        /// A request that changes the comment of one connector.
        func open(_ number: Int) async throws {
            let repository = "\(folder)/mail-flow"
            let (tenant, connector) = (number % tenants, number / tenants % Requests.connectors)
            try Self.git(["checkout", "-q", "-B", "request-\(number)", "main"], in: repository)
            let file = "\(repository)/tenants/tenant\(tenant)/partner-\(connector).yaml"
            try Self.write(Self.definition(tenant, connector, note: "request \(number)"), to: file)
            try Self.git(["commit", "-q", "-a", "-m", "Request \(number)"], in: repository)
            try Self.git(["update-ref", "refs/pull/\(number)/head", "HEAD"], in: repository)
            let head = try Child.run(["git", "rev-parse", "HEAD"], in: repository).output.prefix { $0 != "\n" }
            try Self.git(["checkout", "-q", "main"], in: repository)
            server.change { forge in
                forge.branches["request-\(number)"] = String(head)
                forge.commits.insert(String(head))
                _ = forge.open(head: "request-\(number)")
            }
        }

        func deliver(_ number: Int) async throws {
            let body = Array(#"{"number": \#(number), "repository": {"full_name": "contoso/mail-flow"}}"#.utf8)
            let path = HookSecret.secret(Self.hookSecret).path(source: "mail-flow")
            let answer = try await pool.send(
                HTTPRequest(
                    .post,
                    "http://127.0.0.1:\(port)\(path)",
                    headers: DeliverySender.gitea(secret: Self.hookSecret)
                        .headers(event: "pull_request", id: "\(number)", body: body),
                    body: body
                )
            )
            guard answer.status == 204 else { throw Problem("the hook answers \(answer.status)") }
        }

        func untilCommented(_ number: Int) async throws {
            try await until("#\(number) is commented on") {
                (1...number).allSatisfy { number in !server.repository.comments(on: number).isEmpty }
            }
        }

        func untilAllInSync() async throws {
            try await until("all tenants are in sync") {
                let headers = [(name: "Authorization", value: "Bearer \(Self.token)")]
                let request = HTTPRequest(
                    .get,
                    "http://127.0.0.1:\(port)/api/v1/tenants",
                    headers: headers,
                    maximumResponseSize: 16 << 20
                )
                guard let answer = try? await pool.send(request) else { return false }
                return String(decoding: answer.body, as: UTF8.self).ranges(of: "\"in-sync\"").count >= tenants
            }
        }

        // Real time is what is measured here, so that these sleep.
        func rest() async throws { try await Task.sleep(for: .seconds(6)) }

        private func until(_ what: String, _ isSo: () async throws -> Bool) async throws {
            let deadline = ContinuousClock.now + .seconds(600)
            while ContinuousClock.now < deadline {
                if try await isSo() { return }
                try await Task.sleep(for: .milliseconds(10))  // between two looks at another process
            }
            throw Problem("it was not seen that \(what): \(try Child.text(of: "\(folder)/controller.log").suffix(500))")
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

        /// What git alone takes to fetch a head from there.
        func fetch() throws -> Double {
            let mirror = "\(folder)/mirror.git"
            try Self.git(["clone", "-q", "--bare", "\(folder)/mail-flow", mirror], in: folder)
            let run = try Child.run(["git", "fetch", "-q", "\(folder)/mail-flow", "refs/pull/10/head"], in: mirror)
            return run.usage.wall
        }

        private static func git(_ arguments: [String], in folder: String) throws {
            let author = ["-c", "user.name=Bench", "-c", "user.email=bench@contoso.example"]
            // What a child prints goes into the folder that it runs in, which here would be a work tree.
            let prefix = ["git", "-C", folder] + author
            let parent = folder.prefix(upTo: folder.lastIndex(of: "/") ?? folder.endIndex)
            _ = try Child.run(prefix + arguments, in: String(parent))
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

        private static func definition(_ tenant: Int, _ number: Int, note: String? = nil) -> String {
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
            \(note.map { "  comment: \($0)" } ?? "")

            """
        }

        private static func seed(_ tenants: Int) -> String {
            let all = (0..<tenants).map { tenant in
                let connectors = (0..<Requests.connectors).map { number in
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
                     "applications": [{"clientId": "\(client)", "clientSecret": "\(secret)",
                       "roles": ["Exchange.ManageAsApp"], "directoryRoles": ["Exchange Administrator"]}],
                     "inboundConnectors": [\(connectors.joined(separator: ","))]}
                    """
            }
            return #"{"tenants": [\#(all.joined(separator: ","))]}"#
        }

        private static func configuration(_ url: String, _ forge: String, _ port: Int, _ tenants: Int) -> String {
            let all = (0..<tenants).map { tenant in
                """
                      - name: tenant\(tenant)
                        path: tenants/tenant\(tenant)
                        tenantId: \(id(tenant))
                        organization: tenant\(tenant).onmicrosoft.com
                        credentials: {clientId: \(client), clientSecret: {file: secret}}
                        endpoints: {login: "\(url)", exchange: "\(url)", graph: "\(url)"}

                """
            }
            return """
                apiVersion: mitregate.dev/v1
                kind: Configuration
                sources:
                  - name: mail-flow
                    url: mail-flow
                    branch: main
                    interval: 1m
                    forge: {kind: gitea, url: "\(forge)", repository: contoso/mail-flow,
                            credentials: {token: {file: forge-token}}, webhook: {secret: {file: hook-secret}}}
                    tenants:
                \(all.joined())store: {url: "sqlite:mitregate.db"}
                server: {listen: "127.0.0.1:\(port)", tokens: [{name: bench, token: {file: token}, may: [read, operate]}]}

                """
        }
    }
}
