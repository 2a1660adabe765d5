import Connectors
import Definitions
import Testing
import YAML

/// What every document must be, whatever its kind.
struct DocumentTests {
    @Test(arguments: [
        ("[]\n", ["1:1 wrong-type"]),
        ("hello\n", ["1:1 wrong-type"]),
        ("{}\n", ["1:1 missing-key", "1:1 missing-key", "1:1 missing-key", "1:1 missing-key"]),
        (
            "apiVersion: v1\nkind: OutboundConector\nmetadata: {name: x}\nspec: {}\n",
            ["1:13 api-version", "2:7 unknown-kind"]
        ),
        ("apiVersion: mitregate.dev/v1\nkind: Configuration\nmetadata: {name: x}\nspec: {}\n", ["2:7 unknown-kind"]),
        (
            "apiVersion: mitregate.dev/v2\nkind: Waiver\nmetadata: []\nspec:\n",
            ["1:13 api-version", "3:11 wrong-type", "4:1 empty-value"]
        ),
        (
            "apiVersion: mitregate.dev/v1\nkind: 1\nmetadata: {name: x}\nspec: {}\nstatus: {}\nsepc: {}\n",
            ["2:7 wrong-type", "5:1 reserved-field", "6:1 unknown-key"]
        ),
    ])
    func `a document that is none says all that it lacks`(text: String, found: [String]) {
        #expect(short(read(text)) == found)
    }

    @Test(arguments: [
        ("{name: fabrikam}", []),
        ("{name: Fabrikam GmbH}", ["4:18 slug-syntax"]),
        ("{name: -a}", ["4:18 slug-syntax"]),
        ("{name: 12}", ["4:18 wrong-type"]),
        ("{name: \"12\"}", []),
        ("{}", ["4:11 missing-key"]),
        ("{name: x, lables: {a: b}}", ["4:21 unknown-key"]),
        ("{name: x, labels: {a: 1}}", ["4:33 wrong-type"]),
        ("{name: x, labels: {a b: c}}", ["4:30 label-syntax"]),
        ("{name: x, labels: {mitregate.dev/prune: disabled}}", ["4:30 unknown-annotation"]),
        ("{name: x, labels: {a: \"\\u202e\"}}", ["4:33 control-character"]),
        ("{name: x, annotations: {mitregate.dev/prune: disabled}}", []),
        ("{name: x, annotations: {mitregate.dev/prune: enabled}}", ["4:56 annotation-value"]),
        ("{name: x, annotations: {mitregate.dev/prune: yes}}", ["4:56 wrong-type"]),
        ("{name: x, annotations: {mitregate.dev/adopt: disabled}}", ["4:56 annotation-value"]),
        ("{name: x, annotations: {mitregate.dev/accept-risk: \" \"}}", ["4:62 annotation-value"]),
        ("{name: x, annotations: {mitregate.dev/acceptrisk: why}}", ["4:35 unknown-annotation"]),
        ("{name: x, annotations: {example.com/any: thing}}", []),
    ])
    func `metadata is checked`(metadata: String, found: [String]) {
        let text = """
            apiVersion: mitregate.dev/v1
            kind: OutboundConnector
            # the line that is meant
            metadata: \(metadata)
            spec: {recipientDomains: [a.example], enabled: true}
            """
        #expect(short(read(text)) == found)
    }

    @Test func `a wrong slug is given back as a right one`() throws {
        let set = read(
            outbound("", name: "Fabrikam (forced TLS)").replacing("[Fabrikam (forced TLS).example]", with: "[a.b]")
        )
        #expect(
            set.diagnostics.first?.remedy == "Write \"fabrikam-forced-tls\" here, and what people read as spec.name."
        )
    }

    @Test func `the nearest kind and annotation are named`() {
        let text = outbound("").replacing("OutboundConnector", with: "OutboundConector")
            .replacing("  name: fabrikam", with: "  name: fabrikam\n  annotations: {mitregate.dev/acceptrisk: x}")
        #expect(
            read(text).diagnostics.map(\.remedy)
                == ["Did you mean \"OutboundConnector\"?", "Did you mean \"mitregate.dev/accept-risk\"?"]
        )
    }

    @Test func `every document of a file is read, and every error is told`() {
        let set = read(
            outbound("  a: 1", name: "one") + "---\n" + outbound("  useMXRecord: maybe", name: "two") + "---\n"
                + "---\n# no document\n"
        )
        #expect(set.documents == 2)
        #expect(short(set) == ["9:3 unknown-key", "19:16 wrong-type"])
        #expect(set.hasErrors)
    }

    @Test func `a fine document gives what it says, with its places`() throws {
        let set = read(outbound("  tlsSettings: EncryptionOnly\n  comment: null"), path: "tenants/a.yml")
        #expect(set.diagnostics == [])
        let connector = try #require(set.desired.connectors.first)
        #expect(connector.key == ConnectorKey(kind: .outboundConnector, name: "fabrikam"))
        #expect(connector.displayName == "fabrikam")
        #expect(connector.settings["recipientDomains"] == ["fabrikam.example"])
        #expect(connector.settings["comment"] == FieldValue.none)
        #expect(connector.settings["useMXRecord"] == nil)
        #expect(connector.source == SourcePosition(file: "tenants/a.yml", line: 1, column: 1))
        #expect(connector.fieldSources["tlsSettings"] == SourcePosition(file: "tenants/a.yml", line: 9, column: 3))
    }

    @Test func `files that are no definitions are passed over`() {
        let fine = outbound("")
        let set = read([
            "a.yaml": fine, "b.YML": outbound("", name: "b"), "README.md": "# hello: [", ".github/ci.yaml": "{",
            ".pre-commit.yaml": "{", "x/.hidden/a.yaml": "{", "yaml": "{", "data.json": "{",
            // A letter that makes one character with what follows it.
            "\u{D4E}.yml": outbound("", name: "c"),
        ])
        #expect(set.files == 3)
        #expect(set.documents == 3)
        #expect(!set.hasErrors)
    }

    @Test(arguments: ["a\u{1B}[2J.yaml", "a\u{202E}lmay.yaml", "../a.yaml", "/etc/a.yaml", "x//a.yaml", "a\n.yaml"])
    func `a path that hides what it is, or leads out, is refused and never printed raw`(path: String) {
        let set = read(outbound(""), path: path)
        #expect(set.diagnostics.map(\.rule) == ["path-name"])
        for format in [DiagnosticFormat.text, .github] {
            let text = DiagnosticReport(set).render(format)
            #expect(!text.unicodeScalars.contains { $0 != "\n" && $0.isTreacherous })
        }
    }

    @Test func `too many files are refused at once`() {
        let file = DefinitionFile(path: "a.yaml", bytes: [])
        let set = DefinitionReader.read(Array(repeating: file, count: DefinitionReader.maximumFiles + 1), now: now)
        #expect(set.diagnostics.map(\.rule) == ["too-many-files"])
    }
}
