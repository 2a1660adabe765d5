import Connectors
import Testing
import YAML

/// A row for each way in which people write, and what one edit makes of it.
struct YAMLEditorTests {
    struct Case: CustomTestStringConvertible {
        let testDescription: String
        let before: String
        let edit: @Sendable (inout YAMLEditor) throws -> Void
        let after: String
        var removed: [String] = []

        init(
            _ description: String,
            _ before: String,
            removed: [String] = [],
            _ edit: @escaping @Sendable (inout YAMLEditor) throws -> Void,
            gives after: String
        ) {
            testDescription = description
            self.before = before
            self.removed = removed
            self.edit = edit
            self.after = after
        }
    }

    private static func set(_ path: YAMLPath, _ value: FieldValue) -> @Sendable (inout YAMLEditor) throws -> Void {
        { try $0.set(path, to: value) }
    }

    private static func remove(_ path: YAMLPath) -> @Sendable (inout YAMLEditor) throws -> Void {
        { try $0.remove(path) }
    }

    private static func insert(
        _ key: String,
        _ value: FieldValue,
        behind former: String?
    ) -> @Sendable (inout YAMLEditor) throws -> Void {
        { try $0.insert(key, value, in: root, behind: former) }
    }

    private static let root = YAMLPath(document: 0, [])
    private static let a = root.key("a")
    private static let list = root.key("list")

    static let scalars: [Case] = [
        Case("a word", "a: old\nb: 1\n", set(a, "new"), gives: "a: new\nb: 1\n"),
        Case("a comment behind it stays", "a: old   # why\n", set(a, "new"), gives: "a: new   # why\n"),
        Case("single quotes stay", "a: 'old'\n", set(a, "it's new"), gives: "a: 'it''s new'\n"),
        Case("double quotes stay", "a: \"old\"\n", set(a, "new"), gives: "a: \"new\"\n"),
        Case("what must be quoted is", "a: old\n", set(a, "*.new"), gives: "a: \"*.new\"\n"),
        Case("a word that could be a boolean is quoted", "a: old\n", set(a, "no"), gives: "a: \"no\"\n"),
        Case(
            "single quotes that cannot say it become double ones",
            "a: 'old'\n",
            set(a, "x\ny"),
            gives: "a: \"x\\ny\"\n"
        ),
        Case("a flag", "a: true # yes\n", set(a, false), gives: "a: false # yes\n"),
        Case("nothing becomes something", "a: null\n", set(a, "x"), gives: "a: x\n"),
        Case("something becomes nothing", "a: x\n", set(a, .none), gives: "a: null\n"),
        Case("an empty place is filled", "a:\nb: 1\n", set(a, "x"), gives: "a: x\nb: 1\n"),
        Case("CR LF stays", "a: old\r\nb: 1\r\n", set(a, "new"), gives: "a: new\r\nb: 1\r\n"),
        Case("a byte order mark stays", "\u{FEFF}a: old\n", set(a, "new"), gives: "\u{FEFF}a: new\n"),
        Case("no line break at the end stays so", "b: 1\na: old", set(a, "new"), gives: "b: 1\na: new"),
        Case(
            "letters of more bytes before it do not shift it",
            "ü: ñ # é\na: ö\n",
            set(a, "日"),
            gives: "ü: ñ # é\na: \"日\"\n"
        ),
        Case("a text over lines", "a: |\n  one\n  two\n\nb: 1\n", set(a, "x"), gives: "a: x\n\nb: 1\n"),
        Case("a folded text in quotes", "a: \"one\n  two\"\nb: 1\n", set(a, "x"), gives: "a: \"x\"\nb: 1\n"),
        Case("within braces", "{a: old, b: 1} # c\n", set(a, "new"), gives: "{a: new, b: 1} # c\n"),
        Case("an anchor without an alias stays", "a: &x old\n", set(a, "new"), gives: "a: &x new\n"),
        Case("the same value changes nothing", "a:   'x'\n", set(a, "x"), gives: "a:   'x'\n"),
        Case(
            "in the second document",
            "a: 1\n---\n# two\na: old\n",
            set(YAMLPath(document: 1, keys: "a"), "new"),
            gives: "a: 1\n---\n# two\na: new\n"
        ),
    ]

