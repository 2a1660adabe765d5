import ArgumentParser
import Planning
import Reconciling
import Reports

struct DriftCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drift",
        abstract: "Show what was changed in the tenants by hand, by whom, and what it does to mail.",
        usage: "mitregate drift [--detailed-exitcode] [<options>]",
        discussion: """
            Compares each tenant with what was last written to it, whatever git says; git only says which differences are \
            accepted. If nothing was ever applied to a tenant, its drift is not known. The audit log can be hours behind, so the author of a \
            recent change may be missing.

            Exit codes: 0 done, 1 error, 2 something that is not accepted differs (only with --detailed-exitcode), 6 a tenant \
            could not be read.
            """
    )

    @OptionGroup(title: "Tenants and configuration") var selection: SelectionOptions

    @OptionGroup var problems: ProblemOptions

    @Option(name: .shortAndLong, help: OutputFormat.help)
    var output: OutputFormat = .text

    @Flag(help: "Exit with 2 when something that is not accepted differs.")
    var detailedExitcode = false

    func run() async throws {
        let isDetailed = detailedExitcode
        try await answering(
            selection,
            output,
            ask: { context, reconciler in await reconciler.drift(context.tenants) },
            shown: { [onlyProblems = problems.onlyProblems] in onlyProblems ? $0.onlyProblems : $0 },
            text: { whole, shown, style in
                DriftReport.text(shown, style: style)
                    + OnlyProblems.line(left: shown.tenants.count, of: whole.tenants.count, "tenant")
            },
            status: { document in
                let differs = document.tenants.contains { $0.items.contains { !$0.item.accepted } }
                return document.exitStatus == .done && isDetailed && differs ? .changes : document.exitStatus
            },
            refusals: \.refusals
        )
    }
}
