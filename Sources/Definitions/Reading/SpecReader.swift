import Connectors
import YAML

/// Reads a `spec` by one of the tables of `SpecFields`.
struct SpecReader {
    let spec: YAMLFields
    let fields: [Field]
    private(set) var values: Settings = [:]
    /// Keys that were given and could not be taken, or were misspelt: rules must not complain that they are absent.
    private(set) var suspects: Set<String> = []

    init(_ spec: YAMLFields, _ fields: [Field], and others: [String] = []) {
        self.spec = spec
        self.fields = fields
        let findings = spec.findings
        let decoder = FieldDecoder(findings: findings)
        for field in fields {
            let errors = findings.errors
            if let node = spec.node(field.name) {
                values[field.name] = decoder.value(of: field, from: node, named: spec.path(field.name))
            }
            if findings.errors > errors { suspects.insert(field.name) }
        }
        let known = fields.map(\.name) + others
        for entry in spec.entries where !known.contains(entry.key) && !findings.isFull {
            findings.addUnknownKey(entry, in: spec.name, known: known)
            if let meant = Nearest.word(to: entry.key, among: known) { suspects.insert(meant) }
        }
    }

    /// Reports those of the keys that are absent, and that nothing was mistaken for.
    func require(_ keys: String...) {
        for key in keys where !spec.has(key) && !suspects.contains(key) {
            let summary = fields.first { $0.name == key }?.summary ?? ""
            spec.addMissing(key, remedy: "Give it. \(summary)")
        }
    }

    func text(_ key: String) -> String? {
        guard case .text(let text)? = values[key] else { return nil }
        return text
    }

    func list(_ key: String) -> [String] { values[key]?.strings ?? [] }
    func flag(_ key: String) -> Bool? { values[key].map { $0 == .boolean(true) } }

    func word<Word: RawRepresentable>(_ key: String, as _: Word.Type) -> Word? where Word.RawValue == String {
        text(key).flatMap(Word.init)
    }
}
