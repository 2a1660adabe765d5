import Definitions
import Foundation
import Testing

struct SchemaTests {
    @Test(arguments: DefinitionSchemas.all())
    func `the committed schemas are what the tables say`(name: String, json: String) throws {
        let file = examples.appending(path: "schemas/\(name)")
        if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] != nil {
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            try Data(json.utf8).write(to: file)
        }
        #expect(try String(contentsOf: file, encoding: .utf8) == json)
        #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(json.utf8)) }
    }

    @Test func `there is a schema for any kind, and one for each`() {
        #expect(
            DefinitionSchemas.all().map(\.name) == [
                "definition.schema.json", "outboundconnector.schema.json", "inboundconnector.schema.json",
                "transportrule.schema.json", "forcedtlspartner.schema.json", "waiver.schema.json",
                "accepteddrift.schema.json", "templateinstance.schema.json", "template.schema.json",
                "tombstone.schema.json",
            ]
        )
    }

    @Test(
        .enabled(if: Python.hasValidator, "needs python3 with jsonschema and yaml (python3-jsonschema, python3-yaml)")
    )
    func `another validator accepts every example and refuses what is wrong`() throws {
        let (status, output) = try Python.run(
            Python.script,
            arguments: [examples.path]
        )
        #expect(status == 0, "\(output)")
    }
}

/// Asks Python's jsonschema, a second reader of the schemas.
enum Python {
    static let hasValidator = (try? run("import jsonschema, yaml", arguments: []).status) == 0

    static func run(_ script: String, arguments: [String]) throws -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", "-c", script] + arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: output, as: UTF8.self))
    }

    static let script = """
        import glob, json, os, re, sys, yaml, jsonschema
        root = sys.argv[1]
        # Dates stay text, as they do in YAML 1.2.
        class Loader(yaml.SafeLoader): pass
        Loader.yaml_implicit_resolvers = {k: [r for r in v if r[0] != "tag:yaml.org,2002:timestamp"]
                                          for k, v in yaml.SafeLoader.yaml_implicit_resolvers.items()}
        def validator(path):
            schema = json.load(open(path))
            jsonschema.Draft7Validator.check_schema(schema)
            return jsonschema.Draft7Validator(schema)
        schemas = {os.path.basename(p): validator(p) for p in glob.glob(root + "/schemas/*.json")}
        seen = 0
        for path in glob.glob(root + "/**/*.yaml", recursive=True):
            if path.endswith("/mitregate.yaml"): continue
            text = open(path).read()
            line = re.match("# yaml-language-server: [$]schema=(.*)", text)
            assert line, path + " has no modeline"
            modeline = os.path.normpath(os.path.join(os.path.dirname(path), line.group(1)))
            assert os.path.exists(modeline), path + " points at no schema"
            for document in yaml.load_all(text, Loader):
                seen += 1
                own = [os.path.basename(modeline)]
                # In a template's file placeholders stand for values, which only its own schema knows.
                if "/templates/" not in path:
                    own += ["definition.schema.json", document["kind"].lower() + ".schema.json"]
                for name in own:
                    for error in schemas[name].iter_errors(document):
                        sys.exit(path + " " + name + ": " + error.message)
        assert seen >= 14, seen
        base = {"apiVersion": "mitregate.dev/v1", "kind": "OutboundConnector", "metadata": {"name": "x"}, "spec": {}}
        wrong = [{"kind": "Outbound"}, {"metadata": {"name": "X Y"}}, {"spec": {"tlsSetings": None}},
                 {"spec": {"enabled": "yes"}}, {"spec": {"tlsSettings": "Strict"}}, {"status": {}}, {"metadata": {}},
                 {"metadata": {"name": "x", "annotations": {"mitregate.dev/prune": "yes"}}},
                 {"metadata": {"name": "x", "annotations": {"mitregate.dev/prun": "disabled"}}},
                 {"spec": {"recipientDomains": "a.example"}}, {"spec": {"recipientDomains": ["a*.example"]}},
                 {"kind": "ForcedTLSPartner", "spec": {"domains": ["a.example"]}}, {"kind": "Waiver"}, {"apiVersion": "v1"}]
        assert schemas["definition.schema.json"].is_valid(base)
        template = {"apiVersion": "mitregate.dev/v1", "kind": "Template", "metadata": {"name": "x"},
                    "spec": {"parameters": {"a": {"type": "boolean", "default": True}, "b": {"type": "domain", "list": True}}}}
        forced = {**base, "spec": {"enabled": "${a}", "recipientDomains": "${b}", "tlsSettings": "${c}", "comment": "x ${d}"}}
        strict, loose = schemas["definition.schema.json"], schemas["template.schema.json"]
        assert strict.is_valid(template) and loose.is_valid(template)
        assert loose.is_valid(forced) and not strict.is_valid(forced)
        for spec in [{"parameters": {"A": {"type": "domain"}}}, {"parameters": {"a": {"type": "host"}}}, {"parameters": {"a": {}}},
                     {"values": {}}]:
            assert not loose.is_valid({**template, "spec": spec}), spec
        assert not loose.is_valid({**forced, "kind": "TemplateInstance", "spec": {"template": "x"}})
        for spec in [{"enabled": "yes"}, {"tlsSetings": "${a}"}, {"recipientDomains": "a.example"}]:
            assert not loose.is_valid({**base, "spec": spec}), spec
        instance = {**base, "kind": "TemplateInstance"}
        assert strict.is_valid({**instance, "spec": {"template": "x", "values": {"a": True, "b": ["x"], "c": 1}}})
        for spec in [{}, {"template": "X Y"}, {"template": "x", "values": {"a": {}}}, {"template": "x", "value": {}}]:
            assert not strict.is_valid({**instance, "spec": spec}), spec
        for change in wrong:
            assert not schemas["definition.schema.json"].is_valid({**base, **change}), change
        """
}
