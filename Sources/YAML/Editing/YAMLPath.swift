package import Connectors

/// Where a value stands in a file: a document, and from its root a key or an item each step.
package struct YAMLPath: Hashable, Sendable, CustomStringConvertible {
    package enum Step: Hashable, Sendable {
        case key(String)
        /// Counted from 0.
        case item(Int)
    }

    /// Counted from 0 over the documents that a reader is given: empty ones are left out.
    package var document: Int
    package var steps: [Step]

    package init(document: Int, _ steps: [Step]) {
        self.document = document
        self.steps = steps
    }

    package init(document: Int, keys: String...) {
        self.init(document: document, keys.map(Step.key))
    }

    package func key(_ name: String) -> YAMLPath { YAMLPath(document: document, steps + [.key(name)]) }
    package func item(_ index: Int) -> YAMLPath { YAMLPath(document: document, steps + [.item(index)]) }

    /// As an operator would write it: `spec.recipientDomains[2]`; names of keys may be a stranger's, and are escaped.
    package var description: String {
        steps.reduce("") { text, step in
            switch step {
            case .key(let name): text + (text.isEmpty ? "" : ".") + name.escapingControls
            case .item(let index): "\(text)[\(index)]"
            }
        }
    }
}

/// A document's values without places and style: what an edit is held against.
package indirect enum YAMLTree: Hashable, Sendable {
    case scalar(kind: YAMLScalar.Kind, text: String)
    case sequence([YAMLTree])
    case mapping([Entry])

    package struct Entry: Hashable, Sendable {
        package var key: String
        package var value: YAMLTree
    }

    package init(_ node: YAMLNode) {
        switch node.value {
        case .scalar(let scalar): self = .scalar(kind: scalar.kind, text: scalar.kind == .null ? "" : scalar.text)
        case .sequence(let nodes): self = .sequence(nodes.map(YAMLTree.init))
        case .mapping(let mapping):
            self = .mapping(mapping.entries.map { Entry(key: $0.key, value: YAMLTree($0.value)) })
        }
    }

    package init(_ value: FieldValue) {
        switch value {
        case .none: self = .scalar(kind: .null, text: "")
        case .boolean(let flag): self = .scalar(kind: .boolean, text: flag ? "true" : "false")
        case .integer(let number): self = .scalar(kind: .integer, text: "\(number)")
        case .text(let text): self = .scalar(kind: .text, text: text)
        case .list(let texts): self = .sequence(texts.map { .scalar(kind: .text, text: $0) })
        }
    }
}

/// What an edit does to the values.
enum YAMLChange {
    case set(FieldValue)
    case remove
    /// A new key with its value behind the entry at `place`; -1: before the first.
    case insertField(String, FieldValue, behind: Int)
    case insertItem(String, at: Int)
}

extension YAMLTree {
    /// - Returns: `nil` where there is nothing at the path, or nothing that the change could be made to.
    func applying(_ change: YAMLChange, at steps: ArraySlice<YAMLPath.Step>) -> YAMLTree? {
        guard let step = steps.first else {
            switch (change, self) {
            case (.set(let value), _): return YAMLTree(value)
            case (.insertField(let key, let value, let place), .mapping(var entries)):
                guard (-1..<entries.count).contains(place), !entries.contains(where: { $0.key == key }) else {
                    return nil
                }
                entries.insert(Entry(key: key, value: YAMLTree(value)), at: place + 1)
                return .mapping(entries)
            case (.insertItem(let text, let index), .sequence(var items)):
                guard (0...items.count).contains(index) else { return nil }
                items.insert(YAMLTree(.text(text)), at: index)
                return .sequence(items)
            default: return nil
            }
        }
        let rest = steps.dropFirst()
        switch (step, self) {
        case (.key(let key), .mapping(var entries)):
            guard let index = entries.firstIndex(where: { $0.key == key }) else { return nil }
            if rest.isEmpty, case .remove = change {
                entries.remove(at: index)
            } else {
                guard let value = entries[index].value.applying(change, at: rest) else { return nil }
                entries[index].value = value
            }
            return .mapping(entries)
        case (.item(let index), .sequence(var items)):
            guard items.indices.contains(index) else { return nil }
            if rest.isEmpty, case .remove = change {
                items.remove(at: index)
            } else {
                guard let item = items[index].applying(change, at: rest) else { return nil }
                items[index] = item
            }
            return .sequence(items)
        default: return nil
        }
    }
}
