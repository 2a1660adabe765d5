import Connectors
import YAML

/// The columns of a table as the keys of a mapping: `labels.tier` is the key `tier` below `labels`.
struct TableColumns {
    /// The keys that lead to a column's cell; empty where the column does not name a key.
    private let paths: [(path: [String], column: Table.Cell)]
    private(set) var problems: [Table.Problem] = []

    /// How far one key may stand below another.
    private static let maximumDepth = 4

    init(_ columns: [Table.Cell]) {
        var paths: [(path: [String], column: Table.Cell)] = []
        for column in columns {
            let path = column.text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
            let isKey = (column.text.isEmpty || !path.contains("")) && path.count <= Self.maximumDepth
            paths.append((isKey ? path : [], column))
            guard !isKey else { continue }
            problems.append(
                Table.Problem(
                    place: column.place,
                    message: "\(String(column.text.prefix(100)).quoted) is not the name of a key.",
                    remedy: "Write a key of a tenant, or one below another with a dot, as in labels.tier."
                )
            )
        }
        self.paths = paths
        for (path, column) in paths where !path.isEmpty {
            guard let below = paths.first(where: { $0.path.count > path.count && $0.path.starts(with: path) }) else {
                continue
            }
            problems.append(
                Table.Problem(
                    place: column.place,
                    message: "\(column.text.quoted) is a column, and \(below.column.text.quoted) lies below it.",
                    remedy: "Remove one of them."
                )
            )
        }
    }

    /// What a row says; an empty cell says nothing.
    func mapping(of row: Table.Row) -> YAMLMapping {
        let cells = zip(paths, row.cells).filter { !$1.text.trimmingSpaces().isEmpty }
        return Self.mapping(cells.map { ($0.path[...], $0.column, $1) })
    }

    private typealias Entry = (path: ArraySlice<String>, column: Table.Cell, cell: Table.Cell)

    private static func mapping(_ entries: [Entry]) -> YAMLMapping {
        var keys: [String] = []
        var groups: [String: [Entry]] = [:]
        for entry in entries {
            guard let key = entry.path.first else { continue }
            if groups[key] == nil { keys.append(key) }
            groups[key, default: []].append(entry)
        }
        return YAMLMapping(
            entries: keys.compactMap { key in
                guard let group = groups[key], let first = group.first else { return nil }
                let value: YAMLNode.Value
                if first.path.count == 1 {
                    let scalar = YAMLScalar(text: first.cell.text, isQuoted: false)
                    // A cell that reads "null" is a text; only an empty one says nothing.
                    value = .scalar(scalar.kind == .null ? YAMLScalar(text: scalar.text, isQuoted: true) : scalar)
                } else {
                    value = .mapping(mapping(group.map { ($0.path.dropFirst(), $0.column, $0.cell) }))
                }
                return YAMLMapping.Entry(
                    key: key,
                    keyPlace: first.column.place,
                    value: YAMLNode(place: first.cell.place, value: value)
                )
            }
        )
    }
}
