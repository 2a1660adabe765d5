import Connectors

/// A field's change as lines of a diff.
enum FieldLines {
    static func lines(_ path: String, before: FieldValue?, after: FieldValue?) -> [String] {
        guard let difference = ListDifference(before: before, after: after) else {
            return ["- \(path): \(before.shown)", "+ \(path): \(after.shown)"]
        }
        let kept = difference.kept > 0 ? " (\(difference.kept) as before)" : ""
        return ["= \(path):\(kept)"] + entries(difference.removed, mark: "-") + entries(difference.added, mark: "+")
    }

    private static func entries(_ entries: [String], mark: String) -> [String] {
        let more = entries.count > 50 ? ["\(mark)   and \(entries.count - 50) more"] : []
        return entries.prefix(50).map { "\(mark)   \($0.bounded(200))" } + more
    }
}
