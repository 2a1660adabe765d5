import ArgumentParser
import Connectors
import Foundation
import Reports
import Site

struct ApproveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "approve",
        abstract: "Let exactly one plan through that waits for a person.",
        usage: "mitregate approve [--tenant <name>] <digest> --reason <text> [<options>]",
        discussion: """
            The digest is that of the plan or of its changes, whole or its first 12 or more digits; `mitregate status` \
            shows it. The TLS gate is asked once more when the plan is applied, and what is worse by then is held.

            Examples:
              mitregate approve 4f1c9a07b2de --reason "reviewed with the partner"
              mitregate approve --tenant contoso 4f1c9a07b2de --reason "change 1234"
            """
    )

    @OptionGroup(title: "Server") var options: ServerOptions

    @Option(
        help: ArgumentHelp("Only this tenant's plan.", valueName: "name"),
        completion: .custom(Suggestions.tenants)
    )
    var tenant: String?

    @Argument(help: "The digest.")
    var digest: String

    @Option(help: ArgumentHelp("Why; the history keeps it.", valueName: "text"))
    var reason: String

    @Option(name: .shortAndLong, help: OutputFormat.help)
    var output: OutputFormat = .text

    func run() async throws {
        try await reporting(output) {
            var body = ["digest": digest, "reason": reason]
            body["tenant"] = tenant
            let document: ApprovalsDocument = try await options.client().post("/api/v1/approvals", body)
            switch output {
            case .json: Terminal.print(document.json)
            case .text:
                for approval in document.approvals {
                    Terminal.print("\(approval.tenant): approved; it is applied in the next round.".escapedLine)
                }
            }
            return .success
        }
    }
}
