import ArgumentParser
import Planning
import Reconciling
import Reports
import StateStore

struct ShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show one run: its plan, each write, and how it ended.",
        usage: "mitregate show <run> [<options>]",
        discussion: "Takes a run's id from `history`, or any unambiguous beginning of it."
    )

    @OptionGroup(title: "Tenants and configuration") var selection: SelectionOptions

    @Argument(help: "The run's id, or the beginning of it.", completion: .custom(Suggestions.runs))
    var run: String

    @Option(name: .shortAndLong, help: OutputFormat.help)
    var output: OutputFormat = .text

    func run() async throws {
        let id = run
        try await answering(
            selection,
            output,
            ask: { context, _ in
                let store = context.environment.store
                let stored = try await store.run(matching: id)
                let journal = try await store.journal(run: stored.record.id)
                do throws(StateStoreError) {
                    return ShowDocument(
                        record: stored.record,
                        plan: try stored.plan(),
                        judgements: stored.judgements,
                        journal: journal
                    )
                } catch {
                    return ShowDocument(ofUnreadablePlan: stored.record, journal: journal)
                }
            },
            text: { ShowReport.text($0, style: $1) }
        )
    }
}