    static let lists: [Case] = [
        Case(
            "one of a list with an item a line",
            "list:\n  - x # 1\n  - u\n",
            set(list, ["z", "u"]),
            gives: "list:\n  - z # 1\n  - u\n"
        ),
        Case(
            "one more at the end",
            "list:\n  - x\n  - u # 2\nb: 1\n",
            set(list, ["x", "u", "z"]),
            gives: "list:\n  - x\n  - u # 2\n  - z\nb: 1\n"
        ),
        Case("one more before all", "list:\n  - x\n", set(list, ["w", "x"]), gives: "list:\n  - w\n  - x\n"),
        Case(
            "one less, and the comments on the others stay",
            "list:\n  # first\n  - x\n  - u\n  # last\n  - z\n",
            set(list, ["x", "z"]),
            gives: "list:\n  # first\n  - x\n  # last\n  - z\n"
        ),
        Case(
            "not indented",
            "list:\n- x\n- u\nb: 1\n",
            set(list, ["x", "u", "z"]),
            gives: "list:\n- x\n- u\n- z\nb: 1\n"
        ),
        Case("wide dashes", "list:\n  -   x\n", set(list, ["x", "u"]), gives: "list:\n  -   x\n  -   u\n"),
        Case(
            "quoted as the others",
            "list:\n  - 'x'\n  - 'u'\n",
            set(list, ["x", "u", "z"]),
            gives: "list:\n  - 'x'\n  - 'u'\n  - 'z'\n"
        ),
        Case(
            "at the end of a file without a line break",
            "list:\n  - x",
            set(list, ["x", "u"]),
            gives: "list:\n  - x\n  - u"
        ),
        Case(
            "the last of a file without a line break goes",
            "list:\n  - x\n  - u",
            set(list, ["x"]),
            gives: "list:\n  - x"
        ),
        Case("CR LF in a list", "list:\r\n  - x\r\n", set(list, ["x", "u"]), gives: "list:\r\n  - x\r\n  - u\r\n"),
        Case(
            "a comment that belongs to the last item stays with it",
            "list:\n  - x\n    # about x\nb: 1\n",
            set(list, ["x", "u"]),
            gives: "list:\n  - x\n    # about x\n  - u\nb: 1\n"
        ),
        Case(
            "emptied, with the comments kept",
            "list:\n  # why\n  - x\nb: 1\n",
            set(list, []),
            gives: "list: []\n  # why\nb: 1\n"
        ),
        Case("cleared", "list: # why\n  - x\nb: 1\n", set(list, .none), gives: "list: null # why\nb: 1\n"),
        Case(
            "in brackets, one more",
            "list: [x, u] # c\n",
            set(list, ["x", "u", "z"]),
            gives: "list: [x, u, z] # c\n"
        ),
        Case("in brackets, the first goes", "list: [x, u, z]\n", set(list, ["u", "z"]), gives: "list: [u, z]\n"),
        Case("in brackets, the last goes", "list: [ x,  u ]\n", set(list, ["x"]), gives: "list: [ x ]\n"),
        Case(
            "in brackets, one is another",
            "list: [x, 'u', z]\n",
            set(list, ["x", "w", "z"]),
            gives: "list: [x, 'w', z]\n"
        ),
        Case("brackets that were empty", "list: []\n", set(list, ["*.x"]), gives: "list: [\"*.x\"]\n"),
        Case("brackets that become empty", "list: [ x ]\n", set(list, []), gives: "list: []\n"),
        Case(
            "brackets over lines",
            "list: [\n  x,\n  u,\n]\n",
            set(list, ["x", "u", "z"]),
            gives: "list: [\n  x,\n  u,\n  z,\n]\n"
        ),
        Case(
            "brackets over lines, one goes",
            "list: [\n  x,\n  u,\n]\n",
            set(list, ["x"]),
            gives: "list: [\n  x,\n]\n"
        ),
        Case("nothing becomes a list", "list: null # c\n", set(list, ["x", "u"]), gives: "list: [x, u] # c\n"),
        Case(
            "nothing becomes a list as its neighbours are",
            "other:\n    - a\nlist: null\n",
            set(list, ["x", "u"]),
            gives: "other:\n    - a\nlist:\n    - x\n    - u\n"
        ),
        Case("a list becomes a text", "list: [x]\n", set(list, "x"), gives: "list: x\n"),
    ]

