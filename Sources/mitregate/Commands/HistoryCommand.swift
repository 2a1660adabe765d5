import ArgumentParser
import Configuration
import Connectors
import FoundationEssentials
import Planning
import Reconciling
import Reports
import StateStore

struct HistoryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "List what was done, newest first.",
        usage: "mitregate history [--since <time>] [--until <time>] [<options>]",
        discussion: """
            A time is a date (2027-03-01), an instant (2027-03-01T08:00:00Z) or a duration back from now (7d, 12h). Of \
            several options a run must match all. A tenant's runs that were refused alike, one after another, are one row \
            of the text; JSON has each of them.
            """
    )

    @OptionGroup(title: "Tenants and configuration") var selection: SelectionOptions

    @OptionGroup(title: "Which runs") var filter: RunFilter

    @Option(
        help: ArgumentHelp("At most so many runs; without it 50, or as many as tenants.", valueName: "number")
    )
    var limit: Int?

    /// Pages that are read for one list, and runs in a page.
    private static let (pages, pageSize) = (40, 500)

    @Option(name: .shortAndLong, help: OutputFormat.help)
    var output: OutputFormat = .text

    func validate() throws {
        guard (1...100_000).contains(limit ?? 50) else {
            throw ValidationError("--limit takes a number from 1 to 100000.")
        }
    }

    func run() async throws {
        let query = try filter.query(limit: limit ?? 50, at: Date())
        let (wanted, isText) = (limit, output == .text)
        try await reporting(output) {
            let context = try await CommandContext.open(selection)
            var query = query
            query.tenants = selection.tenantNames(of: context)
            query.limit = wanted ?? max(50, context.tenants.count)
            let rows = query.limit
            let document = try await Self.document(query, context.environment.store, isText: isText)
            context.progress.end()
            switch output {
            case .text: Terminal.print(HistoryReport.text(document, style: Terminal.style, limit: rows))
            case .json: Terminal.print(document.json)
            }
            return .success
        }
    }

    /// - Parameter isText: Whether runs that were refused alike count as one.
    private static func document(
        _ query: RunQuery,
        _ store: any StateStore,
        isText: Bool
    ) async throws -> HistoryDocument {
        guard isText else {
            var more = query
            more.limit += 1
            let runs = try await store.runs(more)
            return HistoryDocument(runs: Array(runs.prefix(query.limit)), hasMore: runs.count > query.limit)
        }
        var page = query
        page.limit = max(pageSize, query.limit + 1)
        var runs: [RunRecord] = []
        for _ in 0..<pages {
            let next = try await store.runs(page)
            runs += next
            guard next.count == page.limit else { return HistoryDocument(runs: runs) }
            if HistoryReport.rowCount(runs) > query.limit { break }
            page.before = next.last?.id
        }
        return HistoryDocument(runs: runs, hasMore: true)
    }
}
