import ArgumentParser
import Reconciling
import Reports

struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show where each tenant stands: git, what was applied, the last run.",
        usage: "mitregate status [--observe] [<options>]",
        discussion: """
            With --observe it also reads the tenants, to tell whether they were changed by hand.

            Exit codes: 0 done, 1 error, 6 a tenant could not be read (only with --observe).
            """
    )

    @OptionGroup(title: "Tenants and configuration") var selection: SelectionOptions

    @Flag(help: "Also read the tenants.")
    var observe = false

    @Option(name: .shortAndLong, help: OutputFormat.help)
    var output: OutputFormat = .text

    func run() async throws {
        let observes = observe
        try await answering(
            selection,
            output,
            ask: { context, reconciler in try await reconciler.status(context.tenants, observes: observes) },
            text: { StatusReport.text($0, style: $1) },
            status: \.exitStatus,
            refusals: \.refusals
        )
    }
}