    static let fields: [Case] = [
        Case("behind another", "a: 1 # one\nb: 2\n", insert("c", "x", behind: "a"), gives: "a: 1 # one\nc: x\nb: 2\n"),
        Case("before all", "# head\na: 1\n", insert("c", "x", behind: nil), gives: "# head\nc: x\na: 1\n"),
        Case(
            "behind a list",
            "a:\n  - 1\n  # two\nb: 2\n",
            insert("c", true, behind: "a"),
            gives: "a:\n  - 1\n  # two\nc: true\nb: 2\n"
        ),
        Case("at an end without a line break", "a: 1", insert("c", "x", behind: "a"), gives: "a: 1\nc: x"),
        Case(
            "a list as its neighbours are",
            "a:\n- x\n",
            insert("c", ["u", "z"], behind: "a"),
            gives: "a:\n- x\nc:\n- u\n- z\n"
        ),
        Case("a list in brackets", "a: [x]\n", insert("c", ["u", "z"], behind: "a"), gives: "a: [x]\nc: [u, z]\n"),
        Case("within braces", "{a: 1}\n", insert("c", "x", behind: "a"), gives: "{a: 1, c: x}\n"),
        Case(
            "indented as its neighbours",
            "s:\n   a: 1\n",
            { try $0.insert("c", "x", in: root.key("s"), behind: "a") },
            gives: "s:\n   a: 1\n   c: x\n"
        ),
        Case(
            "a field goes with its line",
            "a: 1\nb: 2 # two\nc: 3\n",
            removed: ["# two"],
            remove(root.key("b")),
            gives: "a: 1\nc: 3\n"
        ),
        Case("a comment above stays", "# one\na: 1\nb: 2\n", remove(a), gives: "# one\nb: 2\n"),
        Case(
            "a list goes with all its lines",
            "b: 1\nlist:\n  # x is old\n  - x\n  - u\nc: 3\n",
            removed: ["# x is old"],
            remove(list),
            gives: "b: 1\nc: 3\n"
        ),
        Case("the last of a file without a line break", "a: 1\nb: 2", remove(root.key("b")), gives: "a: 1"),
        Case("out of braces", "{a: 1, b: 2, c: 3}\n", remove(root.key("b")), gives: "{a: 1, c: 3}\n"),
        Case("an item of a list", "list:\n  - x\n  - u\n", remove(list.item(0)), gives: "list:\n  - u\n"),
        Case("an item of brackets", "list: [x, u]\n", remove(list.item(1)), gives: "list: [x]\n"),
    ]

    static let documents: [Case] = [
        Case("the last", "a: 1\n---\n# two\nb: 2\n", removed: ["# two"], { try $0.removeDocument(1) }, gives: "a: 1\n"),
        Case("the middle", "a: 1\n---\nb: 2\n---\nc: 3\n", { try $0.removeDocument(1) }, gives: "a: 1\n---\nc: 3\n"),
        Case("the first", "a: 1\n---\nb: 2\n", { try $0.removeDocument(0) }, gives: "b: 2\n"),
        Case(
            "the first, and the comment on the file stays",
            "# Our partners.\n\n# one\na: 1\n---\nb: 2\n",
            removed: ["# one"],
            { try $0.removeDocument(0) },
            gives: "# Our partners.\n\n---\nb: 2\n"
        ),
        Case("the last without a line break", "a: 1\n---\nb: 2", { try $0.removeDocument(1) }, gives: "a: 1"),
        Case("one more", "a: 1\n", { try $0.append(document: "# two\nb: 2\n") }, gives: "a: 1\n---\n# two\nb: 2\n"),
        Case("one more, CR LF", "a: 1\r\n", { try $0.append(document: "b: 2\n") }, gives: "a: 1\r\n---\r\nb: 2\r\n"),
        Case("one more without a line break", "a: 1", { try $0.append(document: "b: 2\n") }, gives: "a: 1\n---\nb: 2"),
    ]

    @Test(arguments: scalars + lists + fields + documents)
    func `an edit changes what it is about and nothing else`(example: Case) throws {
        var editor = try YAMLEditor(path: "x.yaml", bytes: Array(example.before.utf8))
        try example.edit(&editor)
        #expect(String(decoding: editor.bytes, as: UTF8.self) == example.after)
        #expect(editor.removedComments == example.removed)
    }

    struct Refusal: CustomTestStringConvertible {
        let testDescription: String
        let text: String
        let edit: @Sendable (inout YAMLEditor) throws -> Void
        let reason: YAMLEditRefusal.Reason
        let line: Int

        init(
            _ description: String,
            _ text: String,
            _ edit: @escaping @Sendable (inout YAMLEditor) throws -> Void,
            _ reason: YAMLEditRefusal.Reason,
            line: Int
        ) {
            testDescription = description
            self.text = text
            self.edit = edit
            self.reason = reason
            self.line = line
        }
    }

