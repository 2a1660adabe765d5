package import Connectors

/// A mapping read key by key: what is asked for becomes known, and what was never asked for is reported at the end.
///
/// Each accessor gives `nil` where the key is absent or its value is of the wrong type; the latter is in the findings.
package final class YAMLFields {
    package let place: YAMLPlace
    /// What the mapping is called in messages: `spec`, `sources[0]`.
    package let name: String
    package let findings: Findings
    private let mapping: YAMLMapping
    private var known: [String] = []

    /// - Returns: `nil` when the node is not a mapping; the findings then say so.
    package init?(_ node: YAMLNode, _ name: String, _ findings: Findings) {
        guard case .mapping(let mapping) = node.value else {
            findings.add(
                "wrong-type",
                at: node.place,
                "\(name) is \(node.kindName), and a mapping is expected",
                remedy: "Write keys with values below it, each indented alike."
            )
            return nil
        }
        place = node.place
        self.name = name
        self.findings = findings
        self.mapping = mapping
    }

    package var entries: [YAMLMapping.Entry] { mapping.entries }

    /// The value of a key, whatever it is; an empty one (`key:` and no more) is an error.
    package func node(_ key: String) -> YAMLNode? {
        known.append(key)
        guard let entry = mapping[key] else { return nil }
        guard !entry.value.isMissing else {
            findings.addMissingValue(key, at: entry.keyPlace)
            return nil
        }
        return entry.value
    }

    /// As `node`, and its absence is an error.
    package func required(_ key: String, remedy: String) -> YAMLNode? {
        if mapping[key] == nil { addMissing(key, remedy: remedy) }
        return node(key)
    }

    package func addMissing(_ key: String, remedy: String) {
        findings.add("missing-key", at: place, "\(name) has no \"\(key)\"", remedy: remedy)
    }

    package func has(_ key: String) -> Bool { mapping[key] != nil }

    /// Where a key's value stands, or else the mapping itself.
    package func place(of key: String) -> YAMLPlace { mapping[key]?.value.place ?? place }

    /// Where a key stands, or else the mapping itself.
    package func keyPlace(of key: String) -> YAMLPlace { mapping[key]?.keyPlace ?? place }

    package func position(of key: String) -> SourcePosition { place(of: key).position(in: findings.source) }

    package func text(_ key: String) -> String? { node(key)?.text(path(key), findings) }
    package func boolean(_ key: String) -> Bool? { node(key)?.boolean(path(key), findings) }

    package func integer(_ key: String, in range: ClosedRange<Int>) -> Int? {
        node(key)?.integer(path(key), in: range, findings)
    }

    /// One of the words of an enumeration.
    package func choice<Word: RawRepresentable & CaseIterable>(_ key: String, as _: Word.Type) -> Word?
    where Word.RawValue == String {
        node(key)?.choice(path(key), Word.allCases.map(\.rawValue), findings).flatMap(Word.init)
    }

    /// The items of a list, each as it is.
    package func items(_ key: String) -> [YAMLNode]? { node(key)?.items(path(key), findings) }

    /// A list of texts with their places.
    package func texts(_ key: String) -> [(text: String, place: YAMLPlace)]? {
        items(key)?.compactMap { item in item.text(path(key), findings).map { ($0, item.place) } }
    }

    /// A mapping of texts.
    package func textMap(_ key: String) -> [(key: String, keyPlace: YAMLPlace, text: String, place: YAMLPlace)] {
        guard let node = node(key), let fields = YAMLFields(node, path(key), findings) else { return [] }
        return fields.entries.compactMap { entry in
            guard !entry.value.isMissing else {
                findings.addMissingValue(entry.key, at: entry.keyPlace)
                return nil
            }
            return entry.value.text("\(path(key)).\(entry.key.escapingControls)", findings).map {
                (entry.key, entry.keyPlace, $0, entry.value.place)
            }
        }
    }

    /// A mapping inside this one.
    package func fields(_ key: String) -> YAMLFields? {
        node(key).flatMap { YAMLFields($0, path(key), findings) }
    }

    /// The name of a key's value in messages: `spec.tlsDomain`, and bare at the top of a document.
    package func path(_ key: String) -> String { name == Self.document ? key : "\(name).\(key)" }

    /// The name of a document's own mapping.
    package static let document = "the document"

    /// Reports every key that no accessor asked for, with the nearest that one did.
    ///
    /// - Parameter reserved: Keys that exist and may not be set here, with the reason.
    package func reportUnknownKeys(reserved: [String: String] = [:]) {
        for entry in mapping.entries where !known.contains(entry.key) && !findings.isFull {
            if let reason = reserved[entry.key] {
                findings.add(
                    "reserved-field",
                    at: entry.keyPlace,
                    "\(path(entry.key)) may not be set: \(reason)",
                    remedy: "Remove the line."
                )
            } else {
                findings.addUnknownKey(entry, in: name, known: known)
            }
        }
    }
}

extension Findings {
    package func addUnknownKey(_ entry: YAMLMapping.Entry, in name: String, known: [String], hint: String? = nil) {
        let keys = known.count <= 12 ? "Remove it; the keys here are \(known.joined(separator: ", "))." : nil
        add(
            "unknown-key",
            at: entry.keyPlace,
            "\(name) has no key \"\(entry.key.escapingControls)\"",
            remedy: hint ?? Nearest.question(entry.key, among: known) ?? keys ?? "Remove it, or correct its spelling."
        )
    }

    package func addMissingValue(_ key: String, at place: YAMLPlace) {
        add(
            "empty-value",
            at: place,
            "\"\(key.escapingControls)\" has no value, which is most often a slip",
            remedy: "Give the value, or remove the line; write null where nothing is meant."
        )
    }
}
