import YAML

/// Takes a text apart into records and cells, with their places.
///
/// Source: RFC 4180, section 2.
struct CSVReader {
    private let scalars: [Unicode.Scalar]
    private var index = 0
    private var line = 1
    private var column = 1

    init(_ text: String) {
        var scalars = Array(text.unicodeScalars)
        // The byte order mark that spreadsheets put before it.
        if scalars.first == "\u{FEFF}" { scalars.removeFirst() }
        self.scalars = scalars
    }

    /// The next record that is not an empty line; `nil` at the end.
    mutating func record() throws(Table.Problem) -> [Table.Cell]? {
        while let next, isLineEnd(next) { skipLineEnd() }
        guard next != nil else { return nil }
        var cells = [try cell()]
        while next == "," {
            advance()
            cells.append(try cell())
        }
        if next != nil { skipLineEnd() }
        return cells
    }

    private var next: Unicode.Scalar? { index < scalars.count ? scalars[index] : nil }

    private var place: YAMLPlace { YAMLPlace(line: line, column: column) }

    private mutating func advance() {
        guard let next else { return }
        index += 1
        column += 1
        guard next == "\n" else { return }
        line += 1
        column = 1
    }

    private func isLineEnd(_ scalar: Unicode.Scalar) -> Bool {
        if scalar == "\n" { return true }
        return scalar == "\r" && index + 1 < scalars.count && scalars[index + 1] == "\n"
    }

    private mutating func skipLineEnd() {
        if next == "\r" { advance() }
        if next == "\n" { advance() }
    }

    private mutating func cell() throws(Table.Problem) -> Table.Cell {
        let start = place
        guard next == "\"" else { return Table.Cell(text: try plainText(from: start), place: start) }
        advance()
        var text = ""
        while let scalar = next {
            advance()
            if scalar == "\"" {
                guard next == "\"" else {
                    try checkEnd(ofCellAt: start)
                    return Table.Cell(text: text, place: start)
                }
                advance()
            }
            text.unicodeScalars.append(scalar)
            try check(text, from: start)
        }
        throw Table.Problem(
            place: start,
            message: "the quotation mark that begins here is not closed.",
            remedy: "Close it; a quotation mark inside it is written twice."
        )
    }

    private mutating func plainText(from start: YAMLPlace) throws(Table.Problem) -> String {
        var text = ""
        while let scalar = next, scalar != ",", !isLineEnd(scalar) {
            guard scalar != "\"" else {
                throw Table.Problem(
                    place: place,
                    message: "a quotation mark stands inside a cell that does not begin with one.",
                    remedy: "Put the whole cell in quotation marks, and write those inside it twice."
                )
            }
            text.unicodeScalars.append(scalar)
            advance()
            try check(text, from: start)
        }
        return text
    }

    private func checkEnd(ofCellAt start: YAMLPlace) throws(Table.Problem) {
        guard let next, next != ",", !isLineEnd(next) else { return }
        throw Table.Problem(
            place: place,
            message: "text stands behind the quotation mark that closes the cell.",
            remedy: "Put a comma there, or write a quotation mark inside the cell twice."
        )
    }

    private func check(_ text: String, from start: YAMLPlace) throws(Table.Problem) {
        guard text.utf8.count > Table.maximumCell else { return }
        throw Table.Problem(
            place: start,
            message: "the cell has more than \(Table.maximumCell) bytes.",
            remedy: "Shorten it, or close the quotation mark before it."
        )
    }
}