    static let refusals: [Refusal] = [
        Refusal("an alias", "x: &x old\na: *x\n", set(a, "new"), .alias("x"), line: 2),
        Refusal("what stands behind an alias", "x: &x {y: 1}\na: *x\n", set(a.key("y"), "2"), .alias("x"), line: 2),
        Refusal("what an alias repeats", "a: &x old\nb: *x\n", set(a, "new"), .anchor("x"), line: 1),
        Refusal(
            "a part of what an alias repeats",
            "a: &x\n  y: 1\nb: *x\n",
            set(a.key("y"), "2"),
            .anchor("x"),
            line: 2
        ),
        Refusal(
            "an item that is an alias",
            "x: &x one\nlist:\n  - *x\n  - two\n",
            set(list, ["three"]),
            .alias("x"),
            line: 3
        ),
        Refusal(
            "an item that an alias repeats",
            "list:\n  - &x one\nb: *x\n",
            set(list, ["two"]),
            .anchor("x"),
            line: 2
        ),
        Refusal("a tag", "a: !!str old\n", set(a, "new"), .tag, line: 1),
        Refusal("a template", "a: ${NAME}\n", set(a, "new"), .template, line: 1),
        Refusal("a template in quotes", "a: \"{{ name }}\"\n", set(a, "new"), .template, line: 1),
        Refusal("a new value that a template would change", "a: old\n", set(a, "${HOME}"), .template, line: 1),
        Refusal(
            "brackets with a comment in them",
            "list: [\n  x, # one\n  y,\n]\n",
            set(list, ["y"]),
            .commentInside,
            line: 1
        ),
        Refusal(
            "a text over lines with a comment at its head",
            "a: | # why\n  x\nb: 1\n",
            set(a, "y"),
            .commentInside,
            line: 1
        ),
        Refusal(
            "a field that shares its line with a dash",
            "- a: 1\n  b: 2\n",
            remove(root.item(0).key("a")),
            .sharedLine,
            line: 1
        ),
        Refusal("the last field", "s:\n  a: 1\n", remove(root.key("s").key("a")), .lastOne, line: 2),
        Refusal("a key with a question mark", "? a\n: 1\nb: 2\n", remove(a), .unusualKey, line: 1),
        Refusal("what is not there", "b: 1\n", set(a, "x"), .notThere(a), line: 1),
        Refusal("what is there already", "a: 1\n", insert("a", "x", behind: nil), .isThere(a), line: 1),
        Refusal("a mapping for a value", "a: {b: 1}\n", set(a, "x"), .notAValue(a), line: 1),
        Refusal("the only document", "a: 1\n", { try $0.removeDocument(0) }, .lastOne, line: 1),
        Refusal(
            "a document behind a directive",
            "a: 1\n...\n%YAML 1.1\n---\nb: 2\n",
            { try $0.removeDocument(1) },
            .specialDocument,
            line: 3
        ),
        Refusal(
            "a text whose lines are kept to the end",
            "a: |+\n  x\n\nb: 1\n",
            insert("c", "y", behind: "a"),
            .unfaithful,
            line: 3
        ),
    ]

    @Test(arguments: refusals)
    func `what cannot be edited safely is refused, and stays`(example: Refusal) throws {
        var editor = try YAMLEditor(path: "x.yaml", bytes: Array(example.text.utf8))
        let error = #expect(throws: YAMLEditRefusal.self) { try example.edit(&editor) }
        #expect(error?.reason == example.reason)
        #expect(error?.position.line == example.line)
        let message = error?.message
        #expect(message?.isEmpty == false)
        #expect(String(decoding: editor.bytes, as: UTF8.self) == example.text)
    }

    @Test(arguments: [
        "a: [1\n", "a: 1\na: 2\n", "a: &x 1\nb: *y\n", "<<: {a: 1}\n", "a: \u{FF}: b:\n- c", "\t- x: y\n z",
    ])
    func `a file with errors is not edited`(text: String) {
        #expect(throws: YAMLEditRefusal.self) { try YAMLEditor(path: "x.yaml", bytes: Array(text.utf8)) }
    }

    @Test func `a file that is not UTF-8 is not edited`() {
        #expect(throws: YAMLEditRefusal.self) { try YAMLEditor(path: "x.yaml", bytes: [0x61, 0x3A, 0x20, 0xFF]) }
    }
}
