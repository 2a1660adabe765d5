import Planning
import ArgumentParser
import Reconciling
import Reports

struct DriftCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drift",
        abstract: "Show what somebody changed in the tenants by hand, and who.",
        usage: "mitregate drift [--detailed-exitcode] [<options>]",
        discussion: """
            Compares each tenant with what was last written to it. The audit log can be hours behind, so the author of a \
            recent change may be missing.

            Exit codes: 0 done, 1 error, 2 something that is not accepted differs (only with --detailed-exitcode), 6 a tenant \
            could not be read.
            """
    )

    @OptionGroup(title: "Tenants and configuration") var selection: SelectionOptions

    @Option(name: .shortAndLong, help: OutputFormat.help)
    var output: OutputFormat = .text

    @Flag(help: "Exit with 2 when something that is not accepted differs.")
    var detailedExitcode = false

    func run() async throws {
        try await reporting(output) {
            let context = try await CommandContext.open(selection)
            let reconciler = Reconciler(context.environment)
            let tenants = context.tenants
            let document = try await context.interrupts.cancelling { await reconciler.drift(tenants) }
            context.progress.end()
            switch output {
            case .text: Terminal.print(DriftReport.text(document, style: TextStyle(usesColour: Terminal.usesColour)))
            case .json: Terminal.print(document.json)
            }
            let differs = document.tenants.contains { $0.items.contains { !$0.item.accepted } }
            if document.exitStatus == .done && detailedExitcode && differs { return ExitCode(.changes) }
            return ExitCode(document.exitStatus)
        }
    }
}
