package import Connectors

/// Changes a YAML file as little as a person would.
///
/// Comments, order, style of quoting, indentation, anchors, line ends, byte order mark, the end of the file and everything that is
/// not touched stay byte for byte. Each edit reads its own output and compares: what it says is what the file said before with
/// exactly that change, and no comment is lost but with the line that it stood in. What cannot be done so is refused, and the
/// file stays as it was.
package struct YAMLEditor: Sendable {
    /// One replacement of bytes.
    struct Patch {
        let range: Range<Int>
        let text: String
    }

    package private(set) var source: SourceText
    /// The comments that went with the lines that held them, as they were written.
    package private(set) var removedComments: [String] = []
    private let limits: YAMLLimits
    var layout: YAMLLayout
    private var trees: [YAMLTree]
    private var comments: [String]

    /// - Throws: ``YAMLEditRefusal`` where the file has errors, or is too large to be edited.
    package init(
        path: String,
        bytes: [UInt8],
        limits: YAMLLimits = .definitions
    ) throws(YAMLEditRefusal) {
        let source = SourceText(path: path, bytes: bytes)
        guard bytes.count <= Self.sizeLimit, let reading = Reading(source, limits) else {
            throw YAMLEditRefusal(.unreadable, at: SourcePosition(file: path))
        }
        self.source = source
        self.limits = limits
        (layout, trees, comments) = (reading.layout, reading.trees, reading.comments)
    }

    /// In bytes: tables of such a file are held in memory.
    private static let sizeLimit = 4 << 20

    /// The whole file.
    package var bytes: [UInt8] {
        source.hasByteOrderMark ? [0xEF, 0xBB, 0xBF] + source.bytes : source.bytes
    }

    /// What is read of a file to edit it.
    private struct Reading {
        let layout: YAMLLayout
        let trees: [YAMLTree]
        let comments: [String]

        init?(_ source: SourceText, _ limits: YAMLLimits) {
            let findings = Findings(source)
            var trees: [YAMLTree] = []
            YAMLReader.read(findings, limits: limits) { trees.append(YAMLTree($0.root)) }
            guard findings.errors == 0, !findings.isFull, let layout = YAMLLayout(source),
                layout.documents.count == trees.count
            else { return nil }
            self.layout = layout
            self.trees = trees
            comments = layout.comments(in: source)
        }
    }

    /// Puts the patches in, and takes the result if it says what it should.
    ///
    /// - Parameter mayDropComments: Whether comments may go with the lines that are removed.
    mutating func commit(
        _ patches: [Patch],
        _ change: YAMLChange,
        at path: YAMLPath,
        mayDropComments: Bool = false
    ) throws(YAMLEditRefusal) {
        var expected = trees
        guard expected.indices.contains(path.document),
            let tree = expected[path.document].applying(change, at: path.steps[...])
        else { throw refusal(.notThere(path), at: 0) }
        expected[path.document] = tree
        try commit(patches, expecting: expected, mayDropComments: mayDropComments)
    }

    mutating func commit(
        _ patches: [Patch],
        expecting expected: [YAMLTree],
        mayDropComments: Bool,
        mayAddComments: Bool = false
    ) throws(YAMLEditRefusal) {
        let place = patches.first?.range.lowerBound ?? 0
        guard let bytes = Self.applying(patches, to: source.bytes) else { throw refusal(.unfaithful, at: place) }
        let edited = SourceText(path: source.path, bytes: source.hasByteOrderMark ? [0xEF, 0xBB, 0xBF] + bytes : bytes)
        guard let reading = Reading(edited, limits), reading.trees == expected else {
            throw refusal(.unfaithful, at: place)
        }
        let difference = reading.comments.difference(from: comments)
        guard mayAddComments || difference.insertions.isEmpty, mayDropComments || difference.removals.isEmpty else {
            throw refusal(.unfaithful, at: place)
        }
        for case .remove(_, let comment, _) in difference.removals { removedComments.append(comment) }
        source = edited
        (layout, trees, comments) = (reading.layout, reading.trees, reading.comments)
    }

    var documentTrees: [YAMLTree] { trees }

    /// - Returns: `nil` where two of the patches overlap.
    private static func applying(_ patches: [Patch], to bytes: [UInt8]) -> [UInt8]? {
        var result: [UInt8] = []
        var next = 0
        for patch in patches.sorted(by: {
            ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound)
        }) {
            guard patch.range.lowerBound >= next, patch.range.upperBound <= bytes.count else { return nil }
            result += bytes[next..<patch.range.lowerBound]
            result += Array(patch.text.utf8)
            next = patch.range.upperBound
        }
        result += bytes[next...]
        // A last line that is taken out leaves the break of the one before it, which the file's end may not have had.
        if let last = bytes.last, last != 0x0A, last != 0x0D {
            if result.last == 0x0A { result.removeLast() }
            if result.last == 0x0D { result.removeLast() }
        }
        return result
    }

    /// The keys of a mapping in their order; none where there is no mapping.
    package func keys(at path: YAMLPath) -> [String] {
        guard let found = try? find(path), case .mapping(let entries, _) = found.node.form else { return [] }
        return entries.compactMap(\.name)
    }

    /// Where the root of a document begins.
    package func start(ofDocument index: Int) -> SourcePosition? {
        guard layout.documents.indices.contains(index) else { return nil }
        return source.place(ofByte: layout.documents[index].root.start).position(in: source)
    }

    func refusal(_ reason: YAMLEditRefusal.Reason, at byte: Int) -> YAMLEditRefusal {
        YAMLEditRefusal(reason, at: source.place(ofByte: byte).position(in: source))
    }
}

