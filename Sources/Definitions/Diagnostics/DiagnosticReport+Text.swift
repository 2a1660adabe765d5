import Connectors
import YAML

extension DiagnosticReport {
    /// For people: each with its line, a caret below what is meant, and the remedy; a sum at the end.
    var text: String {
        var result = ""
        for diagnostic in diagnostics {
            result += lines(of: diagnostic).joined(separator: "\n") + "\n\n"
        }
        return result + sum + "\n"
    }

    private func lines(of diagnostic: Diagnostic) -> [String] {
        let isError = diagnostic.severity == .error
        let place = shown(diagnostic.position)
        let word = colored(isError ? "error" : "warning", isError ? "1;31" : "1;33")
        var lines = ["\(colored(place, "1")): \(word): \(diagnostic.reason) [\(diagnostic.rule)]"]
        if let excerpt = diagnostic.excerpt {
            let number = "\(diagnostic.position.line)"
            let margin = String(repeating: " ", count: number.count)
            let mark = String(repeating: " ", count: excerpt.caret) + String(repeating: "^", count: excerpt.length)
            lines.append(excerpt.text.isEmpty ? "  \(number) |" : "  \(number) | \(excerpt.text)")
            lines.append("  \(margin) | \(colored(mark, isError ? "31" : "33"))")
        }
        if let instance = diagnostic.position.below(prefix).instance {
            lines.append("  the instance: \(instance.position)")
        }
        if let related = diagnostic.related { lines.append("  the other place: \(related.below(prefix))") }
        lines.append("  \(colored("→", "36")) \(diagnostic.remedy)")
        return lines
    }

    private func shown(_ position: SourcePosition) -> String {
        SourcePosition(file: path(position), line: position.line, column: position.column).description
    }

    private var sum: String {
        let all = files == 0 ? "" : " in \(count(documents, "document")) in \(count(files, "file"))"
        if errors == 0 && warnings == 0 { return "No errors\(all)." }
        if errors == 0 { return "No errors, \(count(warnings, "warning"))\(all)." }
        let also = warnings == 0 ? "" : " and \(count(warnings, "warning"))"
        return "\(count(errors, "error"))\(also)\(all)."
    }

    private func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }

    private func colored(_ text: String, _ code: String) -> String {
        usesColor ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }
}
