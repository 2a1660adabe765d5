import YAML

/// One mapping of the file, read key by key; what was not asked for by its end is unknown.
final class Section {
    let context: ReadingContext
    /// The keys that lead here, with dots; `nil` inside a list, where nothing can be set from outside the file.
    let path: String?
    /// Where to point when a key is missing.
    let origin: Origin
    private let mapping: YAMLMapping
    private var asked: [String] = []
    /// Keys that are refused by a message of their own, and not offered in another's.
    private var refused: Set<String> = []

    /// One value with the place where it was given.
    struct Setting {
        let node: YAMLNode
        let origin: Origin
        /// Text from a flag or a variable, where a list is written with commas.
        var isFromOutside: Bool {
            if case .file = origin { false } else { true }
        }
    }

    init(_ mapping: YAMLMapping, path: String?, origin: Origin, context: ReadingContext) {
        self.mapping = mapping
        self.path = path
        self.origin = origin
        self.context = context
    }

    /// The value of a key; `nil` when it is nowhere, or written as nothing.
    func setting(_ key: String) -> Setting? {
        asked.append(key)
        if let path, let given = context.overrides.value(path.isEmpty ? key : "\(path).\(key)") {
            let scalar = YAMLScalar(text: given.text, isQuoted: false)
            return Setting(node: YAMLNode(place: .file, value: .scalar(scalar)), origin: given.origin)
        }
        guard let entry = mapping[key], !entry.value.isNull else { return nil }
        let isNowhere = entry.value.place.line == 0
        return Setting(node: entry.value, origin: .file(isNowhere ? entry.keyPlace : entry.value.place))
    }

    /// Whether the file has the key, whatever its value.
    func has(_ key: String) -> Bool { mapping[key] != nil }

    /// Counts keys as known that are read only in some cases.
    func know(_ keys: [String]) { asked += keys }

    /// Counts keys as known that no version takes yet.
    func refuse(_ keys: [String]) { refused.formUnion(keys) }

    /// Where a key stands, or where its section does.
    func place(of key: String) -> Origin { mapping[key].map { .file($0.keyPlace) } ?? origin }

    /// A section below this one; an absent one is empty, so that its keys can still be set from outside.
    func section(_ key: String) -> Section {
        asked.append(key)
        let below = path.map { $0.isEmpty ? key : "\($0).\(key)" }
        guard let entry = mapping[key], !entry.value.isNull else {
            return Section(YAMLMapping(entries: []), path: below, origin: origin, context: context)
        }
        let place = Origin.file(entry.value.place)
        guard case .mapping(let mapping) = entry.value.value else {
            wrongType(key, "a mapping", Setting(node: entry.value, origin: place))
            return Section(YAMLMapping(entries: []), path: below, origin: place, context: context)
        }
        return Section(mapping, path: below, origin: .file(entry.keyPlace), context: context)
    }

    /// A section that may be absent as a whole, and that cannot be set from outside the file.
    func optionalSection(_ key: String) -> Section? {
        asked.append(key)
        guard let entry = mapping[key] else { return nil }
        let place = Origin.file(entry.value.place)
        guard case .mapping(let mapping) = entry.value.value else {
            wrongType(key, "a mapping", Setting(node: entry.value, origin: place))
            return nil
        }
        return Section(mapping, path: nil, origin: .file(entry.keyPlace), context: context)
    }

    /// The entries of a list of mappings.
    func sections(_ key: String) -> [Section] {
        asked.append(key)
        guard let entry = mapping[key], !entry.value.isNull else { return [] }
        guard case .sequence(let nodes) = entry.value.value else {
            wrongType(key, "a list", Setting(node: entry.value, origin: .file(entry.value.place)))
            return []
        }
        return nodes.compactMap { node in
            guard case .mapping(let mapping) = node.value else {
                wrongType(key, "a list of mappings", Setting(node: node, origin: .file(node.place)))
                return nil
            }
            return Section(mapping, path: nil, origin: .file(node.place), context: context)
        }
    }

    /// Every key with its list of texts, for a mapping whose keys are the operator's.
    func entries() -> [(key: String, setting: Setting)] {
        mapping.entries.map { entry in
            asked.append(entry.key)
            return (entry.key, Setting(node: entry.value, origin: .file(entry.value.place)))
        }
    }

    /// Adds the keys that no one asked for.
    func finish(in name: String) {
        let known = asked.uniqued.filter { !refused.contains($0) }
        for entry in mapping.entries where !asked.contains(entry.key) && !refused.contains(entry.key) {
            let question = Nearest.question(entry.key, among: known).map { "\($0) " } ?? ""
            context.add(
                "config-unknown-key",
                at: .file(entry.keyPlace),
                "\(name) has no key \(entry.key.quoted).",
                remedy: "\(question)Known here: \(known.joined(separator: ", "))."
            )
        }
    }

    func wrongType(_ key: String, _ expected: String, _ setting: Setting) {
        context.add(
            "config-wrong-type",
            at: setting.origin,
            "\(key) is \(setting.node.kindName), and must be \(expected).",
            remedy: "Write \(key) as \(expected)."
        )
    }

    /// Adds that a key is missing.
    func missing(_ key: String, in name: String, remedy: String) {
        context.add("config-missing-key", at: origin, "\(name) has no \(key).", remedy: remedy)
    }
}

extension [String] {
    /// Each once, in the order of their first appearance.
    var uniqued: [String] {
        var seen: Set<String> = []
        return filter { seen.insert($0).inserted }
    }
}
