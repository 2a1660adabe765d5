import ArgumentParser
import Connectors
import Foundation
import Reports
import Scheduling
import Site

extension GateWord.Verdict: ExpressibleByArgument {}

struct ApproveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "approve",
        abstract: "Let exactly one plan through that waits for a person.",
        usage: "mitregate approve [--tenant <name>] <digest> --reason <text> [<options>]",
        discussion: """
            The digest is that of the plan or of its changes, whole or its first 12 or more digits; `mitregate status` \
            shows it. The TLS gate is asked once more when the plan is applied, and a worse verdict holds it. With \
            --verdict it is compared at once: where the gate says worse than what you saw, nothing is approved.

            Examples:
              mitregate approve 4f1c9a07b2de --reason "reviewed with the partner"
              mitregate approve --tenant contoso 4f1c9a07b2de --verdict warn --reason "change 1234"
            """
    )

    @OptionGroup(title: "Server") var options: ServerOptions

    @OptionGroup var named: TenantOptions

    @Argument(help: "The digest.")
    var digest: String

    @Option(
        help: ArgumentHelp(
            "What the TLS gate said of the plan when you looked: pass, warn, approve, hold or block.",
            valueName: "word"
        )
    )
    var verdict: GateWord.Verdict?

    @Option(help: ArgumentHelp("Why; the history keeps it.", valueName: "text"))
    var reason: String

    @Option(name: .shortAndLong, help: OutputFormat.help)
    var output: OutputFormat = .text

    func run() async throws {
        try await reporting(output) {
            let client = try options.client()
            var document = ApprovalsDocument(approvals: [])
            for tenant in try await tenants(client) {
                var body = ["digest": digest, "reason": reason]
                body["tenant"] = tenant
                body["verdict"] = verdict?.rawValue
                let given: ApprovalsDocument = try await client.post("/api/v1/approvals", body)
                document.approvals += given.approvals
            }
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

    /// Whose plan is approved, one by one; `nil` stands for all that have it.
    private func tenants(_ client: SiteClient) async throws -> [String?] {
        guard !named.isAll else { return [nil] }
        let names = try await named.names(at: client)
        guard names.count > 1 else { return names }
        let plans: PlansDocument = try await client.get("/api/v1/plans")
        let digits = Self.digits(digest)
        let having = plans.plans.filter { plan in
            [plan.planDigest, plan.changesDigest].contains { Self.digits($0).hasPrefix(digits) }
        }
        let meant = Set(having.map(\.tenant)).intersection(names)
        guard !meant.isEmpty else {
            throw CommandFailure(
                .usage,
                id: "plan-unknown",
                "None of the \(names.count) tenants has a plan with the digest \(String(digest.prefix(80)).escapingControls).",
                remedy: "`mitregate status` shows the digests of plans that wait for a person."
            )
        }
        return names.filter(meant.contains)
    }

    private static func digits(_ digest: String) -> Substring {
        let text = digest.asciiLowercased
        return text.hasPrefix("sha256:") ? text.dropFirst(7) : text[...]
    }
}
