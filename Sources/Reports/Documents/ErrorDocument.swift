/// Why a command did nothing, or not all.
package struct ErrorDocument: ReportDocument, Hashable {
    package static let kind = "Error"

    package var errors: [ErrorEntry]

    package init(_ errors: [ErrorEntry]) { self.errors = errors }
}

/// One error as people and scripts read it: what, why it matters, what to do, and where.
package struct ErrorEntry: Hashable, Sendable, Codable {
    /// Kebab-case and stable.
    package var id: String
    package var message: String
    package var remedy: String
    package var file: String?
    /// Counted from 1; `nil` where only the file is known, or none.
    package var line: Int?
    package var column: Int?

    package init(
        id: String,
        message: String,
        remedy: String,
        file: String? = nil,
        line: Int? = nil,
        column: Int? = nil
    ) {
        self.id = id
        self.message = message
        self.remedy = remedy
        self.file = file
        self.line = line.flatMap { $0 > 0 ? $0 : nil }
        self.column = column.flatMap { $0 > 0 ? $0 : nil }
    }

    /// The message, with the file and the place in it where there is one.
    var inOneLine: String { place.map { "\($0): \(message)" } ?? message }

    /// `mitregate.yaml:3:5`, where there is one.
    var place: String? {
        guard let file else { return nil }
        return ([file] + [line, column].compactMap { $0 }.map(String.init)).joined(separator: ":")
    }
}

extension [ErrorEntry] {
    /// The first, and how many more; `nil` where there are none.
    var inOneLine: String? {
        guard let first else { return nil }
        return count > 1 ? "\(first.inOneLine) (and \((count - 1).counted("more error")))" : first.inOneLine
    }
}