/// What stands where.
extension YAMLEditor {
    /// A node, and what it stands in.
    struct Found {
        let node: YAMLLayout.Node
        /// The mapping's entry whose value it is.
        let entry: YAMLLayout.Entry?
        /// The nodes around it, from the root on.
        let parents: [YAMLLayout.Node]

        var isInFlow: Bool { parents.contains { $0.isFlow } }
    }

    /// The node at a path, unless what it says is written, or read, elsewhere too.
    func find(_ path: YAMLPath) throws(YAMLEditRefusal) -> Found {
        guard layout.documents.indices.contains(path.document) else { throw refusal(.notThere(path), at: 0) }
        var node = layout.documents[path.document].root
        var entry: YAMLLayout.Entry?
        var parents: [YAMLLayout.Node] = []
        try check(node)
        for step in path.steps {
            parents.append(node)
            switch (step, node.form) {
            case (.key(let key), .mapping(let entries, _)):
                guard let found = entries.first(where: { $0.name == key }) else {
                    throw refusal(.notThere(path), at: node.start)
                }
                entry = found
                node = found.value
            case (.item(let index), .sequence(let items, _)):
                guard items.indices.contains(index) else { throw refusal(.notThere(path), at: node.start) }
                entry = nil
                node = items[index].node
            default: throw refusal(.notThere(path), at: node.start)
            }
            try check(node)
        }
        return Found(node: node, entry: entry, parents: parents)
    }

    private func check(_ node: YAMLLayout.Node) throws(YAMLEditRefusal) {
        if case .alias(let name) = node.form { throw refusal(.alias(name), at: node.start) }
        if let anchor = node.anchor, layout.aliases[anchor] != nil { throw refusal(.anchor(anchor), at: node.start) }
        if node.hasTag { throw refusal(.tag, at: node.start) }
    }

    /// Refuses where what is to be replaced is used elsewhere, or is made by another program.
    func checkReplaceable(_ node: YAMLLayout.Node) throws(YAMLEditRefusal) {
        for anchor in node.anchors where layout.aliases[anchor] != nil {
            throw refusal(.anchor(anchor), at: node.start)
        }
        if Self.isTemplate(source.bytes[node.start..<max(node.start, node.end)]) {
            throw refusal(.template, at: node.start)
        }
    }

    /// Refuses a text that a program which fills in templates would change.
    func checkNoTemplate(_ value: FieldValue, at byte: Int) throws(YAMLEditRefusal) {
        for text in value.strings where Self.isTemplate(Array(text.utf8)[...]) { throw refusal(.template, at: byte) }
    }

    private static func isTemplate(_ bytes: ArraySlice<UInt8>) -> Bool {
        zip(bytes, bytes.dropFirst()).contains { first, second in
            switch (first, second) {
            case (UInt8(ascii: "$"), UInt8(ascii: "{")), (UInt8(ascii: "{"), UInt8(ascii: "{")),
                (UInt8(ascii: "<"), UInt8(ascii: "%")):
                true
            default: false
            }
        }
    }
}

extension YAMLLayout.Node {
    var isFlow: Bool {
        switch form {
        case .sequence(_, let isFlow), .mapping(_, let isFlow): isFlow
        case .scalar, .alias, .absent: false
        }
    }

    /// Its own, and those of all that is in it.
    var anchors: [String] {
        let own = anchor.map { [$0] } ?? []
        return switch form {
        case .sequence(let items, _): own + items.flatMap(\.node.anchors)
        case .mapping(let entries, _): own + entries.flatMap { $0.key.anchors + $0.value.anchors }
        case .scalar, .alias, .absent: own
        }
    }
}
