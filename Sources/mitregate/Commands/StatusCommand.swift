import ArgumentParser
import Reconciling
import Reports

struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show where each tenant stands: git, what was applied, the last run.",
        usage: "mitregate status [--observe] [<options>]",
        discussion: """
            With --observe it also reads the tenants, to tell whether somebody changed them by hand.

            Exit codes: 0 done, 1 error, 6 a tenant could not be read (only with --observe).
            """
    )

    @OptionGroup(title: "Tenants and configuration") var selection: SelectionOptions

    @Flag(help: "Also read the tenants.")
    var observe = false

    @Option(name: .shortAndLong, help: OutputFormat.help)
    var output: OutputFormat = .text

    /// A tenant that was to be read and could not be is unknown.
    private static func status(of document: StatusDocument) -> ExitStatus {
        .combined(
            document.tenants.map { tenant in
                guard case .unknown(let errors) = tenant.drift else { return .done }
                return errors.contains { $0.id == "interrupted" } ? .interrupted : .unknown
            }
        )
    }

    func run() async throws {
        try await reporting(output) {
            let context = try await CommandContext.open(selection)
            let reconciler = Reconciler(context.environment)
            let (tenants, observes) = (context.tenants, observe)
            let document = try await context.interrupts.cancelling {
                try await reconciler.status(tenants, observes: observes)
            }
            context.progress.end()
            switch output {
            case .text: Terminal.print(StatusReport.text(document, style: TextStyle(usesColour: Terminal.usesColour)))
            case .json: Terminal.print(document.json)
            }
            return ExitCode(Self.status(of: document))
        }
    }
}
