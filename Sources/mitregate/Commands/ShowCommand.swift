import Reconciling
import Planning
import StateStore
import ArgumentParser
import Reports

struct ShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show one run: its plan, each write, and how it ended.",
        usage: "mitregate show <run> [<options>]",
        discussion: "Takes a run's id from `history`, or any unambiguous beginning of it."
    )

    @OptionGroup(title: "Tenants and configuration") var selection: SelectionOptions

    @Argument(help: "The run's id, or the beginning of it.")
    var run: String

    @Option(name: .shortAndLong, help: OutputFormat.help)
    var output: OutputFormat = .text

    func run() async throws {
        try await reporting(output) {
            let store = try await CommandContext.open(selection).environment.store
            let stored = try await store.run(matching: run)
            let document = ShowDocument(
                record: stored.record,
                plan: try? stored.plan(),  // a plan of another version is left out
                judgements: stored.judgements,
                journal: try await store.journal(run: stored.record.id)
            )
            switch output {
            case .text: Terminal.print(ShowReport.text(document, style: TextStyle(usesColour: Terminal.usesColour)))
            case .json: Terminal.print(document.json)
            }
            return .success
        }
    }
}
