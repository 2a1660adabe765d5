import Connectors

/// Gathers the pairs of a mapping, and refuses what no mapping here may hold.
struct YAMLPairs {
    private(set) var entries: [YAMLMapping.Entry] = []
    private var known: [String: Int]?
    private let findings: Findings

    init(_ findings: Findings) { self.findings = findings }

    mutating func add(_ key: YAMLNode, _ value: YAMLNode) {
        guard let scalar = key.scalar else {
            findings.add(
                "yaml-key",
                at: key.place,
                "\(key.kindName) stands where a key is expected",
                remedy: "Write a plain word before the colon; quote a value that begins with [, { or *."
            )
            return
        }
        guard scalar.isQuoted || scalar.text != "<<" else {
            findings.add(
                "yaml-merge-key",
                at: key.place,
                "the merge key << is not taken: whoever reads the mapping could not see what is in it",
                remedy: "Write the fields out."
            )
            return
        }
        if let earlier = index(of: scalar.text) {
            findings.add(
                "duplicate-key",
                at: key.place,
                "\"\(scalar.text.escapingControls)\" stands twice in this mapping, first in line \(entries[earlier].keyPlace.line): which of the two holds is unclear",
                remedy: "Remove one of them.",
                related: entries[earlier].keyPlace.position(in: findings.source)
            )
            return
        }
        known?[scalar.text] = entries.count
        entries.append(YAMLMapping.Entry(key: scalar.text, keyPlace: key.place, value: value))
    }

    /// Short mappings, which nearly all are, are searched from end to end; long ones through a dictionary.
    private mutating func index(of key: String) -> Int? {
        if let known { return known[key] }
        if entries.count < 24 { return entries.firstIndex { $0.key == key } }
        let all = Dictionary(uniqueKeysWithValues: entries.enumerated().map { ($1.key, $0) })
        known = all
        return all[key]
    }
}
