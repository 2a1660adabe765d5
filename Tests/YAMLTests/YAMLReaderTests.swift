import Testing
import YAML

/// The layer below the definitions, on which the operator's file stands too.
struct YAMLReaderTests {
    private func documents(
        _ text: String,
        limits: YAMLLimits = .definitions
    ) -> (roots: [YAMLNode], found: [String]) {
        bytes(Array(text.utf8), limits: limits)
    }

    private func bytes(_ bytes: [UInt8], limits: YAMLLimits = .definitions) -> (roots: [YAMLNode], found: [String]) {
        let findings = Findings(SourceText(path: "a.yaml", bytes: bytes))
        var roots: [YAMLNode] = []
        YAMLReader.read(findings, limits: limits) { roots.append($0.root) }
        return (roots, findings.diagnostics.map(short))
    }

    private func value(_ node: YAMLNode, _ key: String) -> YAMLNode? {
        guard case .mapping(let mapping) = node.value else { return nil }
        return mapping[key]?.value
    }

    @Test func `every value knows its place, counted in characters`() throws {
        let root = try #require(documents("ä: {b: \"ü\", c: [1, äö]}\n").roots.first)
        let inner = try #require(value(root, "ä"))
        #expect(inner.place == YAMLPlace(line: 1, column: 4, length: 1))
        let list = try #require(value(inner, "c"))
        guard case .sequence(let items) = list.value else {
            Issue.record("no list")
            return
        }
        #expect(items.map(\.place) == [YAMLPlace(line: 1, column: 17), YAMLPlace(line: 1, column: 20, length: 2)])
    }

    @Test func `an alias stands where it is written, and what is in it where the anchor is`() throws {
        let root = try #require(documents("a: &x\n  - one\nb: *x\n").roots.first)
        let alias = try #require(value(root, "b"))
        #expect(alias.place == YAMLPlace(line: 3, column: 4, length: 2))
        guard case .sequence(let items) = alias.value else {
            Issue.record("no list")
            return
        }
        #expect(items.map(\.place) == [YAMLPlace(line: 2, column: 5, length: 3)])
    }

    @Test(arguments: [
        ("a: 1\nb: 2\na: 3\n", ["3:1 duplicate-key"]),
        ("a: {b: 1, b: 2, b: 3}\na: 1\n", ["1:11 duplicate-key", "1:17 duplicate-key", "2:1 duplicate-key"]),
        ("x: &x {a: 1}\ny:\n  <<: *x\n", ["3:3 yaml-merge-key"]),
        ("a: *missing\n", ["1:4 yaml-alias"]),
        ("a: &a [*a]\n", ["1:8 yaml-alias"]),
        ("a: &a 1\n---\nb: *a\n", ["3:4 yaml-alias"]),
        ("[a]: 1\n", ["1:1 yaml-key"]),
        ("a: !include secret.yaml\n", ["1:4 yaml-tag"]),
        ("a: !!str 12\nb: !!int 12\n", []),
        ("a: [1, 2\n", ["2:1 yaml-syntax"]),
        ("a: b: c\n", ["1:5 yaml-syntax"]),
        ("\ta: b\n", ["1:1 yaml-syntax"]),
        ("a: *.contoso.com\n", ["1:5 yaml-syntax"]),
        ("a: \"\\q\"\n", ["1:5 yaml-syntax"]),
        ("a: \u{7}b\n", ["1:4 yaml-syntax"]),
        ("\u{FEFF}a: b\n", []),
        ("", []), ("# nothing\n", []), ("---\n---\n", []), ("--- \n...\n", []),
    ])
    func `what no mapping here may hold is named with its place`(text: String, found: [String]) {
        #expect(documents(text).found == found)
    }

    @Test(arguments: [0, 23, 24, 29])
    func `a key that stands twice is found in a long mapping too`(number: Int) {
        let text = (0..<30).map { "k\($0): 1\n" }.joined() + "k\(number): 2\n"
        #expect(documents(text).found == ["31:1 duplicate-key"])
    }

    @Test func `after an error of syntax the next document is read, and its lines are counted on`() {
        let (roots, found) = documents("a: [\n---\nb: 1\n---\nc: \"\n---\nd: 2\n")
        #expect(roots.map(\.place.line) == [3, 7])
        #expect(found.count == 2)
        #expect(documents("a: [\n---\nb: 1\nb: 2\n").found == ["2:1 yaml-syntax", "4:1 duplicate-key"])
    }

