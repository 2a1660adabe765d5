/// A place in a file of the repository: what an operator is pointed at.
package struct SourcePosition: Hashable, Sendable, Codable {
    /// The file, relative to the folder that was read, with `/` between its parts; a template lies outside of it (`../../templates`).
    package let file: String
    /// Counted from 1; 0 where only the file is known.
    package let line: Int
    /// Counted from 1, in Unicode scalars; 0 where only the line is known.
    package let column: Int
    /// For a place in a template: which of its instances is meant.
    package let instance: Instance?

    /// Where a template is used.
    package struct Instance: Hashable, Sendable, Codable {
        /// As in `SourcePosition`; for the operator's configuration, which lies elsewhere, only the file's name.
        package let file: String
        package let line: Int
        package let column: Int
        /// Whether the configuration has the instance, and not a document of the tenant's folder.
        package let isConfigured: Bool

        package init(_ position: SourcePosition, isConfigured: Bool) {
            file = position.file
            line = position.line
            column = position.column
            self.isConfigured = isConfigured
        }

        package var position: SourcePosition { SourcePosition(file: file, line: line, column: column) }
    }

    package init(file: String, line: Int = 0, column: Int = 0, instance: Instance? = nil) {
        self.file = file
        self.line = line
        self.column = column
        self.instance = instance
    }

    /// The same place of a folder above: `prefix` is put before the file, and `..` is taken together with what stands before it.
    package func below(_ prefix: String) -> SourcePosition {
        SourcePosition(
            file: Self.joined(prefix, file),
            line: line,
            column: column,
            instance: instance.map { instance in
                guard !instance.isConfigured else { return instance }
                return Instance(instance.position.below(prefix), isConfigured: false)
            }
        )
    }

    private static func joined(_ prefix: String, _ file: String) -> String {
        if file == "." {
            return prefix.isEmpty ? "." : prefix == "/" ? "/" : String(prefix.dropLast(prefix.hasSuffix("/") ? 1 : 0))
        }
        var parts = prefix.split(separator: "/", omittingEmptySubsequences: false)[...]
        if parts.last == "" { parts.removeLast() }
        var rest = file[...]
        while rest.hasPrefix("../"), let last = parts.last, last != "..", last != ".", last != "" {
            parts.removeLast()
            rest = rest.dropFirst(3)
        }
        guard !prefix.isEmpty, !parts.isEmpty else { return String(rest) }
        return parts.joined(separator: "/") + "/" + rest
    }
}

extension SourcePosition: Comparable, CustomStringConvertible {
    package static func < (lhs: Self, rhs: Self) -> Bool {
        if lhs.file != rhs.file { return lhs.file.utf8.lexicographicallyPrecedes(rhs.file.utf8) }
        if (lhs.line, lhs.column) != (rhs.line, rhs.column) { return (lhs.line, lhs.column) < (rhs.line, rhs.column) }
        guard let left = lhs.instance, let right = rhs.instance else {
            return lhs.instance == nil && rhs.instance != nil
        }
        return left.position < right.position
    }

    /// For people: the name of a file is hostile, and is escaped.
    package var description: String {
        instance.map { "\(plain) for \($0.position.plain)" } ?? plain
    }

    private var plain: String {
        let file = file.escapingControls
        if line == 0 { return file }
        return column == 0 ? "\(file):\(line)" : "\(file):\(line):\(column)"
    }
}
