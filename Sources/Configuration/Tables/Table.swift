import Connectors
import YAML

/// A table of texts: named columns, and rows with a cell for each.
struct Table {
    struct Cell {
        let text: String
        let place: YAMLPlace
    }

    struct Row {
        let place: YAMLPlace
        /// As many as there are columns.
        let cells: [Cell]
    }

    /// What is wrong with a table, and where.
    struct Problem: Error {
        let place: YAMLPlace
        /// Begins with a small letter, and ends with a full stop.
        let message: String
        let remedy: String
    }

    let columns: [Cell]
    let rows: [Row]
    /// What is wrong with single columns and rows, which are left out.
    let problems: [Problem]

    static let maximumRows = 10_000
    static let maximumColumns = 64
    /// In bytes of UTF-8.
    static let maximumCell = 4_096

    /// Reads a table as RFC 4180 describes it: cells between commas, a record a line, names in the first.
    ///
    /// Lines end in LF or CR LF, and may be empty. What the RFC leaves open is refused: a quotation mark inside a plain cell, and
    /// a record with fewer or more cells than the first.
    ///
    /// - Throws: What makes all the rest unreadable.
    init(csv bytes: [UInt8]) throws(Problem) {
        let start = YAMLPlace(line: 1, column: 1)
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw Problem(place: start, message: "the table is not UTF-8.", remedy: "Save it as \"CSV UTF-8\".")
        }
        var reader = CSVReader(text)
        guard let header = try reader.record() else {
            throw Problem(
                place: start,
                message: "the table is empty.",
                remedy: "Begin it with a line of column names, as in name,tenantId,organization."
            )
        }
        if header.count == 1, let separator = header[0].text.unicodeScalars.first(where: { $0 == ";" || $0 == "\t" }) {
            throw Problem(
                place: start,
                message: "the columns stand between \(separator == ";" ? "semicolons" : "tabs").",
                remedy: "Put commas between them: export the table as \"comma-separated\"."
            )
        }
        guard header.count <= Self.maximumColumns else {
            throw Problem(
                place: header[Self.maximumColumns].place,
                message: "the table has \(header.count) columns, and at most \(Self.maximumColumns) are read.",
                remedy: "Remove those that say nothing about a tenant."
            )
        }
        columns = header.map { Cell(text: $0.text.trimmingSpaces(), place: $0.place) }
        var problems = Self.problems(of: columns)
        var rows: [Row] = []
        while let cells = try reader.record(), let first = cells.first {
            guard cells.count == columns.count else {
                problems.append(
                    Problem(
                        place: first.place,
                        message:
                            "the row has \(cells.count) \(cells.count == 1 ? "cell" : "cells"), and there are "
                            + "\(columns.count) columns.",
                        remedy:
                            "Give each column a cell, if an empty one; put a cell that has a comma in quotation marks."
                    )
                )
                continue
            }
            guard rows.count < Self.maximumRows else {
                throw Problem(
                    place: first.place,
                    message: "the table has more than \(Self.maximumRows) rows, and no more are read.",
                    remedy: "Divide it into several sets."
                )
            }
            rows.append(Row(place: first.place, cells: cells))
        }
        self.rows = rows
        self.problems = problems
    }

    private static func problems(of columns: [Cell]) -> [Problem] {
        var seen: Set<String> = []
        return columns.compactMap { column in
            if column.text.isEmpty {
                return Problem(
                    place: column.place,
                    message: "a column has no name.",
                    remedy: "Name it by the key that it gives, or remove it."
                )
            }
            guard !seen.insert(column.text).inserted else { return nil }
            return Problem(
                place: column.place,
                message: "two columns are named \(column.text.quoted).",
                remedy: "Remove one of them."
            )
        }
    }
}
