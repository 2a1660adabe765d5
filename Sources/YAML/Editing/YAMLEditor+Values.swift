package import Connectors

/// Values that are there become others.
extension YAMLEditor {
    /// Replaces the value at a path; of a list only the items that differ.
    ///
    /// - Throws: ``YAMLEditRefusal``, and then nothing was changed.
    package mutating func set(_ path: YAMLPath, to value: FieldValue) throws(YAMLEditRefusal) {
        let found = try find(path)
        guard isDifferent(value, at: path) else { return }
        try checkNoTemplate(value, at: found.node.start)
        let patches: [Patch]
        switch (found.node.form, value) {
        case (.mapping, _), (.alias, _): throw refusal(.notAValue(path), at: found.node.start)
        case (.sequence(let items, isFlow: false), .list(let texts)) where !texts.isEmpty:
            patches = try blockPatches(found, items, texts)
        case (.sequence(let items, isFlow: false), _):
            try checkReplaceable(found.node)
            patches = try clearing(found, items, Self.inline(value, like: nil))
        case (.sequence(let items, isFlow: true), .list(let texts)):
            patches = [try flowPatch(found.node, items, texts)]
        default:
            try checkReplaceable(found.node)
            patches = [try replacing(found, with: value, at: path)]
        }
        try commit(patches, .set(value), at: path)
    }

    private func isDifferent(_ value: FieldValue, at path: YAMLPath) -> Bool {
        let tree = documentTrees[path.document]
        return tree.applying(.set(value), at: path.steps[...]) != tree
    }

    /// On one line, as it can stand anywhere.
    static func inline(_ value: FieldValue, like style: YAMLLayout.Node.Style?) -> String {
        switch value {
        case .none: "null"
        case .boolean(let flag): flag ? "true" : "false"
        case .integer(let number): "\(number)"
        case .text(let text): YAMLText.scalar(text, like: style)
        case .list(let texts): "[\(texts.map { YAMLText.scalar($0, like: style) }.joined(separator: ", "))]"
        }
    }

    /// A scalar, nothing, or a list in brackets becomes something else.
    private func replacing(
        _ found: Found,
        with value: FieldValue,
        at path: YAMLPath
    ) throws(YAMLEditRefusal) -> Patch {
        let node = found.node
        switch node.form {
        case .scalar(_, let style):
            if style == .literal || style == .folded, hasComment(behind: node.start) {
                throw refusal(.commentInside, at: node.start)
            }
            if let block = blockList(value, in: found, at: path) {
                // Behind the colon, so that no space is left at the end of the line.
                return Patch(range: (found.entry?.colon ?? node.start)..<node.end, text: block)
            }
            return Patch(range: node.start..<node.end, text: Self.inline(value, like: style))
        case .absent:
            // `key:` and no more, or a dash and no more.
            return Patch(range: node.start..<node.start, text: " " + Self.inline(value, like: nil))
        default:
            // A list in brackets becomes nothing, or a text.
            if source.bytes[node.start..<node.end].contains(UInt8(ascii: "#")) {
                throw refusal(.commentInside, at: node.start)
            }
            return Patch(range: node.start..<node.end, text: Self.inline(value, like: nil))
        }
    }

    /// An item a line, where the mapping's other lists are written so, or the line would be too long.
    private func blockList(_ value: FieldValue, in found: Found, at path: YAMLPath) -> String? {
        guard case .list(let texts) = value, found.node.anchor == nil, let entry = found.entry, let colon = entry.colon,
            !found.isInFlow,
            !hasComment(behind: colon), let mapping = found.parents.last,
            let lines = blockLines(texts, in: mapping, column: column(of: entry.key.start))
        else { return nil }
        return lines.map { lineBreak + $0 }.joined()
    }

