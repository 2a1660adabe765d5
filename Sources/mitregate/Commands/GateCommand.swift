import Connectors
import TLSGate
import ArgumentParser
import Foundation
import Reconciling
import Reports

struct GateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gate",
        abstract:
            "Ask the partners' mail servers whether mail would flow under the definitions, whether or not anything changes.",
        usage: "mitregate gate [<name> ...] [<options>]",
        discussion: """
            Reads git, not the tenants. It also lists which certificate ends when, soonest first.

            Exit codes: 0 mail would flow, 1 error, 3 a connector would not deliver, 4 a person must accept something, or a \
            partner could not be judged now.
            """
    )

    @OptionGroup(title: "Tenants and configuration") var selection: SelectionOptions

    @Argument(help: "Definitions by their metadata.name; none means all.")
    var names: [String] = []

    @Option(name: .shortAndLong, help: OutputFormat.help)
    var output: OutputFormat = .text

    func run() async throws {
        try await reporting(output) {
            let context = try await CommandContext.open(selection)
            let reconciler = Reconciler(context.environment)
            let (tenants, wanted) = (context.tenants, Set(names))
            let document = try await context.interrupts.cancelling { await reconciler.gate(tenants, names: wanted) }
            context.progress.end()
            let found = Set(document.tenants.flatMap(\.judgements).map(\.connector.name))
            if let stranger = wanted.subtracting(found).min(), document.tenants.allSatisfy({ $0.error == nil }) {
                throw CommandFailure(
                    .error,
                    id: "name-unknown",
                    "No connector in use is called \"\(stranger)\".",
                    remedy: "Names are those of metadata.name; a disabled connector takes no mail and is not judged."
                )
            }
            switch output {
            case .text:
                let style = TextStyle(usesColour: Terminal.usesColour)
                Terminal.print(GateReport.text(document, style: style, now: Date()))
            case .json: Terminal.print(document.json)
            }
            return ExitCode(document.exitStatus)
        }
    }
}
