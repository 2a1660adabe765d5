import Connectors
import YAML

/// Reads the value of one field.
///
/// After an error it still gives the value that was most likely meant, so that one slip does not make other rules complain about
/// a field that is there.
struct FieldDecoder {
    let findings: Findings

    func value(of field: Field, from node: YAMLNode, named name: String) -> FieldValue? {
        if node.isNull {
            if field.type.allowsNull { return FieldValue.none }
            let remedy = "Give a value, or remove the line to leave the field unmanaged."
            findings.add("wrong-type", at: node.place, "\(name) cannot be null", remedy: remedy)
            return nil
        }
        switch field.type {
        case .boolean: return boolean(node, name)
        case .integer(let range): return node.integer(name, in: range, findings).map(FieldValue.integer)
        case .choice(let words, _):
            guard let word = node.choice(name, words, findings) else { return node.scalar.map { .text($0.text) } }
            return .text(word)
        case .single(let term): return single(node, name, term)
        case .set(let term): return list(node, name, term)
        }
    }

    private func boolean(_ node: YAMLNode, _ name: String) -> FieldValue? {
        if let flag = node.boolean(name, findings) { return .boolean(flag) }
        switch node.scalar?.text.asciiLowercased {
        case "true", "yes", "on", "y": return .boolean(true)
        case "false", "no", "off", "n": return .boolean(false)
        default: return nil
        }
    }

    private func single(_ node: YAMLNode, _ name: String, _ term: Term) -> FieldValue? {
        guard let text = node.text(name, findings) else { return node.scalar.map { .text($0.text) } }
        check(text, term, name, at: node.place)
        return .text(text)
    }

    private func list(_ node: YAMLNode, _ name: String, _ term: Term) -> FieldValue? {
        guard let items = node.items(name, findings) else { return node.scalar.map { .list([$0.text]) } }
        var texts: [String] = []
        texts.reserveCapacity(items.count)
        var seen: Set<String> = []
        for item in items {
            guard !item.isNull else {
                let remedy = "Remove the entry, or write the value; quote a value that begins with # or *."
                findings.add("empty-value", at: item.place, "an entry of \(name) is empty", remedy: remedy)
                continue
            }
            guard let text = item.text(name, findings) else {
                if let scalar = item.scalar { texts.append(scalar.text) }
                continue
            }
            check(text, term, name, at: item.place)
            if items.count > 1, !seen.insert(term.normal(text)).inserted {
                findings.add(
                    "repeated-entry",
                    .warning,
                    at: item.place,
                    "\"\(item.scalar?.shown ?? "")\" stands in \(name) more than once",
                    remedy: "Remove one of them; Exchange keeps a set."
                )
            }
            texts.append(text)
        }
        return .list(texts)
    }

    func check(_ text: String, _ term: Term, _ name: String, at place: YAMLPlace) {
        if text.isEmpty {
            if case .text = term { return }
            let remedy = "Write null to clear the field, or remove it."
            findings.add("empty-value", at: place, "\(name) is an empty text", remedy: remedy)
            return
        }
        if let problem = term.problem(with: text) { findings.add(problem, at: place) }
    }
}

extension FieldType {
    /// Whether `null` means something: the field is cleared.
    var allowsNull: Bool {
        switch self {
        case .boolean, .integer: false
        case .choice(_, let allowsNone): allowsNone
        case .single, .set: true
        }
    }
}
