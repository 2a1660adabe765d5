import ArgumentParser
import Configuration
import Foundation
import Planning
import Reconciling
import Reports
import Site
import StateStore

struct RetryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry",
        abstract: "Lift the quarantine of a commit whose apply was rolled back, so that apply tries it again.",
        usage: "mitregate retry [--source <name> | --tenant <name>] [<options>]",
        discussion: """
            Next to a running controller, name it with --server: then `retry --source` lifts the stop of a rollout and its \
            canaries' quarantines, and the tenants run at once.

            Examples:
              mitregate retry --tenant contoso
              mitregate retry --source mail-flow --server http://127.0.0.1:8080
            """
    )

    @Option(
        help: ArgumentHelp(
            "The controller to ask, which also lifts a stopped rollout; else MITREGATE_SERVER_URL.",
            valueName: "url"
        )
    )
    var server: String?

    @Option(
        help: ArgumentHelp("A file with the controller's token; else MITREGATE_SERVER_TOKEN.", valueName: "file"),
        completion: .file()
    )
    var tokenFile: String?

    @OptionGroup(title: "Tenants and configuration") var selection: SelectionOptions

    @Option(name: .shortAndLong, help: OutputFormat.help)
    var output: OutputFormat = .text

    func run() async throws {
        let named = ProcessInfo.processInfo.environment["MITREGATE_SERVER_URL"].flatMap { $0.isEmpty ? nil : $0 }
        if let address = server ?? named { return try await ask(address) }
        try await answering(
            selection,
            output,
            ask: { context, reconciler in
                var lifted: [RetryDocument.Lifted] = []
                for tenant in context.tenants {
                    guard let quarantine = try await reconciler.retry(tenant) else { continue }
                    lifted.append(
                        RetryDocument.Lifted(
                            tenant: quarantine.tenant,
                            revision: quarantine.revision,
                            run: quarantine.run
                        )
                    )
                }
                return RetryDocument(lifted: lifted)
            },
            text: { document, _ in
                guard !document.lifted.isEmpty else { return "No commit is quarantined." }
                return document.lifted.map { entry in
                    "\(entry.tenant): commit \(entry.revision.prefix(12)) may be applied again."
                }.joined(separator: "\n")
            }
        )
    }

    /// Has the controller try again.
    private func ask(_ address: String) async throws {
        try await reporting(output) {
            let client = try SiteClient(address: address, tokenFile: tokenFile)
            var bodies: [[String: String]] = []
            if !selection.named.isAll {
                bodies = try await selection.named.names(at: client).map { ["tenant": $0] }
            }
            if let source = selection.source { bodies.append(["source": source]) }
            guard !bodies.isEmpty else {
                throw CommandFailure(
                    .usage,
                    id: "usage",
                    "What is to be tried again is not named.",
                    remedy: "Give --tenant NAME or --source NAME."
                )
            }
            for body in bodies {
                let document: RequestsDocument = try await client.post("/api/v1/retries", body)
                switch output {
                case .json: Terminal.print(document.json)
                case .text:
                    for request in document.requests {
                        Terminal.print("\(request.tenant): is tried again (request \(request.id)).".escapedLine)
                    }
                }
            }
            return .success
        }
    }
}
