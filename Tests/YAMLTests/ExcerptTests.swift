import Testing
import YAML

struct ExcerptTests {
    private func excerpt(_ line: String, column: Int, length: Int = 1) -> Excerpt? {
        Excerpt(
            SourceText(path: "a", bytes: Array("first\n\(line)\nlast".utf8)),
            YAMLPlace(line: 2, column: column, length: length)
        )
    }

    @Test func `a line is shown with the place that is meant`() {
        #expect(excerpt("  key: value", column: 8, length: 5) == Excerpt(text: "  key: value", caret: 7, length: 5))
    }

    @Test func `a tab is one space, and what a terminal would act on is escaped`() {
        let shown = excerpt("\ta: \u{1B}[31mred\u{202E}", column: 2)
        #expect(shown == Excerpt(text: " a: \\u{1b}[31mred\\u{202e}", caret: 1, length: 1))
    }

    @Test func `a long line is cut on both sides of the place`() throws {
        let line = String(repeating: "a", count: 5_000) + "HERE" + String(repeating: "b", count: 5_000)
        let shown = try #require(excerpt(line, column: 5_001, length: 4))
        #expect(shown.text.count <= 74)
        #expect(shown.text.dropFirst(shown.caret).prefix(4) == "HERE")
        #expect(shown.text.hasPrefix("…a") && shown.text.hasSuffix("b…"))
    }

    @Test(arguments: [0, 1, 6, 7, 500])
    func `a place beyond the line is shown at its end`(column: Int) throws {
        let shown = try #require(excerpt("short", column: column, length: 900))
        #expect(shown.caret <= 5 && shown.length <= 100)
    }

    @Test func `a place beyond the file, or the file as a whole, has no line`() {
        let source = SourceText(path: "a", bytes: Array("one".utf8))
        #expect(Excerpt(source, YAMLPlace(line: 3, column: 1)) == nil)
        #expect(Excerpt(source, .file) == nil)
    }

    @Test(arguments: [
        ("a\nb\r\nc\rd", [0, 2, 5, 7]), ("", [0]), ("\n", [0, 1]),
        ("a\u{85}b\u{2028}c\u{2029}d", [0, 3, 7, 11]),
    ])
    func `lines end where libyaml ends them`(text: String, starts: [Int]) {
        #expect(SourceText(path: "a", bytes: Array(text.utf8)).lineStarts == starts)
    }
}
