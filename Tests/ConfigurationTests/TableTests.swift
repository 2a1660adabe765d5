import TestSupport
import Testing
import YAML

@testable import Configuration

struct TableTests {
    @Test(arguments: [
        ("a,b\n1,2", [["1", "2"]]),
        ("a,b\r\n1,2\r\n", [["1", "2"]]),
        ("a,b\n1,2\n\n\n3,4\n", [["1", "2"], ["3", "4"]]),
        ("\u{FEFF}a\n1", [["1"]]),
        ("a,b\n\"1,\"\"x\"\"\",\"2\r\n3\"", [["1,\"x\"", "2\r\n3"]]),
        ("a,b\n,", [["", ""]]),
        ("a,b\n\"\",\"\"", [["", ""]]),
        ("a\n ü ", [[" ü "]]),
        ("a,b", []),
    ])
    func `a table is read as RFC 4180 says`(text: String, rows: [[String]]) throws {
        let table = try Table(csv: Array(text.utf8))
        #expect(table.rows.map { $0.cells.map(\.text) } == rows)
        #expect(table.problems.isEmpty)
    }

    @Test(arguments: [
        ("", 1, 1, "empty"),
        ("\n\n", 1, 1, "empty"),
        ("a;b\n1;2", 1, 1, "semicolons"),
        ("a\tb\n1\t2", 1, 1, "tabs"),
        ("a,b\n1,\"2", 2, 3, "not closed"),
        ("a,b\n1,\"2\"x", 2, 6, "behind the quotation mark"),
        ("a,b\nü\"1\",2", 2, 2, "inside a cell"),
    ])
    func `what cannot be read is told where it stands`(text: String, line: Int, column: Int, words: String) {
        let problem = #expect(throws: Table.Problem.self) { try Table(csv: Array(text.utf8)) }
        #expect(problem.map { [$0.place.line, $0.place.column] } == [line, column])
        #expect(problem?.message.contains(words) == true)
    }

    @Test(arguments: [
        ("a,b\n1\n2,3", "2:1 the row has 1 cell, and there are 2 columns."),
        ("a,b\n1,2,3\n2,3", "2:1 the row has 3 cells, and there are 2 columns."),
        ("a,a\n1,2", "1:3 two columns are named \"a\"."),
        ("a,,b\n1,2,3", "1:3 a column has no name."),
    ])
    func `a wrong row or column hides no other`(text: String, problem: String) throws {
        let table = try Table(csv: Array(text.utf8))
        #expect(table.problems.map { "\($0.place.line):\($0.place.column) \($0.message)" } == [problem])
        #expect(table.rows.count == 1)
    }

    @Test func `rows, columns and cells are bounded`() throws {
        let rows = String(repeating: "1\n", count: Table.maximumRows)
        #expect(try Table(csv: Array("a\n\(rows)".utf8)).rows.count == Table.maximumRows)
        #expect(throws: Table.Problem.self) { try Table(csv: Array("a\n\(rows)1\n".utf8)) }
        let columns = (1...Table.maximumColumns).map { "c\($0)" }.joined(separator: ",")
        #expect(try Table(csv: Array(columns.utf8)).columns.count == Table.maximumColumns)
        #expect(throws: Table.Problem.self) { try Table(csv: Array("\(columns),more".utf8)) }
        let cell = String(repeating: "x", count: Table.maximumCell)
        #expect(try Table(csv: Array("a\n\(cell)".utf8)).rows.count == 1)
        #expect(throws: Table.Problem.self) { try Table(csv: Array("a\n\(cell)x".utf8)) }
        #expect(throws: Table.Problem.self) { try Table(csv: Array("a\n\"\(cell)x\"".utf8)) }
        #expect(throws: Table.Problem.self) { try Table(csv: [0x61, 0x0A, 0xFF]) }
    }

    @Test func `columns below one another are refused`() throws {
        let table = try Table(csv: Array("name,labels,labels.tier,a.b.c.d.e,x..y\n1,2,3,4,5".utf8))
        let columns = TableColumns(table.columns)
        #expect(columns.problems.map(\.place.column) == [25, 35, 6])
    }

    @Test(arguments: 0..<200)
    func `no bytes end the process, and what is read has a cell for each column`(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let alphabet = Array("a,\"\"\n\r ;x\u{FEFF}ü\t".utf8) + [0xFF, 0x00]
        let bytes = (0..<Int.random(in: 0..<60, using: &random)).compactMap { _ in
            alphabet.randomElement(using: &random)
        }
        guard let table = try? Table(csv: bytes) else { return }
        #expect(table.rows.allSatisfy { $0.cells.count == table.columns.count }, "\(bytes)")
        for row in table.rows { _ = TableColumns(table.columns).mapping(of: row) }
    }
}
