/// Documents come and go.
extension YAMLEditor {
    package var documentCount: Int { layout.documents.count }

    /// Takes out a document, with the comments in it, which are then in ``removedComments``.
    ///
    /// - Throws: `lastOne` where no other would be left: then the file is to be removed.
    package mutating func removeDocument(_ index: Int) throws(YAMLEditRefusal) {
        guard layout.documents.indices.contains(index) else {
            throw refusal(.notThere(YAMLPath(document: index, [])), at: 0)
        }
        let document = layout.documents[index]
        guard layout.documents.count > 1 else { throw refusal(.lastOne, at: document.start) }
        let all = layout.allDocuments
        guard !document.isSpecial, let place = all.firstIndex(where: { $0.start == document.start }) else {
            throw refusal(.specialDocument, at: document.start)
        }
        try checkReplaceable(document.root)
        let next = place + 1 < all.count ? all[place + 1] : nil
        if let next, next.isSpecial || !next.hasMark { throw refusal(.specialDocument, at: next.start) }
        if place > 0, all[place - 1].isSpecial { throw refusal(.specialDocument, at: document.start) }
        var end = source.bytes.count
        if let next { end = lineStart(of: next.start) }
        var start = document.hasMark ? lineStart(of: document.start) : 0
        if !document.hasMark, let next {
            start = headEnd(before: document.start)
            // The mark of the next document has nothing left to divide.
            if isLast(next.start + 3), !hasComment(behind: next.start), start == 0 { end = lineEnd(of: next.start) }
        }
        var expected = documentTrees
        expected.remove(at: index)
        try commit([Patch(range: start..<end, text: "")], expecting: expected, mayDropComments: true)
    }

    /// Behind the comments at the file's head that a blank line divides from the first document.
    private func headEnd(before document: Int) -> Int {
        var line = 0
        var head = 0
        while line < document {
            let end = lineEnd(of: line)
            guard end > line else { break }
            let isBlank = source.bytes[line..<end].allSatisfy { [0x0A, 0x0D, 0x20, 0x09].contains($0) }
            if isBlank { head = end }
            line = end
        }
        return head
    }

    /// Adds a document at the end.
    ///
    /// - Parameter text: One document of YAML with `\n` for line breaks, without `---`.
    package mutating func append(document text: String) throws(YAMLEditRefusal) {
        let new = YAMLEditor.trees(of: text)
        guard let new, new.count == 1 else { throw refusal(.unfaithful, at: source.bytes.count) }
        if layout.allDocuments.last?.isSpecial == true { throw refusal(.specialDocument, at: source.bytes.count) }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let body = (lines.last == "" ? Array(lines.dropLast()) : lines)
        let divider = layout.allDocuments.isEmpty ? [] : ["---"]
        let patch = inserting(divider + body, behind: source.bytes.count, indent: 0)
        let added = text.split(separator: "\n").contains { $0.contains("#") }
        try commit([patch], expecting: documentTrees + new, mayDropComments: false, mayAddComments: added)
    }

    private static func trees(of text: String) -> [YAMLTree]? {
        let findings = Findings(SourceText(path: "", bytes: Array(text.utf8)))
        var trees: [YAMLTree] = []
        YAMLReader.read(findings, limits: .definitions) { trees.append(YAMLTree($0.root)) }
        return findings.errors == 0 ? trees : nil
    }
}
