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
            several options a run must match all.
            """
    )

    @OptionGroup(title: "Tenants and configuration") var selection: SelectionOptions

    @Option(help: ArgumentHelp("Only runs that started at this time or later.", valueName: "time"))
    var since: String?

    @Option(help: ArgumentHelp("Only runs that started before this time; a date counts in full.", valueName: "time"))
    var until: String?

    @Option(
        help: ArgumentHelp(
            "Only runs whose plan changed this connector: its name in git, or KIND/NAME.",
            valueName: "name"
        )
    )
    var connector: String?

    @Option(
        help: ArgumentHelp(
            "Only runs that ended so; may be repeated: \(RunRecord.Result.allCases.map(\.rawValue).joined(separator: ", ")).",
            valueName: "result"
        )
    )
    var result: [String] = []

    @Option(help: ArgumentHelp("Only runs of commits by this author: a name, an address or a part.", valueName: "text"))
    var author: String?

    @Option(help: ArgumentHelp("At most so many runs.", valueName: "number"))
    var limit = 50

    @Option(name: .shortAndLong, help: OutputFormat.help)
    var output: OutputFormat = .text

    func validate() throws {
        guard (1...100_000).contains(limit) else { throw ValidationError("--limit takes a number from 1 to 100000.") }
        _ = try query(at: Date())
    }

    /// What the options ask of the history.
    func query(at now: Date) throws -> RunQuery {
        var query = RunQuery(limit: limit)
        query.startedFrom = try since.map { try Self.instant($0, "--since", isEnd: false, now) }
        query.startedBefore = try until.map { try Self.instant($0, "--until", isEnd: true, now) }
        query.author = author
        if !result.isEmpty {
            query.results = Set(
                try result.map { text in
                    guard let result = RunRecord.Result(rawValue: text) else {
                        let known = RunRecord.Result.allCases.map(\.rawValue).joined(separator: ", ")
                        throw ValidationError("--result takes one of: \(known).")
                    }
                    return result
                }
            )
        }
        let parts = connector?.split(separator: "/", omittingEmptySubsequences: false) ?? []
        switch parts.count {
        case 0: break
        case 1: query.connectorName = connector
        default:
            guard parts.count == 2, let kind = ConnectorKind(rawValue: String(parts[0])) else {
                let kinds = ConnectorKind.allCases.map(\.rawValue).joined(separator: ", ")
                throw ValidationError("--connector takes a name, or KIND/NAME with one of the kinds \(kinds).")
            }
            query.connector = ConnectorKey(kind: kind, name: String(parts[1]))
        }
        return query
    }

    private static func instant(_ text: String, _ option: String, isEnd: Bool, _ now: Date) throws -> Date {
        if let duration = Duration(configured: text) {
            return now.addingTimeInterval(-Double(duration.components.seconds))
        }
        guard let end = Timestamp.deadline(text) else {
            throw ValidationError(
                "\(option) takes a date (2027-03-01), an instant (2027-03-01T08:00:00Z) or a duration (7d)."
            )
        }
        let isDate = !text.contains("T") && !text.contains("t") && !text.contains(" ")
        return isDate && !isEnd ? end.addingTimeInterval(-86_400) : end
    }

    func run() async throws {
        let isAll = selection.isAll
        let query = try query(at: Date())
        try await answering(
            selection,
            output,
            ask: { context, _ in
                var query = query
                query.tenants = isAll ? nil : context.tenants.map(\.tenant.name)
                return HistoryDocument(runs: try await context.environment.store.runs(query))
            },
            text: { HistoryReport.text($0, style: $1) }
        )
    }
}
