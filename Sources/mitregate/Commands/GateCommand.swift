import ArgumentParser
import Connectors
import Foundation
import Reconciling
import Reports
import TLSGate

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
        let wanted = Set(names)
        try await answering(
            selection,
            output,
            ask: { context, reconciler in
                let document = await reconciler.gate(context.tenants, names: wanted)
                let found = Set(document.tenants.flatMap(\.judgements).map(\.connector.name))
                if let unknown = wanted.subtracting(found).min(), document.tenants.allSatisfy({ $0.error == nil }) {
                    throw CommandFailure(
                        .error,
                        id: "name-unknown",
                        "There is no connector in use with the name \"\(unknown)\".",
                        remedy: "Use a metadata.name; a disabled connector takes no mail and is not judged."
                    )
                }
                return document
            },
            text: { GateReport.text($0, style: $1, now: Date()) },
            status: \.exitStatus,
            refusals: \.refusals
        )
    }
}
