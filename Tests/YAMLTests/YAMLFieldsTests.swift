import Testing
import YAML

/// Typed access: what the operator's file and the definitions are both read with.
struct YAMLFieldsTests {
    private enum Word: String, CaseIterable {
        case apply
        case propose
    }

    /// Reads with every accessor, and gives what was found.
    private func found(_ text: String) -> (values: [String], diagnostics: [Diagnostic]) {
        let findings = Findings(SourceText(path: "a.yaml", bytes: Array(text.utf8)))
        var values: [String] = []
        YAMLReader.read(findings, limits: .configuration) { document in
            guard let fields = YAMLFields(document.root, "spec", findings) else { return }
            if let text = fields.text("text") { values.append(text) }
            if let flag = fields.boolean("flag") { values.append("\(flag)") }
            if let number = fields.integer("number", in: 1...100) { values.append("\(number)") }
            if let word = fields.choice("word", as: Word.self) { values.append(word.rawValue) }
            values += fields.texts("texts")?.map(\.text) ?? []
            values += fields.textMap("map").map { "\($0.key)=\($0.text)" }
            if let inner = fields.fields("inner") { inner.reportUnknownKeys() }
            fields.reportUnknownKeys(reserved: ["status": "the tenant says it"])
        }
        return (values, findings.diagnostics)
    }

    @Test func `values of the right type are read`() {
        let text = "{text: a, flag: true, number: 7, word: APPLY, texts: [x, \"1\"], map: {k: v}, inner: {}}"
        let (values, diagnostics) = found(text)
        #expect(values == ["a", "true", "7", "apply", "x", "1", "k=v"])
        #expect(diagnostics == [])
    }

    @Test(arguments: [
        ("- a\n", "1:1 wrong-type", "Write keys with values below it"),
        ("text: 12\n", "1:7 wrong-type", "Put it in quotes: \"12\"."),
        ("text: no\n", "1:7 wrong-type", "Put it in quotes: \"no\"."),
        ("text: 1e3\n", "1:7 wrong-type", "quotes"),
        ("text: [a]\n", "1:7 wrong-type", "Write one value"),
        ("text: null\n", "1:7 wrong-type", "quotes"),
        ("text:\n", "1:1 empty-value", "write null where nothing is meant"),
        ("flag: yes\n", "1:7 wrong-type", "Write true: YAML 1.2"),
        ("flag: OFF\n", "1:7 wrong-type", "Write false: YAML 1.2"),
        ("flag: \"true\"\n", "1:7 wrong-type", "Remove the quotation marks."),
        ("flag: 1\n", "1:7 wrong-type", "Write true or false."),
        ("number: 010\n", "1:9 wrong-type", "without leading zeros"),
        ("number: 0x10\n", "1:9 wrong-type", "whole number"),
        ("number: 1.0\n", "1:9 wrong-type", "whole number"),
        ("number: 99999999999999999999\n", "1:9 wrong-type", "whole number"),
        ("number: 101\n", "1:9 out-of-range", "Write a number in that range."),
        ("word: aply\n", "1:7 unknown-word", "Did you mean \"apply\"? Write one of apply, propose."),
        ("texts: a.example\n", "1:8 wrong-type", "Write [a.example]."),
        ("map: {a: 1}\n", "1:10 wrong-type", "quotes"),
        ("txet: a\n", "1:1 unknown-key", "Did you mean \"text\"?"),
        ("status: a\n", "1:1 reserved-field", "Remove the line."),
        ("inner: {a: b}\n", "1:9 unknown-key", "Remove it"),
    ])
    func `what is wrong has its place, its rule and what to do`(text: String, place: String, remedy: String) throws {
        let (values, diagnostics) = found(text)
        #expect(values == [])
        #expect(diagnostics.map(short) == [place])
        #expect(try #require(diagnostics.first).remedy.contains(remedy))
    }
}