    /// The lines of a list below its key; `nil` where it is better written in brackets.
    func blockLines(_ texts: [String], in mapping: YAMLLayout.Node, column: Int) -> [String]? {
        guard !texts.isEmpty, case .mapping(let entries, isFlow: false) = mapping.form else { return nil }
        let lists = entries.map(\.value).filter {
            if case .sequence(let items, _) = $0.form { !items.isEmpty } else { false }
        }
        let sample = lists.last { !$0.isFlow }
        let isLong = Self.inline(.list(texts), like: nil).count > 90
        guard isLong || sample != nil && !lists.contains(where: \.isFlow) else { return nil }
        let own = entries.first.map { self.column(of: $0.key.start) } ?? column
        let offset = sample.map { max(0, self.column(of: $0.start) - own) } ?? 2
        let style = sample.flatMap(quoting)
        let indent = String(repeating: " ", count: column + offset)
        return texts.map { "\(indent)- \(YAMLText.scalar($0, like: style))" }
    }

    /// How all items of a list are quoted; `nil` where only those are that must be.
    private func quoting(_ list: YAMLLayout.Node) -> YAMLLayout.Node.Style? {
        guard case .sequence(let items, _) = list.form else { return nil }
        let styles = items.compactMap { item -> YAMLLayout.Node.Style? in
            guard case .scalar(_, let style) = item.node.form else { return nil }
            return style
        }
        guard let first = styles.first, styles.allSatisfy({ $0 == first }) else { return nil }
        return first
    }

    // MARK: Lists with an item a line

    private func blockPatches(
        _ found: Found,
        _ items: [YAMLLayout.Item],
        _ texts: [String]
    ) throws(YAMLEditRefusal) -> [Patch] {
        let old = items.map(\.node)
        let plan = ListPlan(from: old.map(Self.text), to: texts)
        let style = quoting(found.node)
        var patches: [Patch] = []
        for (index, text) in plan.replaced {
            try checkItem(old[index])
            patches.append(
                Patch(range: old[index].start..<old[index].end, text: YAMLText.scalar(text, like: old[index].style))
            )
        }
        for index in plan.removed {
            try checkItem(old[index])
            patches.append(try removingLines(from: items[index].mark, to: old[index].end))
        }
        for (place, texts) in plan.inserted {
            // The one before it, or else the one behind it, says how an item is written.
            guard let sample = items[safe: max(place, 0)] else { throw refusal(.unfaithful, at: found.node.start) }
            guard isFirst(sample.mark), isLast(sample.node.end) else { throw refusal(.sharedLine, at: sample.mark) }
            let indent = column(of: sample.mark)
            let space = sample.node.start - sample.mark - 1
            let dash = String(repeating: " ", count: indent) + "-" + String(repeating: " ", count: max(1, space))
            let lines = texts.map { dash + YAMLText.scalar($0, like: style) }
            if place < 0 {
                let start = lineStart(of: sample.mark)
                patches.append(Patch(range: start..<start, text: lines.map { $0 + lineBreak }.joined()))
            } else {
                patches.append(inserting(lines, behind: sample.node.end, indent: indent))
            }
        }
        return patches
    }

    private func checkItem(_ node: YAMLLayout.Node) throws(YAMLEditRefusal) {
        guard case .scalar(_, let style) = node.form, !node.hasTag else {
            if case .alias(let name) = node.form { throw refusal(.alias(name), at: node.start) }
            throw refusal(node.hasTag ? .tag : .sharedLine, at: node.start)
        }
        if style == .literal || style == .folded, hasComment(behind: node.start) {
            throw refusal(.commentInside, at: node.start)
        }
        try checkReplaceable(node)
    }

    private static func text(_ node: YAMLLayout.Node) -> String? {
        guard case .scalar(let scalar, _) = node.form, scalar.kind == .text else { return nil }
        return scalar.text
    }

