/// One thing that is wrong with the configuration.
///
/// It never quotes a value that could be a secret.
package struct Problem: Hashable, Sendable {
    /// Kebab-case and stable.
    package let id: String
    /// The file, where one is to blame; `nil` for a variable or a flag.
    package let file: String?
    /// Counted from 1; 0 where only the file is known.
    package let line: Int
    package let column: Int
    package let message: String
    package let remedy: String

    package init(
        _ id: String,
        file: String? = nil,
        line: Int = 0,
        column: Int = 0,
        _ message: String,
        remedy: String
    ) {
        self.id = id
        self.file = file
        self.line = line
        self.column = column
        self.message = message
        self.remedy = remedy
    }
}

extension Problem: CustomStringConvertible {
    /// `mitregate.yaml:3:5: message` and, below it, the remedy.
    package var description: String { "\(text)\n  \(remedy)" }

    /// `mitregate.yaml:3:5: message`, on one line.
    package var text: String {
        var place = ""
        if let file {
            place = file
            if line > 0 { place += ":\(line)" }
            if line > 0 && column > 0 { place += ":\(column)" }
            place += ": "
        }
        return place + message
    }
}
