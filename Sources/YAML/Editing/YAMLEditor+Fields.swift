package import Connectors

/// Fields and items come and go.
extension YAMLEditor {
    /// Adds a field to a mapping.
    ///
    /// - Parameters:
    ///   - path: The mapping.
    ///   - former: The field that it comes behind; `nil`: before all others.
    package mutating func insert(
        _ key: String,
        _ value: FieldValue,
        in path: YAMLPath,
        behind former: String?
    ) throws(YAMLEditRefusal) {
        let found = try find(path)
        guard case .mapping(let entries, let isFlow) = found.node.form else {
            throw refusal(.notAValue(path), at: found.node.start)
        }
        if entries.contains(where: { $0.name == key }) { throw refusal(.isThere(path.key(key)), at: found.node.start) }
        try checkNoTemplate(value, at: found.node.start)
        var place = -1
        if let former {
            guard let index = entries.firstIndex(where: { $0.name == former }) else {
                throw refusal(.notThere(path.key(former)), at: found.node.start)
            }
            place = index
        }
        let name = YAMLText.scalar(key)
        let patch: Patch
        if isFlow {
            var pieces = entries.indices.map(FlowPiece.kept)
            pieces.insert(.new("\(name): \(Self.inline(value, like: nil))"), at: place + 1)
            patch = try rebuilding(found.node, entries.map { $0.key.start..<$0.end }, pieces)
        } else {
            patch = try inserting("\(name):", value, in: found.node, entries, place: place)
        }
        try commit([patch], .insertField(key, value, behind: place), at: path)
    }

    private func inserting(
        _ start: String,
        _ value: FieldValue,
        in mapping: YAMLLayout.Node,
        _ entries: [YAMLLayout.Entry],
        place: Int
    ) throws(YAMLEditRefusal) -> Patch {
        guard let first = entries.first else { throw refusal(.unfaithful, at: mapping.start) }
        let column = column(of: first.key.start)
        let indent = String(repeating: " ", count: column)
        var lines = ["\(indent)\(start) \(Self.inline(value, like: nil))"]
        if case .list(let texts) = value, let block = blockLines(texts, in: mapping, column: column) {
            lines = ["\(indent)\(start)"] + block
        }
        guard place >= 0 else {
            guard isFirst(first.key.start) else { throw refusal(.sharedLine, at: first.key.start) }
            let line = lineStart(of: first.key.start)
            return Patch(range: line..<line, text: lines.map { $0 + lineBreak }.joined())
        }
        let end = entries[place].end
        guard isLast(end) else { throw refusal(.sharedLine, at: entries[place].key.start) }
        return inserting(lines, behind: end, indent: column)
    }

    /// Takes out a field, with its lines, or an item of a list.
    ///
    /// Comments above stay; those in the lines go with them, and are listed in ``removedComments``.
    package mutating func remove(_ path: YAMLPath) throws(YAMLEditRefusal) {
        guard let last = path.steps.last else { throw refusal(.notThere(path), at: 0) }
        let found = try find(path)
        guard let parent = found.parents.last else { throw refusal(.notThere(path), at: 0) }
        try checkReplaceable(found.node)
        let patch: Patch
        switch (parent.form, last) {
        case (.mapping(let entries, let isFlow), .key(let key)):
            guard let index = entries.firstIndex(where: { $0.name == key }) else {
                throw refusal(.notThere(path), at: parent.start)
            }
            guard entries.count > 1 else { throw refusal(.lastOne, at: parent.start) }
            let entry = entries[index]
            guard !entry.isExplicit, entry.colon != nil else { throw refusal(.unusualKey, at: entry.key.start) }
            let places = entries.map { $0.key.start..<$0.end }
            patch =
                try isFlow
                ? dropping(index, of: places, in: parent) : removingLines(from: entry.key.start, to: entry.end)
        case (.sequence(let items, let isFlow), .item(let index)):
            guard items.count > 1 || isFlow else { throw refusal(.lastOne, at: parent.start) }
            let places = items.map { $0.node.start..<$0.node.end }
            patch =
                try isFlow
                ? dropping(index, of: places, in: parent)
                : removingLines(from: items[index].mark, to: items[index].node.end)
        default: throw refusal(.notThere(path), at: parent.start)
        }
        try commit([patch], .remove, at: path, mayDropComments: true)
    }

    private func dropping(
        _ index: Int,
        of places: [Range<Int>],
        in node: YAMLLayout.Node
    ) throws(YAMLEditRefusal) -> Patch {
        try rebuilding(node, places, places.indices.filter { $0 != index }.map(FlowPiece.kept))
    }
}
