import Connectors

extension Optional<FieldValue> {
    /// The value as a person reads it; one of monstrous length is cut, and says so.
    var shown: String {
        switch self {
        case nil: return FieldValue.none.description
        case let value?:
            let text = value.description
            guard text.count > 1_000 else { return text }
            return "\(text.prefix(1_000))… (\(text.count) characters)"
        }
    }

    /// The entries, where the value is a list or nothing.
    var entries: [String]? {
        switch self {
        case nil, FieldValue.none?: []
        case .list(let strings)?: strings
        case .boolean?, .integer?, .text?: nil
        }
    }
}

/// What happened to the entries of a list.
struct ListDifference {
    let removed: [String]
    let added: [String]
    let kept: Int

    /// `nil` unless both values are lists, or nothing, and saying it entry by entry tells more.
    init?(before: FieldValue?, after: FieldValue?) {
        guard let old = before.entries, let new = after.entries, old.count + new.count > 2, !old.isEmpty, !new.isEmpty
        else {
            return nil
        }
        let oldSet = Set(old)
        let newSet = Set(new)
        removed = old.filter { !newSet.contains($0) }
        added = new.filter { !oldSet.contains($0) }
        kept = new.count - added.count
        // Only the order, or the number of times, differs: the whole lists tell it better.
        if removed.isEmpty, added.isEmpty { return nil }
    }
}

extension String {
    /// A commit as people quote it.
    var shortRevision: String { count == 40 && allSatisfy(\.isHexDigit) ? String(prefix(12)) : self }
}

extension Int {
    /// `1 change`, `2 changes`.
    func counted(_ noun: String, _ plural: String? = nil) -> String {
        "\(self) \(self == 1 ? noun : plural ?? noun + "s")"
    }
}
