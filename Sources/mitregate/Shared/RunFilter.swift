import ArgumentParser
import Configuration
import Connectors
import FoundationEssentials
import Planning
import StateStore

/// Which runs of the history are meant; of several options a run must match all.
struct RunFilter: ParsableArguments {
    @Option(help: ArgumentHelp("Only runs that started at this time or later.", valueName: "time"))
    var since: String?

    @Option(help: ArgumentHelp("Only runs that started before this time; a date counts in full.", valueName: "time"))
    var until: String?

    @Option(
        help: ArgumentHelp(
            "Only runs whose plan changed this connector: its name in git, or KIND/NAME.",
            valueName: "name"
        ),
        completion: .custom(Suggestions.definitions)
    )
    var connector: String?

    @Option(
        help: ArgumentHelp(
            "Only runs that ended so; may be repeated: \(RunRecord.Result.allCases.map(\.rawValue).joined(separator: ", ")).",
            valueName: "result"
        ),
        completion: .list(RunRecord.Result.allCases.map(\.rawValue))
    )
    var result: [String] = []

    @Option(help: ArgumentHelp("Only runs of commits by this author: a name, an address or a part.", valueName: "text"))
    var author: String?

    func validate() throws { _ = try query(limit: 1, at: Date()) }

    /// What the options ask of the history.
    func query(limit: Int, at now: Date) throws -> RunQuery {
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
        if let connector, !query.choose(connector: connector) {
            let kinds = ConnectorKind.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("--connector takes a name, or KIND/NAME with one of the kinds \(kinds).")
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
}
