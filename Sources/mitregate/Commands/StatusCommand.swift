import ArgumentParser
import Configuration
import Connectors
import Planning
import Reconciling
import Reports
import Site

struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show where each tenant stands: git, what was applied, the last run.",
        usage: "mitregate status [--observe] [<options>]",
        discussion: """
            It asks the controller: the state, since when, when the tenant was last read, the next look, and why (with -o json a document of the kind Tenants). \
            Where none answers it reads the store: the commit, what was applied, the last run (Status). With --observe it reads \
            the store and the tenants, to tell whether they were changed by hand.

            Exit codes: 0 done, 1 error, 6 a tenant could not be read (only with --observe).

            Examples:
              mitregate status
              mitregate status --server https://mitregate.contoso.com
            """
    )

    @OptionGroup(title: "Tenants and configuration") var selection: SelectionOptions

    @Flag(help: "Read the store and the tenants, and ask no controller.")
    var observe = false

    @OptionGroup(title: "Controller") var controller: ControllerOptions

    @OptionGroup var problems: ProblemOptions

    @Option(name: .shortAndLong, help: OutputFormat.help)
    var output: OutputFormat = .text

    func validate() throws {
        guard observe, controller.server != nil else { return }
        throw ValidationError("--observe reads the tenants from here, and --server asks the controller: give one.")
    }

    func run() async throws {
        if !observe, try await isAnsweredByController() { return }
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

    /// Prints what the controller says, if one answers.
    private func isAnsweredByController() async throws -> Bool {
        var isAnswered = true
        try await reporting(output) {
            let document = try await controller.asking(selection.config, or: .noAnswer) { client in
                let known: TenantsDocument = try await client.get("/api/v1/tenants")
                return try selection.tenants(of: known)
            }
            isAnswered = document != nil
            guard var document else { return .success }
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
        return isAnswered
    }

    /// State, revision, since when, last reading, next look, why.
    private static func line(_ tenant: TenantView) -> String {
        var parts = ["\(tenant.tenant): \(tenant.state)"]
        if let revision = tenant.revision { parts.append("at \(revision.prefix(12))") }
        parts.append("since \(Timestamp.text(tenant.since))")
        if let readAt = tenant.lastReadAt { parts.append("last read \(Timestamp.text(readAt))") }
        if let next = tenant.nextLook { parts.append("next look \(Timestamp.text(next))") }
        if let digest = tenant.changesDigest, !tenant.why.contains("mitregate approve ") {
            let digits = digest.hasPrefix("sha256:") ? digest.dropFirst(7) : digest[...]
            parts.append("waits for: mitregate approve \(digits.prefix(12))")
        }
        let words = (tenant.breakGlass ?? []).map { word in
            " \(word.connector) is disabled by break-glass until \(Timestamp.text(word.until)): \(word.reason) (\(word.owner))."
        }
        return "\(parts.joined(separator: ", ")). \(tenant.why)\(words.joined())".escapedLine
    }
}
