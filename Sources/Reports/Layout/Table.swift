import Connectors

/// Rows under headings; where the window has no room for all columns, each row is a short list of its cells instead.
struct Table {
    struct Row {
        /// One for each heading; untrusted text in them is escaped here.
        var cells: [String]
        var ink: Ink = .plain
    }

    let headings: [String]
    /// The column that is shortened, in its middle, before all of the table gives way; down to `least` columns.
    let flexible: Int
    private let widths: [Int]
    private let isTable: Bool

    private static let gap = 2
    private static let least = 12

    init(_ headings: [String], rows: [Row], flexible: Int, within width: Int) {
        self.headings = headings
        self.flexible = flexible
        var widths = headings.map(\.columns)
        for row in rows {
            for (number, cell) in row.cells.enumerated() where number < widths.count {
                widths[number] = max(widths[number], cell.escapingControls.columns)
            }
        }
        let over = widths.reduce(0, +) + Self.gap * (widths.count - 1) - width
        if over > 0, flexible < widths.count { widths[flexible] = max(Self.least, widths[flexible] - over) }
        self.widths = widths
        isTable = widths.reduce(0, +) + Self.gap * (widths.count - 1) <= width
    }

    func addHeadings(to page: inout Page) {
        if isTable { page.add(line(headings), ink: .strong) }
    }

    func add(_ row: Row, to page: inout Page) {
        guard !isTable else { return page.add(line(row.cells.map(\.escapingControls)), ink: row.ink) }
        page.add(row.cells.first ?? "", ink: row.ink)
        for (heading, cell) in zip(headings, row.cells).dropFirst() where !cell.isEmpty && cell != "-" {
            page.add(label: heading.lowercased(), cell, indent: 2)
        }
    }

    private func line(_ cells: [String]) -> String {
        zip(cells, widths).map { $0.shortened($1).padded($1) }.joined(separator: "  ").trimmingEnd
    }
}
