import ArgumentParser
import Configuration
import Controller
import Reconciling
import Reports

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Check credentials, permissions, DNS, port 25, clock and store, and say what is missing.",
        usage: "mitregate doctor [<options>]",
        discussion: "Exit codes: 0 everything is there, 1 something is missing, 6 something could not be found out."
    )

    @OptionGroup(title: "Tenants and configuration") var selection: SelectionOptions

    @OptionGroup var problems: ProblemOptions

    @Option(name: .shortAndLong, help: OutputFormat.help)
    var output: OutputFormat = .text

    func run() async throws {
        try await answering(
            selection,
            output,
            store: .wanted,
            ask: { context, reconciler in
                var document = await reconciler.doctor(context.tenants)
                let names = Set(context.tenants.map(\.source.name))
                let sources = context.configuration.sources.filter { names.contains($0.name) }
                document.checks += await ForgeDoctor(context.environment).checks(sources)
                return document
            },
            shown: { [onlyProblems = problems.onlyProblems] in onlyProblems ? $0.onlyProblems : $0 },
            text: { whole, shown, style in
                DoctorReport.text(shown, of: whole, style: style)
                    + OnlyProblems.line(left: shown.checks.count, of: whole.checks.count, "check")
            },
            status: \.exitStatus
        )
    }
}