    /// A list with an item a line becomes `[]` or nothing: the comments in it stay.
    private func clearing(
        _ found: Found,
        _ items: [YAMLLayout.Item],
        _ text: String
    ) throws(YAMLEditRefusal) -> [Patch] {
        guard let colon = found.entry?.colon, isLast(colon) else { throw refusal(.sharedLine, at: found.node.start) }
        guard found.node.anchor == nil else { throw refusal(.anchor(found.node.anchor ?? ""), at: found.node.start) }
        var patches = [Patch(range: colon..<colon, text: " " + text)]
        for item in items {
            try checkItem(item.node)
            patches.append(try removingLines(from: item.mark, to: item.node.end))
        }
        return patches
    }

    // MARK: Lists in brackets

    private func flowPatch(
        _ node: YAMLLayout.Node,
        _ items: [YAMLLayout.Item],
        _ texts: [String]
    ) throws(YAMLEditRefusal) -> Patch {
        let old = items.map(\.node)
        let plan = ListPlan(from: old.map(Self.text), to: texts)
        for index in plan.removed + plan.replaced.map(\.index) { try checkItem(old[index]) }
        let style = quoting(node)
        var pieces: [FlowPiece] = []
        for element in plan.result {
            switch element {
            case .kept(let index): pieces.append(.kept(index))
            case .replaced(let index, let text): pieces.append(.new(YAMLText.scalar(text, like: old[index].style)))
            case .inserted(let text): pieces.append(.new(YAMLText.scalar(text, like: style)))
            }
        }
        return try rebuilding(node, old.map { $0.start..<$0.end }, pieces)
    }

    /// What stands between brackets, put together again.
    enum FlowPiece {
        case kept(Int)
        case new(String)
    }

    /// - Parameter old: Where the items or pairs stand.
    func rebuilding(
        _ node: YAMLLayout.Node,
        _ old: [Range<Int>],
        _ pieces: [FlowPiece]
    ) throws(YAMLEditRefusal) -> Patch {
        let text = source.bytes
        let inner = node.start + 1..<node.end - 1
        let cuts = [inner.lowerBound] + old.map(\.upperBound)
        let ends = old.map(\.lowerBound) + [inner.upperBound]
        let gaps = zip(cuts, ends).map { $0 < $1 ? text[$0..<$1] : [] }
        guard !gaps.contains(where: { $0.contains(UInt8(ascii: "#")) }) else {
            throw refusal(.commentInside, at: node.start)
        }
        // An anchor or a tag stands there.
        guard gaps.allSatisfy({ $0.allSatisfy { [0x20, 0x09, 0x0A, 0x0D, UInt8(ascii: ",")].contains($0) } }) else {
            throw refusal(.sharedLine, at: node.start)
        }
        let between = gaps.count > 2 ? String(decoding: gaps[1], as: UTF8.self) : separator(gaps)
        var result = pieces.isEmpty || old.isEmpty ? "" : String(decoding: gaps[0], as: UTF8.self)
        var former: Int?
        for (number, piece) in pieces.enumerated() {
            if case .kept(let index) = piece {
                if number > 0 {
                    result += former == index - 1 ? String(decoding: gaps[index], as: UTF8.self) : between
                }
                result += String(decoding: text[old[index]], as: UTF8.self)
                former = index
            } else if case .new(let new) = piece {
                result += (number > 0 ? between : "") + new
                former = nil
            }
        }
        if !pieces.isEmpty, !old.isEmpty { result += String(decoding: gaps[gaps.count - 1], as: UTF8.self) }
        return Patch(range: inner, text: result)
    }

    /// Between two, where there was only one: on a line of its own where that one is.
    private func separator(_ gaps: [ArraySlice<UInt8>]) -> String {
        guard let lead = gaps.first, gaps.count > 1, lead.contains(0x0A) || lead.contains(0x0D) else { return ", " }
        return "," + String(decoding: lead, as: UTF8.self)
    }
}

extension YAMLLayout.Node {
    fileprivate var style: Style? {
        guard case .scalar(_, let style) = form else { return nil }
        return style
    }
}

extension Array {
    fileprivate subscript(safe index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}
