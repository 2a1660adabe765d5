import Connectors
package import Reports
import YAML

extension RunStop {
    /// The stop as an error document lists it: every error in the definitions, or the one reason.
    package var entries: [ErrorEntry] {
        let own = ErrorEntry(id: id, message: message, remedy: remedy)
        let errors = diagnostics.filter { $0.severity == .error }.map { diagnostic in
            ErrorEntry(
                id: diagnostic.rule,
                message: diagnostic.position.instance.map { "\(diagnostic.reason) (in the instance \($0.position))" }
                    ?? diagnostic.reason,
                remedy: diagnostic.remedy,
                file: diagnostic.position.file,
                line: diagnostic.position.line,
                column: diagnostic.position.column
            )
        }
        return errors.isEmpty ? [own] : errors
    }

    /// The stop as the entry of one tenant.
    package var entry: ErrorEntry {
        let first = diagnostics.first { $0.severity == .error }
        guard let first else { return ErrorEntry(id: id, message: message, remedy: remedy) }
        return ErrorEntry(
            id: first.rule,
            message: "\(message) The first: \(first.reason).",
            remedy: first.remedy,
            file: first.position.file,
            line: first.position.line,
            column: first.position.column
        )
    }
}
