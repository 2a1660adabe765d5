package import Connectors

/// A stretch of one line of a file.
package struct YAMLPlace: Hashable, Sendable {
    /// Counted from 1; 0 where the file as a whole is meant.
    package let line: Int
    /// Counted from 1, in Unicode scalars.
    package let column: Int
    /// In Unicode scalars; at least 1.
    package let length: Int

    package init(line: Int, column: Int, length: Int = 1) {
        self.line = line
        self.column = column
        self.length = max(1, length)
    }

    /// The file as a whole.
    package static let file = YAMLPlace(line: 0, column: 0)

    package func position(in source: SourceText) -> SourcePosition {
        SourcePosition(file: source.path, line: line, column: column, instance: source.instance)
    }
}
