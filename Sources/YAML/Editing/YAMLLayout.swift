/// Where everything of a file stands, in bytes: what an editor needs and a reader does not.
///
/// Made of libyaml's tokens, whose marks are exact; the events of a block collection end where the next one begins.
struct YAMLLayout: Sendable {
    struct Node: Sendable {
        enum Style: Sendable {
            case plain
            case single
            case double
            case literal
            case folded
        }

        indirect enum Form: Sendable {
            case scalar(YAMLScalar, Style)
            case alias(String)
            /// Nothing stands where a value could.
            case absent
            case sequence([Item], isFlow: Bool)
            case mapping([Entry], isFlow: Bool)
        }

        let form: Form
        /// Without anchor and tag; of a block collection, where its first item or key begins.
        let start: Int
        /// Behind the last byte; of a block collection, that of its last item.
        let end: Int
        let anchor: String?
        let hasTag: Bool
    }

    struct Item: Sendable {
        /// Where the dash stands, or in a flow sequence the node.
        let mark: Int
        let node: Node
    }

    struct Entry: Sendable {
        let key: Node
        /// Whether it is written with `?`.
        let isExplicit: Bool
        /// Behind the colon; `nil` where there is none.
        let colon: Int?
        let value: Node

        var name: String? {
            guard case .scalar(let scalar, _) = key.form else { return nil }
            return scalar.text
        }

        var end: Int { max(value.end, colon ?? key.end) }
    }

    struct Document: Sendable {
        let root: Node
        /// Where its first token stands, which may be `---` or a directive.
        let start: Int
        /// Whether `---` stands before it.
        let hasMark: Bool
        /// Whether `...` or a directive has to do with it.
        let isSpecial: Bool
    }

    /// Those that a reader is given: empty ones are left out.
    let documents: [Document]
    /// All documents, with those that a reader is not given.
    let allDocuments: [Document]
    /// How often each anchor is used, over all documents.
    let aliases: [String: Int]
    /// The bytes between the tokens: white space and comments.
    let gaps: [Range<Int>]

    /// - Returns: `nil` where the tokens do not form documents as the grammar of libyaml has it.
    init?(_ source: SourceText) {
        guard let tokens = YAMLTokens.all(of: source) else { return nil }
        var parser = LayoutParser(tokens)
        guard let documents = parser.documents() else { return nil }
        allDocuments = documents
        self.documents = documents.filter { if case .absent = $0.root.form { false } else { true } }
        aliases = parser.aliases
        gaps = zip([0] + tokens.map(\.end), tokens.map(\.start) + [source.bytes.count])
            .filter { $0 < $1 }.map { $0..<$1 }
    }
}

/// Recursive descent over libyaml's tokens, by the grammar at the head of its parser.c.
private struct LayoutParser {
    private let tokens: [YAMLToken]
    private var next = 0
    private(set) var aliases: [String: Int] = [:]
    /// The reader has bounded the depth of what comes here; this bounds the stack by itself.
    private static let depthLimit = 200

    init(_ tokens: [YAMLToken]) { self.tokens = tokens }

    private var token: YAMLToken? { next < tokens.count ? tokens[next] : nil }
    private var kind: YAMLToken.Kind? { token?.kind }
    /// Behind the last token that was taken.
    private var behind: Int { next > 0 ? tokens[next - 1].end : 0 }

    private mutating func take(_ kind: YAMLToken.Kind) -> Bool {
        guard self.kind == kind else { return false }
        next += 1
        return true
    }

    private func isAt(_ kinds: YAMLToken.Kind...) -> Bool { kind.map(kinds.contains) ?? true }

    mutating func documents() -> [YAMLLayout.Document]? {
        guard take(.streamStart) else { return nil }
        var documents: [YAMLLayout.Document] = []
        while true {
            var isSpecial = false
            while take(.documentEnd) {}
            if kind == .streamEnd { return documents }
            guard let start = token?.start else { return nil }
            while take(.directive) { isSpecial = true }
            let hasMark = take(.documentStart)
            let root: YAMLLayout.Node?
            if isAt(.documentStart, .documentEnd, .streamEnd, .directive) {
                root = absent()
            } else {
                root = node(depth: 0)
            }
            guard let root, isAt(.documentStart, .documentEnd, .streamEnd, .directive) else { return nil }
            if kind == .documentEnd { isSpecial = true }
            documents.append(.init(root: root, start: start, hasMark: hasMark, isSpecial: isSpecial))
        }
    }

    private func absent(anchor: String? = nil, hasTag: Bool = false) -> YAMLLayout.Node {
        .init(form: .absent, start: behind, end: behind, anchor: anchor, hasTag: hasTag)
    }

