import Connectors
import FoundationEssentials
import Planning

/// An emergency as the `AcceptedDrift` that git needs, in a patch of one new file.
enum AcceptancePatch {
    static func text(_ word: BreakGlass, in folder: String) -> String {
        let day = Timestamp.text(word.since).prefix(10)
        let name = "break-glass-\(word.connector.kind.rawValue.lowercased())-\(word.connector.name)"
        let file = ([folder, "\(name)-\(day).yaml"].filter { !$0.isEmpty }).joined(separator: "/")
        let lines = document(word, name: String(name.prefix(63).reversed().drop { $0 == "-" }.reversed()))
        return """
            diff --git a/\(file) b/\(file)
            new file mode 100644
            --- /dev/null
            +++ b/\(file)
            @@ -0,0 +1,\(lines.count) @@
            \(lines.map { "+\($0)" }.joined(separator: "\n"))

            """
    }

    private static func document(_ word: BreakGlass, name: String) -> [String] {
        [
            "apiVersion: mitregate.dev/v1",
            "kind: AcceptedDrift",
            "metadata:",
            "  name: \(name)",
            "spec:",
            "  kind: \(word.connector.kind.rawValue)",
            "  connector: \(word.connector.name)",
            "  field: \(BreakGlass.field)",
            "  value: false",
            "  owner: \(quoted(word.owner, limit: 256))",
            "  reason: \(quoted(word.reason, limit: 1_024))",
            "  until: \(quoted(Timestamp.text(word.until), limit: 64))",
        ]
    }

    /// A text in double quotes, as every reader of YAML takes it.
    private static func quoted(_ text: String, limit: Int) -> String {
        let safe = String(text.prefix(limit)).escapingControls
        return "\"\(safe.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\""
    }
}