    @Test func `the line of an error is that of the file, wherever reading went on`() {
        #expect(documents("é: }\n---\nx: }\n---\ny: {a: 1, a: 2}\n").found.last == "5:11 duplicate-key")
    }

    @Test(
        arguments: [
            ([0x61, 0x3A, 0x20, 0xFF, 0x0A], "1:4 invalid-utf8"),
            ([0x61, 0x0A, 0xC3], "2:1 invalid-utf8"),
            ([0xED, 0xA0, 0x80], "1:1 invalid-utf8"),
            ([0xC0, 0x80], "1:1 invalid-utf8"),
            ([0xF5, 0x80, 0x80, 0x80], "1:1 invalid-utf8"),
            ([0xFF, 0xFE, 0x61, 0x00], "1:1 invalid-utf8"),
        ] as [([UInt8], String)]
    )
    func `a file that is not UTF-8 is refused, with the place of the first wrong byte`(bytes: [UInt8], found: String) {
        #expect(self.bytes(bytes).found == [found])
    }

    @Test func `a NUL is an error and no end of file`() {
        #expect(bytes([0x61, 0x3A, 0x20, 0x00, 0x62]).found == ["1:4 yaml-syntax"])
    }

    @Test func `aliases of aliases are counted as if they were written out`() {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...12 {
            let alias = "*a\(level - 1)"
            text += "a\(level): &a\(level) [\(Array(repeating: alias, count: 10).joined(separator: ", "))]\n"
        }
        #expect(documents(text).found.map { $0.split(separator: " ")[1] } == ["document-too-complex"])
    }

    @Test func `a long text counts as much as it would take, however often it is named`() {
        let text =
            "a: &a \(String(repeating: "x", count: 100_000))\nb: [\(Array(repeating: "*a", count: 1_000).joined(separator: ", "))]\n"
        #expect(documents(text).found.map { $0.split(separator: " ")[1] } == ["document-too-complex"])
    }

    @Test func `a flood of directives is refused before it is read`() {
        let text = (0..<20_000).map { "%TAG !\($0)! x\n" }.joined() + "---\na: 1\n"
        #expect(documents(text).found == ["101:1 too-many-directives"])
        #expect(documents("a: \"\n%TAG\n%TAG\"\n").found == [])
    }

    @Test(arguments: ["[", "{a: ", "- "])
    func `what is nested too deep is refused`(opening: String) {
        let text = String(repeating: opening, count: 50_000)
        #expect(documents(text).found.map { $0.split(separator: " ")[1] } == ["document-too-deep"])
    }

    @Test func `a document or a file that is too large is refused, and the next document is read`() {
        let limits = YAMLLimits(fileSize: 400, documentSize: 100, depth: 8, nodes: 100)
        let long = String(repeating: "- x\n", count: 60)
        let (roots, found) = documents("\(long)---\na: 1\n", limits: limits)
        #expect(roots.count == 1)
        #expect(found.map { $0.split(separator: " ")[1] } == ["document-too-large"])
        #expect(documents(String(repeating: "- x\n", count: 101), limits: limits).found == ["0:0 file-too-large"])
    }

    @Test func `a file full of errors is reported up to a limit`() {
        let (_, found) = documents(String(repeating: "---\na: }\n", count: 5_000))
        #expect(found.count == ReadingBudget.maximumErrors + 1)
    }

    @Test func `a byte order mark before the file is passed over, and places are counted without it`() throws {
        let (roots, found) = bytes([0xEF, 0xBB, 0xBF] + Array("a: 1\nb: }\n".utf8))
        #expect(found == ["2:4 yaml-syntax"])
        #expect(roots.isEmpty)
        let root = try #require(bytes([0xEF, 0xBB, 0xBF] + Array("a: 1\n".utf8)).roots.first)
        #expect(try #require(value(root, "a")).place == YAMLPlace(line: 1, column: 4))
        #expect(SourceText(path: "a", bytes: [0xEF, 0xBB, 0xBF, 0x61]).hasByteOrderMark)
        #expect(!SourceText(path: "a", bytes: [0x61]).hasByteOrderMark)
    }

    @Test func `a file that must hold one document says so when it does not`() {
        func one(_ text: String) -> [String] {
            let findings = Findings(SourceText(path: "a.yaml", bytes: Array(text.utf8)))
            _ = YAMLReader.readOne(findings, limits: .configuration)
            return findings.diagnostics.map(short)
        }
        #expect(one("a: 1\n") == [])
        #expect(one("a: 1\n---\nb: 1\n") == ["3:1 several-documents"])
        #expect(one("# nothing\n") == ["0:0 empty-file"])
    }
}
