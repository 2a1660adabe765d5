import Connectors
import FoundationEssentials
import Planning

/// The history as a table.
package enum HistoryReport {
    package static func text(_ document: HistoryDocument, style: TextStyle = TextStyle()) -> String {
        var page = Page(style)
        let records = document.runs.map(\.record)
        guard !records.isEmpty else {
            page.add("Nothing was done yet.")
            return page.text
        }
        let length = prefixLength(records.map(\.id))
        let ids = records.map { String($0.id.prefix(length)) }
        let fixed = length + 2 + 20 + 2 + 14 + 2 + 8
        let room = max(6, min(24, style.width - fixed - 2))
        let longest = (records.map { $0.tenant.escapingControls.columns } + [6]).max() ?? 6
        let width = min(room, longest)
        func row(_ cells: [String]) -> String {
            zip(cells, [length, width, 20, 14, 8])
                .map { $0.shortened($1).padded($1) }
                .joined(separator: "  ")
                .trimmingEnd
        }
        page.add(row(["RUN", "TENANT", "STARTED", "RESULT", "COMMIT"]), ink: .strong)
        for (record, id) in zip(records, ids) {
            let cells = [
                id, record.tenant.escapingControls, Timestamp.text(record.startedAt), record.resultText,
                String(record.revision.prefix(8)),
            ]
            page.add(row(cells), ink: record.result.ink)
            if record.command == .rollback {
                page.add("mitregate rollback: an earlier run was rolled back.", indent: 2, mark: "·")
            }
            if record.needsExplanation { page.add(record.message, indent: 2, mark: "·") }
        }
        page.space()
        page.add("More: mitregate show RUN. A run's name may be cut short, as long as no other begins alike.")
        return page.text
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

extension RunRecord {
    var resultText: String { result?.rawValue ?? (endedAt == nil ? "unfinished" : "not known") }

    fileprivate var needsExplanation: Bool {
        !message.isEmpty && result != .applied && result != .unchanged
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