    /// - Parameter isValue: Whether it is a value of a block mapping, where a sequence need not be indented.
    private mutating func node(depth: Int, isValue: Bool = false) -> YAMLLayout.Node? {
        guard depth < Self.depthLimit else { return nil }
        var anchor: String?
        var hasTag = false
        while let token, token.kind == .anchor || token.kind == .tag {
            if token.kind == .anchor { anchor = token.text } else { hasTag = true }
            next += 1
        }
        guard let token else { return nil }
        let start = token.start
        let form: YAMLLayout.Node.Form?
        var end: Int?
        switch token.kind {
        case .alias:
            next += 1
            aliases[token.text, default: 0] += 1
            form = .alias(token.text)
        case .scalar:
            next += 1
            form = .scalar(YAMLScalar(text: token.text, isQuoted: token.style != .plain), token.style)
        case .blockSequenceStart:
            next += 1
            let items = blockItems(depth: depth + 1)
            form = items.flatMap { take(.blockEnd) ? .sequence($0, isFlow: false) : nil }
            end = items?.last?.node.end
        case .blockEntry where isValue:
            let items = blockItems(depth: depth + 1)
            form = items.map { .sequence($0, isFlow: false) }
            end = items?.last?.node.end
        case .blockMappingStart:
            next += 1
            let entries = blockEntries(depth: depth + 1)
            form = entries.flatMap { take(.blockEnd) ? .mapping($0, isFlow: false) : nil }
            end = entries?.last?.end
        case .flowSequenceStart:
            next += 1
            form = flowItems(depth: depth + 1).map { .sequence($0, isFlow: true) }
        case .flowMappingStart:
            next += 1
            form = flowEntries(depth: depth + 1).map { .mapping($0, isFlow: true) }
        default: return absent(anchor: anchor, hasTag: hasTag)
        }
        guard let form else { return nil }
        return .init(form: form, start: start, end: end ?? behind, anchor: anchor, hasTag: hasTag)
    }

    private mutating func blockItems(depth: Int) -> [YAMLLayout.Item]? {
        var items: [YAMLLayout.Item] = []
        while let mark = token?.start, take(.blockEntry) {
            let node = isAt(.blockEntry, .key, .value, .blockEnd) ? absent() : node(depth: depth)
            guard let node else { return nil }
            items.append(.init(mark: mark, node: node))
        }
        return items
    }

    private mutating func blockEntries(depth: Int) -> [YAMLLayout.Entry]? {
        var entries: [YAMLLayout.Entry] = []
        while isAt(.key, .value) {
            guard let entry = entry(depth: depth, isFlow: false) else { return nil }
            entries.append(entry)
        }
        return entries
    }

    private mutating func entry(depth: Int, isFlow: Bool) -> YAMLLayout.Entry? {
        var isExplicit = false
        if let token, take(.key) { isExplicit = token.start != token.end }
        let ends: [YAMLToken.Kind] =
            isFlow ? [.value, .flowEntry, .flowMappingEnd] : [.key, .value, .blockEnd]
        let key = kind.map(ends.contains) ?? true ? absent() : node(depth: depth)
        guard let key else { return nil }
        guard take(.value) else {
            return .init(key: key, isExplicit: isExplicit, colon: nil, value: absent())
        }
        let colon = behind
        let valueEnds: [YAMLToken.Kind] = isFlow ? [.flowEntry, .flowMappingEnd] : [.key, .value, .blockEnd]
        let value = kind.map(valueEnds.contains) ?? true ? absent() : node(depth: depth, isValue: !isFlow)
        return value.map { .init(key: key, isExplicit: isExplicit, colon: colon, value: $0) }
    }

    private mutating func flowItems(depth: Int) -> [YAMLLayout.Item]? {
        var items: [YAMLLayout.Item] = []
        while !take(.flowSequenceEnd) {
            // `[a: b]` is a mapping in short, which is not needed here.
            guard let mark = token?.start, kind != .key, let node = node(depth: depth), node.end > mark else {
                return nil
            }
            items.append(.init(mark: mark, node: node))
            guard take(.flowEntry) || kind == .flowSequenceEnd else { return nil }
        }
        return items
    }

    private mutating func flowEntries(depth: Int) -> [YAMLLayout.Entry]? {
        var entries: [YAMLLayout.Entry] = []
        while !take(.flowMappingEnd) {
            guard let entry = entry(depth: depth, isFlow: true) else { return nil }
            entries.append(entry)
            guard take(.flowEntry) || kind == .flowMappingEnd else { return nil }
        }
        return entries
    }
}
