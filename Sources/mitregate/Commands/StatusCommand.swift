import ArgumentParser
import Connectors
import Foundation
import Planning
import Reconciling
import Reports
import Site

struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show where each tenant stands: git, what was applied, the last run.",
        usage: "mitregate status [--observe | --server <url>] [<options>]",
        discussion: """
            With --observe it also reads the tenants, to tell whether they were changed by hand. With --server, or \
            MITREGATE_SERVER_URL, it asks the controller: the state, the next look, and why.

            Exit codes: 0 done, 1 error, 6 a tenant could not be read (only with --observe).

            Examples:
              mitregate status
              mitregate status --server http://127.0.0.1:8080
            """
    )

    @OptionGroup(title: "Tenants and configuration") var selection: SelectionOptions

    @Flag(help: "Also read the tenants.")
    var observe = false

    @Option(help: ArgumentHelp("The controller to ask; else MITREGATE_SERVER_URL.", valueName: "url"))
    var server: String?

    @Option(
        help: ArgumentHelp("A file with the controller's token; else MITREGATE_SERVER_TOKEN.", valueName: "file"),
        completion: .file()
    )
    var tokenFile: String?

    @OptionGroup var problems: ProblemOptions

    @Option(name: .shortAndLong, help: OutputFormat.help)
    var output: OutputFormat = .text

    func run() async throws {
        let named = ProcessInfo.processInfo.environment["MITREGATE_SERVER_URL"].flatMap { $0.isEmpty ? nil : $0 }
        if let address = server ?? named, !observe { return try await ask(address) }
        let observes = observe
        try await answering(
            selection,
            output,
            ask: { context, reconciler in try await reconciler.status(context.tenants, observes: observes) },
            shown: { [onlyProblems = problems.onlyProblems] in onlyProblems ? $0.onlyProblems : $0 },
            text: { whole, shown, style in
                StatusReport.text(shown, style: style)
                    + OnlyProblems.line(left: shown.tenants.count, of: whole.tenants.count, "tenant")
            },
            status: \.exitStatus,
            refusals: \.refusals
        )
    }

    /// What the controller says.
    private func ask(_ address: String) async throws {
        try await reporting(output) {
            let client = try SiteClient(address: address, tokenFile: tokenFile)
            var document: TenantsDocument = try await client.get("/api/v1/tenants")
            let wanted = Set(selection.tenant)
            document.tenants.removeAll { view in
                !wanted.isEmpty && !wanted.contains(view.tenant)
                    || selection.source.map { $0 != view.source } ?? false
            }
            let all = document.tenants.count
            if problems.onlyProblems { document.tenants.removeAll { $0.state == "in-sync" } }
            switch output {
            case .json: Terminal.print(document.json)
            case .text:
                for tenant in document.tenants { Terminal.print(Self.line(tenant)) }
                Terminal.print(OnlyProblems.line(left: document.tenants.count, of: all, "tenant"))
            }
            return .success
        }
    }

    /// State, revision, since when, next look, why.
    private static func line(_ tenant: TenantView) -> String {
        var parts = ["\(tenant.tenant): \(tenant.state)"]
        if let revision = tenant.revision { parts.append("at \(revision.prefix(12))") }
        parts.append("since \(Timestamp.text(tenant.since))")
        if let next = tenant.nextLook { parts.append("next look \(Timestamp.text(next))") }
        if let digest = tenant.changesDigest {
            let digits = digest.hasPrefix("sha256:") ? digest.dropFirst(7) : digest[...]
            parts.append("waits for: mitregate approve \(digits.prefix(12))")
        }
        let words = (tenant.breakGlass ?? []).map { word in
            " \(word.connector) is disabled by break-glass until \(Timestamp.text(word.until)): \(word.reason) (\(word.owner))."
        }
        return "\(parts.joined(separator: ", ")). \(tenant.why)\(words.joined())".escapedLine
    }
}
