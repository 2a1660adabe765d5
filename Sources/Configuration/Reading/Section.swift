import YAML

/// One mapping of the file, read key by key; what was not asked for by its end is unknown.
///
/// It may lie over others, as a tenant over its set and over the defaults: the first that has a key says its value. Mappings
/// are taken together key by key; a list, like any other value, is taken from one of them as a whole.
final class Section {
    let context: ReadingContext
    /// The keys that lead here, with dots; `nil` inside a list, where nothing can be set from outside the file.
    let path: String?
    /// Where to point when a key is missing.
    let origin: Origin
    /// What stands for `${…}` in texts; `nil` where such a text means nothing but itself.
    var placeholders: [String: String]?
    /// The first one counts.
    private let layers: [Layer]
    private var asked: [String] = []
    /// Keys that are refused by a message of their own, and not offered in another's.
    private var refused: Set<String> = []

    /// One mapping, and the file that it stands in.
    struct Layer {
        let mapping: YAMLMapping
        /// A table; `nil` for the configuration itself.
        var table: String?

        func origin(_ place: YAMLPlace) -> Origin { .file(place, table: table) }

        /// A value with its place; nothing has none of its own, so its key's is told.
        func setting(of entry: YAMLMapping.Entry) -> Setting {
            let isNowhere = entry.value.isNull || entry.value.place.line == 0
            return Setting(node: entry.value, origin: origin(isNowhere ? entry.keyPlace : entry.value.place))
        }
    }

    /// One value with the place where it was given.
    struct Setting {
        let node: YAMLNode
        let origin: Origin
        /// Text from a flag or a variable, where a list is written with commas.
        var isFromOutside: Bool {
            if case .file = origin { false } else { true }
        }
        /// Whether the file has the key and nothing behind it, or `null`.
        var isNothing: Bool { node.isNull && !isFromOutside }
    }

    convenience init(_ mapping: YAMLMapping, path: String?, origin: Origin, context: ReadingContext) {
        self.init([Layer(mapping: mapping)], path: path, origin: origin, context: context)
    }

    init(
        _ layers: [Layer],
        path: String?,
        origin: Origin,
        placeholders: [String: String]? = nil,
        context: ReadingContext
    ) {
        self.layers = layers
        self.path = path
        self.origin = origin
        self.placeholders = placeholders
        self.context = context
    }

    /// The same over others, which say what it does not.
    func over(_ others: [Layer]) -> Section {
        Section(layers + others, path: path, origin: origin, placeholders: placeholders, context: context)
    }

    /// The mappings of this section, to lay others over them.
    var below: [Layer] { layers }

    /// Whether no key is given.
    var isEmpty: Bool { layers.allSatisfy { $0.mapping.entries.isEmpty } }

    /// The same, where the way that one mapping takes hides the other ways from those below it.
    ///
    /// - Parameter ways: The keys of each, the one that chooses it first.
    func choosing(oneOf ways: [[String]]) -> Section {
        var chosen: Set<String>?
        let seen = layers.map { layer in
            let given = ways.filter { way in way.first.map { layer.mapping[$0] != nil } ?? false }
            guard let taken = chosen else {
                if !given.isEmpty { chosen = Set(given.joined()) }
                return layer
            }
            let others = Set(ways.joined()).subtracting(taken)
            let entries = layer.mapping.entries.filter { !others.contains($0.key) }
            return Layer(mapping: YAMLMapping(entries: entries), table: layer.table)
        }
        return Section(seen, path: path, origin: origin, placeholders: placeholders, context: context)
    }

    /// The value of a key; `nil` when it is nowhere, or written as nothing, which is an error.
    ///
    /// Whoever wrote the key meant something by it: taken as absent, it would switch a safeguard off without a word.
    func setting(_ key: String) -> Setting? {
        guard let setting = given(key) else { return nil }
        guard !setting.isNothing else {
            addEmpty(key, at: setting.origin)
            return nil
        }
        return setting
    }

    /// The same, where it is for the caller to say what is wrong with nothing.
    func given(_ key: String) -> Setting? {
        asked.append(key)
        if let path, let given = context.overrides.value(path.isEmpty ? key : "\(path).\(key)") {
            let scalar = YAMLScalar(text: given.text, isQuoted: false)
            return Setting(node: YAMLNode(place: .file, value: .scalar(scalar)), origin: given.origin)
        }
        return first(key).map { $0.layer.setting(of: $0.entry) }
    }

    /// Whether the file has the key, whatever its value.
    func has(_ key: String) -> Bool { first(key) != nil }

