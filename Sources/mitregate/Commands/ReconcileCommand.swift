import ArgumentParser
import Foundation
import Connectors
import Reports
import Site

struct ReconcileCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reconcile",
        abstract: "Ask the controller for a full round of a tenant now.",
        usage: "mitregate reconcile [--tenant <name>] [--wait] [<options>]",
        discussion: """
            With --wait it shows what came of a run that began after the request, and exits with that run's code.

            Examples:
              mitregate reconcile --tenant contoso --wait
              mitregate reconcile --server https://mitregate.contoso.com --token-file ~/.mitregate-token
            """
    )

    @OptionGroup(title: "Server") var options: ServerOptions

    @Option(
        help: ArgumentHelp("Only this tenant; may be repeated. None means all.", valueName: "name"),
        completion: .custom(Suggestions.tenants)
    )
    var tenant: [String] = []

    @Flag(help: "Wait for the outcome.")
    var wait = false

    @Option(help: ArgumentHelp("How long to wait at most, in seconds.", valueName: "seconds"))
    var timeout: Int = 1_800

    @Option(name: .shortAndLong, help: OutputFormat.help)
    var output: OutputFormat = .text

    func run() async throws {
        try await reporting(output) {
            let client = try options.client()
            var names = tenant
            if names.isEmpty {
                let all: TenantsDocument = try await client.get("/api/v1/tenants")
                names = all.tenants.map(\.tenant)
            }
            var requests: [RequestView] = []
            for name in names {
                let document: RequestDocument = try await client.post("/api/v1/requests", ["tenant": name])
                requests.append(document.request)
            }
            if wait { requests = try await outcomes(of: requests, client) }
            switch output {
            case .json: Terminal.print(RequestsDocument(requests: requests).json)
            case .text: for request in requests { Terminal.print(Self.line(request)) }
            }
            guard wait else { return .success }
            return ExitCode(ExitStatus.combined(requests.map { ExitStatus(rawValue: $0.exitCode ?? 1) ?? .error }))
        }
    }

    private static func line(_ request: RequestView) -> String {
        switch request.state {
        case .waiting, .running: "\(request.tenant): asked (request \(request.id))"
        case .done:
            "\(request.tenant): \(request.message ?? "done")\(request.run.map { " (run \($0))" } ?? "")".escapedLine
        }
    }

    private func outcomes(of asked: [RequestView], _ client: SiteClient) async throws -> [RequestView] {
        var requests = asked
        let deadline = ContinuousClock.now + .seconds(timeout)
        var pause: Duration = .milliseconds(50)
        while requests.contains(where: { $0.state != .done }) {
            guard ContinuousClock.now < deadline else {
                throw CommandFailure(
                    .error,
                    id: "wait-timed-out",
                    "No outcome came within \(timeout) seconds; the request stays.",
                    remedy: "`mitregate status` says what the tenant waits for."
                )
            }
            // A person waits for the answer, so this is real time.
            try await Task.sleep(for: pause)
            pause = min(pause * 2, .seconds(1))
            for index in requests.indices where requests[index].state != .done {
                let document: RequestDocument = try await client.get(
                    "/api/v1/requests/\(SiteClient.encoded(requests[index].id))"
                )
                requests[index] = document.request
            }
        }
        return requests
    }
}

extension String {
    /// On one line, and with nothing that a terminal would act on.
    var escapedLine: String { escapingControls }
}
