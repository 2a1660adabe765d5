import YAML

/// Puts values where a template's documents have placeholders.
///
/// It works on nodes: a value becomes a scalar, or a list of scalars where its parameter is a list, and never a key, a mapping or
/// a document. A text stays text whatever it looks like.
struct Substitution {
    private let values: [String: ParameterValue]
    /// How much was written so far: the bytes of all texts, and sixteen for each node.
    private(set) var size = 0
    /// Beyond it nothing more is written.
    private let maximumSize: Int

    init(_ values: [String: ParameterValue], maximumSize: Int) {
        self.values = values
        self.maximumSize = maximumSize
    }

    /// Whether it was cut off.
    var isTooLarge: Bool { size > maximumSize }

    /// The node with its placeholders filled in; what stands in it keeps the template's places.
    mutating func node(_ node: YAMLNode) -> YAMLNode {
        size += 16
        guard !isTooLarge else { return YAMLNode(place: node.place, value: .sequence([])) }
        switch node.value {
        case .scalar(let scalar): return YAMLNode(place: node.place, value: value(of: scalar, at: node.place))
        case .sequence(let items):
            return YAMLNode(place: node.place, value: .sequence(items.flatMap { item in entries(item) }))
        case .mapping(let mapping):
            let entries = mapping.entries.map { entry in
                size += entry.key.utf8.count
                return YAMLMapping.Entry(key: entry.key, keyPlace: entry.keyPlace, value: self.node(entry.value))
            }
            return YAMLNode(place: node.place, value: .mapping(YAMLMapping(entries: entries)))
        }
    }

    /// An item of a list: a parameter that is a list itself gives all of its values.
    private mutating func entries(_ item: YAMLNode) -> [YAMLNode] {
        let filled = node(item)
        guard item.scalar != nil, case .sequence(let items) = filled.value else { return [filled] }
        return items
    }

    private mutating func value(of scalar: YAMLScalar, at place: YAMLPlace) -> YAMLNode.Value {
        guard Placeholders.mayStand(in: scalar.text), let placeholders = Placeholders(scalar.text) else {
            size += scalar.text.utf8.count
            return .scalar(scalar)
        }
        if let name = placeholders.whole, let value = values[name] {
            switch value {
            case .scalar(let scalar):
                size += scalar.text.utf8.count
                return .scalar(scalar)
            case .list(let scalars):
                size += scalars.reduce(0) { $0 + 16 + $1.text.utf8.count }
                return .sequence(scalars.map { YAMLNode(place: place, value: .scalar($0)) })
            }
        }
        let text = placeholders.parts.reduce(into: "") { text, part in
            switch part {
            case .text(let literal): text += literal
            case .parameter(let name):
                if case .scalar(let scalar)? = values[name] { text += scalar.text }
            }
        }
        size += text.utf8.count
        return .scalar(YAMLScalar(text: text, isQuoted: true))
    }
}