    private func first(_ key: String) -> (entry: YAMLMapping.Entry, layer: Layer)? {
        for layer in layers {
            if let entry = layer.mapping[key] { return (entry, layer) }
        }
        return nil
    }

    /// Counts keys as known that are read only in some cases.
    func know(_ keys: [String]) { asked += keys }

    /// Counts keys as known that no version takes yet.
    func refuse(_ keys: [String]) { refused.formUnion(keys) }

    /// Where a key stands, or where its section does.
    func place(of key: String) -> Origin { first(key).map { $0.layer.origin($0.entry.keyPlace) } ?? origin }

    /// Where a key's value stands, or where its section does.
    func valuePlace(of key: String) -> Origin { first(key).map { $0.layer.origin($0.entry.value.place) } ?? origin }

    /// A section below this one, all of whose keys have defaults; absent, or written as nothing, it is empty, so that its keys can
    /// still be set from outside.
    func section(_ key: String) -> Section {
        asked.append(key)
        let below = path.map { $0.isEmpty ? key : "\($0).\(key)" }
        guard let (entry, layer) = first(key), !entry.value.isNull else {
            return Section([], path: below, origin: origin, placeholders: placeholders, context: context)
        }
        guard case .mapping = entry.value.value else {
            let place = layer.origin(entry.value.place)
            wrongType(key, "a mapping", Setting(node: entry.value, origin: place))
            return Section([], path: below, origin: place, placeholders: placeholders, context: context)
        }
        return section(of: key, path: below, origin: layer.origin(entry.keyPlace))
    }

    /// A section that may be absent as a whole, and that cannot be set from outside the file.
    func optionalSection(_ key: String) -> Section? {
        asked.append(key)
        guard let (entry, layer) = first(key) else { return nil }
        guard case .mapping = entry.value.value else {
            wrongType(key, "a mapping", layer.setting(of: entry))
            return nil
        }
        return section(of: key, path: nil, origin: layer.origin(entry.keyPlace))
    }

    /// The mappings that all layers have under a key, down to the first that has something else there.
    private func section(of key: String, path: String?, origin: Origin) -> Section {
        var found: [Layer] = []
        for layer in layers {
            guard let entry = layer.mapping[key] else { continue }
            guard case .mapping(let mapping) = entry.value.value else { break }
            found.append(Layer(mapping: mapping, table: layer.table))
        }
        return Section(found, path: path, origin: origin, placeholders: placeholders, context: context)
    }

    /// The entries of a list of mappings.
    func sections(_ key: String) -> [Section] {
        asked.append(key)
        guard let (entry, layer) = first(key) else { return [] }
        let setting = layer.setting(of: entry)
        guard case .sequence(let nodes) = entry.value.value else {
            if setting.isNothing { addEmpty(key, at: setting.origin) } else { wrongType(key, "a list", setting) }
            return []
        }
        return nodes.compactMap { node in
            guard case .mapping(let mapping) = node.value else {
                wrongType(key, "a list of mappings", Setting(node: node, origin: layer.origin(node.place)))
                return nil
            }
            return Section(
                [Layer(mapping: mapping, table: layer.table)],
                path: nil,
                origin: layer.origin(node.place),
                placeholders: placeholders,
                context: context
            )
        }
    }

    /// Every key with its value, for a mapping whose keys are the operator's.
    func entries() -> [(key: String, setting: Setting)] {
        var seen: Set<String> = []
        return layers.flatMap { layer in
            layer.mapping.entries.compactMap { entry in
                asked.append(entry.key)
                guard seen.insert(entry.key).inserted else { return nil }
                return (entry.key, layer.setting(of: entry))
            }
        }
    }

    /// Adds the keys that no one asked for.
    func finish(in name: String) {
        let known = asked.uniqued.filter { !refused.contains($0) }
        for layer in layers {
            for entry in layer.mapping.entries where !asked.contains(entry.key) && !refused.contains(entry.key) {
                let question = Nearest.question(entry.key, among: known).map { "\($0) " } ?? ""
                context.add(
                    "config-unknown-key",
                    at: layer.origin(entry.keyPlace),
                    "\(name) has no key \(entry.key.quoted).",
                    remedy: "\(question)Known here: \(known.joined(separator: ", "))."
                )
            }
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

    /// Adds that a key is there, and nothing behind it.
    func addEmpty(_ key: String, at origin: Origin) {
        context.add("config-empty", at: origin, "\(key) is empty.", remedy: "Give it a value, or remove it.")
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
