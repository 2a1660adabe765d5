import Reconciling
import Planning
import StateStore
import Configuration
import ArgumentParser
import Reports

struct HistoryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "List what was done, newest first.",
        usage: "mitregate history [--limit <number>] [<options>]"
    )

    @OptionGroup(title: "Tenants and configuration") var selection: SelectionOptions

    @Option(help: ArgumentHelp("At most so many runs.", valueName: "number"))
    var limit = 50

    @Option(name: .shortAndLong, help: OutputFormat.help)
    var output: OutputFormat = .text

    func validate() throws {
        guard (1...100_000).contains(limit) else { throw ValidationError("--limit takes a number from 1 to 100000.") }
    }

    func run() async throws {
        let isAll = selection.tenant.isEmpty && selection.source == nil
        let limit = limit
        try await answering(
            selection,
            output,
            ask: { context, _ in
                HistoryDocument(
                    runs: try await context.environment.store.runs(
                        RunQuery(tenants: isAll ? nil : context.tenants.map(\.tenant.name), limit: limit)
                    )
                )
            },
            text: { HistoryReport.text($0, style: $1) }
        )
    }
}
