import ArgumentParser
import Configuration
import Connectors
import FoundationEssentials
import Planning
import Reconciling
import Reports
import Site
import StateStore

struct HistoryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "List what was done, newest first.",
        usage: "mitregate history [--since <time>] [--until <time>] [<options>]",
        discussion: """
            A time is a date (2027-03-01), an instant (2027-03-01T08:00:00Z) or a duration back from now (7d, 12h). With \
            several options, a run must match all. A tenant's runs that were refused alike, one after another, are one row \
            of the text; JSON has each of them. It asks the controller; where none answers it reads the store.
            """
    )

    @OptionGroup(title: "Tenants and configuration") var selection: SelectionOptions

    @OptionGroup(title: "Which runs") var filter: RunFilter

    @OptionGroup(title: "Controller") var controller: ControllerOptions

    @Option(
        help: ArgumentHelp("At most this many runs; without it 50, or one for each tenant.", valueName: "number")
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
        if try await isAnsweredByController(query) { return }
        let wanted = limit
        try await reporting(output) {
            let context = try await CommandContext.open(selection)
            var query = query
            query.tenants = selection.tenantNames(of: context)
            query.limit = wanted ?? max(50, context.tenants.count)
            let store = context.environment.store
            let document = try await self.document(query) { try await store.runs($0) }
            context.progress.end()
            show(document, rows: query.limit)
            return .success
        }
    }

    /// Prints what the controller says, if one answers.
    private func isAnsweredByController(_ query: RunQuery) async throws -> Bool {
        var isAnswered = true
        try await reporting(output) {
            var query = query
            let document = try await controller.asking(selection.config, or: .noAnswer) { client in
                if !selection.isAll || limit == nil {
                    let known: TenantsDocument = try await client.get("/api/v1/tenants")
                    let chosen = try selection.tenants(of: known).tenants
                    query.tenants = selection.isAll ? nil : chosen.map(\.tenant)
                    query.limit = limit ?? max(50, chosen.count)
                }
                return try await self.document(query) { try await client.runs($0) }
            }
            isAnswered = document != nil
            if let document { show(document, rows: query.limit) }
            return .success
        }
        return isAnswered
    }

    private func show(_ document: HistoryDocument, rows: Int) {
        switch output {
        case .text: Terminal.print(HistoryReport.text(document, style: Terminal.style, limit: rows))
        case .json: Terminal.print(document.json)
        }
    }

    /// The runs that are wanted; in the text those that were refused alike count as one.
    ///
    /// - Parameter runs: Reads the runs that match, newest first.
    private func document(
        _ query: RunQuery,
        reading runs: (RunQuery) async throws -> [RunRecord]
    ) async throws -> HistoryDocument {
        guard output == .text else {
            var more = query
            more.limit += 1
            let found = try await runs(more)
            return HistoryDocument(runs: Array(found.prefix(query.limit)), hasMore: found.count > query.limit)
        }
        var page = query
        page.limit = max(Self.pageSize, query.limit + 1)
        var found: [RunRecord] = []
        for _ in 0..<Self.pages {
            let next = try await runs(page)
            found += next
            guard next.count == page.limit else { return HistoryDocument(runs: found) }
            if HistoryReport.rowCount(found) > query.limit { break }
            page.before = next.last?.id
        }
        return HistoryDocument(runs: found, hasMore: true)
    }
}
