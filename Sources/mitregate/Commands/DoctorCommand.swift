import ArgumentParser
import Reconciling
import Reports

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Check credentials, permissions, DNS, port 25, clock and store, and say what is missing.",
        usage: "mitregate doctor [<options>]",
        discussion: "Exit codes: 0 all is there, 1 something is missing, 6 something could not be found out."
    )

    @OptionGroup(title: "Tenants and configuration") var selection: SelectionOptions

    @Option(name: .shortAndLong, help: OutputFormat.help)
    var output: OutputFormat = .text

    func run() async throws {
        try await reporting(output) {
            let context = try await CommandContext.open(selection, needsStore: false)
            let reconciler = Reconciler(context.environment)
            let tenants = context.tenants
            let document = try await context.interrupts.cancelling { await reconciler.doctor(tenants) }
            context.progress.end()
            switch output {
            case .text: Terminal.print(DoctorReport.text(document, style: TextStyle(usesColour: Terminal.usesColour)))
            case .json: Terminal.print(document.json)
            }
            return ExitCode(document.exitStatus)
        }
    }
}
