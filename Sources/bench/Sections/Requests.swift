import ForgeSimulator
import Forges
import FoundationEssentials
import Glibc
import Transfers

/// The controller's answers on pull requests: a forge in this process, a service that takes 50 ms for each answer, and
/// real git between them.
enum Requests {
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
            defer { bed.place.end() }
            try await bed.place.untilAllInSync()
            // The first one makes what the others find: the mirror's namespace, the tenant's evidence.
            try await bed.answer(to: 1)
            print("rest=\(try bed.place.memory())")
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
            print("held=\(try bed.place.memory())")
        }
    }

    /// A forge, and a controller whose source is on it.
    private struct Bed {
        let place: ControllerPlace
        let server: ForgeServer

        private static let hookSecret = "a secret for the hook"

        init(folder: String, programs: String, tenants: Int, latency: Int, _ server: ForgeServer) throws {
            self.server = server
            place = try ControllerPlace(
                folder: folder,
                programs: programs,
                tenants: tenants,
                latency: latency,
                interval: "5m",
                forge: """
                    kind: gitea, url: "\(server.url)", repository: contoso/mail-flow, \
                    credentials: {token: {file: forge-token}}, webhook: {secret: {file: hook-secret}}
                    """,
                secrets: ["forge-token": "good-token", "hook-secret": Self.hookSecret]
            )
        }

        /// Opens a request, has it told, and waits for the comment on it.
        func answer(to number: Int) async throws {
            try await open(number)
            try await deliver(number)
            try await untilCommented(number)
        }

        /// A request that changes the comment of one connector.
        func open(_ number: Int) async throws {
            let (tenants, folder) = (place.tenants, place.folder)
            let (tenant, connector) = (number % tenants, number / tenants % ControllerPlace.connectors)
            try git(["checkout", "-q", "-B", "request-\(number)", "main"])
            let file = "\(folder)/mail-flow/tenants/tenant\(tenant)/partner-\(connector).yaml"
            try writeFile(ControllerPlace.definition(tenant, connector, note: "request \(number)"), to: file)
            try git(["commit", "-q", "-a", "-m", "Request \(number)"])
            try git(["update-ref", "refs/pull/\(number)/head", "HEAD"])
            let head = String(try git(["rev-parse", "HEAD"]).prefix { $0 != "\n" })
            try git(["checkout", "-q", "main"])
            server.change { forge in
                forge.branches["request-\(number)"] = head
                forge.commits.insert(head)
                _ = forge.open(head: "request-\(number)")
            }
        }

        func deliver(_ number: Int) async throws {
            let body = Array(#"{"number": \#(number), "repository": {"full_name": "contoso/mail-flow"}}"#.utf8)
            let path = HookSecret.secret(Self.hookSecret).path(source: "mail-flow")
            let answer = try await place.pool.send(
                HTTPRequest(
                    .post,
                    "http://127.0.0.1:\(place.port)\(path)",
                    headers: DeliverySender.gitea(secret: Self.hookSecret)
                        .headers(event: "pull_request", id: "\(number)", body: body),
                    body: body
                )
            )
            guard answer.status == 204 else { throw Problem("the hook answers \(answer.status)") }
        }

        func untilCommented(_ number: Int) async throws {
            let deadline = ContinuousClock.now + .seconds(600)
            while ContinuousClock.now < deadline {
                if (1...number).allSatisfy({ !server.repository.comments(on: $0).isEmpty }) { return }
                try await Task.sleep(for: .milliseconds(10))  // between two looks at another process
            }
            let log = try Child.text(of: "\(place.folder)/controller.log").suffix(500)
            throw Problem("#\(number) got no comment: \(log)")
        }

        /// Waits until the next delivery is looked at as soon as it comes.
        ///
        /// A sleep is right here: deliveries six seconds apart are what is measured, and nothing is decided by it.
        func rest() async throws { try await Task.sleep(for: .seconds(6)) }

        /// What git alone takes to fetch a head from there.
        func fetch() throws -> Double {
            let (folder, mirror) = (place.folder, "\(place.folder)/mirror.git")
            _ = try Child.run(["git", "clone", "-q", "--bare", "\(folder)/mail-flow", mirror], in: folder)
            let run = try Child.run(["git", "fetch", "-q", "\(folder)/mail-flow", "refs/pull/10/head"], in: mirror)
            return run.usage.wall
        }

        @discardableResult
        private func git(_ arguments: [String]) throws -> String {
            try ControllerPlace.git(arguments, in: place.folder)
        }
    }
}
