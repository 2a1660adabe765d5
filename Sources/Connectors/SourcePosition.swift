/// A place in a file of the repository: what an operator is pointed at.
package struct SourcePosition: Hashable, Sendable, Codable {
    /// The file, relative to the folder that was read, with `/` between its parts.
    package let file: String
    /// Counted from 1; 0 where only the file is known.
    package let line: Int
    /// Counted from 1, in Unicode scalars; 0 where only the line is known.
    package let column: Int

    package init(file: String, line: Int = 0, column: Int = 0) {
        self.file = file
        self.line = line
        self.column = column
    }
}

extension SourcePosition: Comparable, CustomStringConvertible {
    package static func < (lhs: Self, rhs: Self) -> Bool {
        if lhs.file != rhs.file { return lhs.file.utf8.lexicographicallyPrecedes(rhs.file.utf8) }
        return (lhs.line, lhs.column) < (rhs.line, rhs.column)
    }

    /// For people: the name of a file is hostile, and is escaped.
    package var description: String {
        let file = file.escapingControls
        if line == 0 { return file }
        return column == 0 ? "\(file):\(line)" : "\(file):\(line):\(column)"
    }
}
