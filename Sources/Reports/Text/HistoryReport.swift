import Connectors
import FoundationEssentials
package import Planning

/// The history as a table.
package enum HistoryReport {
    /// - Parameter limit: At most so many rows, where several runs can be one row.
    package static func text(
        _ document: HistoryDocument,
        style: TextStyle = TextStyle(),
        limit: Int = .max
    ) -> String {
        var page = Page(style)
        let all = rows(document.runs.map(\.record))
        let rows = all.prefix(limit)
        guard !rows.isEmpty else {
            page.add("Nothing was done yet.")
            return page.text
        }
        let length = prefixLength(document.runs.map(\.record.id))
        let cells = rows.map { row in
            let record = row.record
            return Table.Row(
                cells: [
                    String(record.id.prefix(length)), record.tenant, Timestamp.text(record.startedAt),
                    record.resultText, String(record.revision.prefix(8)),
                ],
                ink: record.result.ink
            )
        }
        let table = Table(
            ["RUN", "TENANT", "STARTED", "RESULT", "COMMIT"],
            rows: cells,
            flexible: 1,
            within: style.width
        )
        table.addHeadings(to: &page)
        for (row, cells) in zip(rows, cells) {
            table.add(cells, to: &page)
            for line in row.details { page.add(line, indent: 2, mark: "·") }
        }
        page.space()
        if document.hasMore || all.count > rows.count {
            page.add("There are older runs; --limit \(rows.count * 10) or --since shows more.")
        }
        page.add("More: mitregate show RUN. A run's name may be cut short, as long as no other begins alike.")
        return page.text
    }

    /// A run, with those before it that came to the same.
    struct Row {
        var record: RunRecord
        var repeats = 0
        var since: Date
    }

    /// How many rows the runs make: a tenant's runs that were refused alike, one after another, are one.
    package static func rowCount(_ records: [RunRecord]) -> Int { rows(records).count }

    static func rows(_ records: [RunRecord]) -> [Row] {
        var rows: [Row] = []
        var last: [String: Int] = [:]
        for record in records {
            if let index = last[record.tenant], rows[index].record.isRefused(like: record) {
                rows[index].repeats += 1
                rows[index].since = record.startedAt
            } else {
                last[record.tenant] = rows.count
                rows.append(Row(record: record, since: record.startedAt))
            }
        }
        return rows
    }

    /// How much of the names tells them apart; at least 14, where a name's random part has begun.
    private static func prefixLength(_ ids: [String]) -> Int {
        let sorted = ids.sorted()
        var length = 14
        for (one, other) in zip(sorted, sorted.dropFirst()) where one != other {
            length = max(length, zip(one, other).prefix { $0 == $1 }.count + 1)
        }
        return min(26, length)
    }
}

extension HistoryReport.Row {
    /// What was done by whom, why it ended so, and how often.
    fileprivate var details: [String] {
        var lines: [String] = []
        let commit = [record.subject.map { "\"\($0)\"" }, record.author.map { "by \($0)" }].compactMap { $0 }
        if !commit.isEmpty { lines.append(commit.joined(separator: " ")) }
        if !record.connectors.isEmpty { lines.append(record.connectorsText(atMost: 3)) }
        switch record.command {
        case .apply: break
        case .applyAhead: lines.append(record.reason ?? "A request's changes were applied before its merge.")
        case .rollback: lines.append("mitregate rollback: an earlier run was rolled back.")
        case .validateConnector: lines.append("mitregate validate-connector: \(record.message)")
        case .breakGlass:
            lines.append("mitregate break-glass, an emergency: \(record.reason ?? "no reason is recorded")")
        }
        if let operated = record.operatorText { lines.append("started by \(operated)") }
        if record.needsExplanation { lines.append(record.message) }
        if repeats > 0 {
            lines.append("and \(repeats.counted("run")) before it, since \(Timestamp.text(since)), came to the same.")
        }
        return lines
    }
}

extension RunRecord {
    var resultText: String { result?.rawValue ?? (endedAt == nil ? "unfinished" : "not known") }

    /// `ada on ops1`; `nil` where it started by itself, or it was not recorded.
    var operatorText: String? {
        guard let startedBy else { return startedFrom.map { "itself (\($0))" } }
        return startedFrom.map { "\(startedBy) on \($0)" } ?? startedBy
    }

    func connectorsText(atMost count: Int) -> String {
        let names = connectors.prefix(count).map(\.description).joined(separator: ", ")
        return connectors.count > count ? "\(names) and \(connectors.count - count) more" : names
    }

    fileprivate var needsExplanation: Bool {
        !message.isEmpty && result != .applied && result != .unchanged && command != .validateConnector
    }

    /// Whether both passes ended before anything was written, over the same commit.
    fileprivate func isRefused(like other: RunRecord) -> Bool {
        guard let result, [.held, .blocked, .failed].contains(result) else { return false }
        return result == other.result && command == other.command && revision == other.revision
    }
}

extension RunRecord.Result? {
    var ink: Ink {
        switch self {
        case .applied?, .unchanged?: .plain
        case .held?, .interrupted?, nil: .changed
        case .rolledBack?, .partlyApplied?, .blocked?, .failed?: .alarm
        }
    }
}

extension String {
    /// Without spaces at its end.
    var trimmingEnd: String {
        guard let last = lastIndex(where: { $0 != " " }) else { return "" }
        return String(self[...last])
    }
}
