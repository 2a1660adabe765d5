import Foundation
import Laboratory
import TestSupport
import Testing

@Suite struct ExampleTests {
    /// The checkout's root, from which a reader runs the examples.
    static let project = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    private let mitregate = Program(in: ExampleTests.project)

    @Test(arguments: [
        "forced-tls-partner", "hospital", "service-provider",
    ])
    func `an example is valid`(name: String) async throws {
        let ending = try await mitregate("validate", "examples/\(name)")
        #expect(ending.code == 0 && ending.errors.isEmpty, "\(ending)")
        #expect(ending.output.contains("No errors"))
        let document = try await mitregate("validate", "examples/\(name)", "-o", "json").document("Validation")
        #expect(document["valid"] as? Bool == true && (document["errors"] as? [Any])?.isEmpty == true)
    }

    @Test func `the schemas next to the examples are those of the program`() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.path(percentEncoded: false)
            let ending = try await mitregate("schema", "--out", path)
            #expect(ending.code == 0 && ending.output.isEmpty)
            let schemas = Self.project.appending(path: "examples/schemas")
            let names = try FileManager.default.contentsOfDirectory(atPath: path).sorted()
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: schemas.path(percentEncoded: false)).sorted()
                    == names
            )
            for name in names {
                #expect(
                    try Data(contentsOf: folder.appending(path: name))
                        == Data(contentsOf: schemas.appending(path: name)),
                    "\(name): write it again with: mitregate schema --out examples/schemas"
                )
            }
            let any = try await mitregate("schema", "-o", "json")
            #expect(any.code == 0, "\(any)")
            #expect(
                try Data(contentsOf: schemas.appending(path: "definition.schema.json")) == Data(any.output.utf8)
            )
            let one = try await mitregate("schema", "OutboundConnector")
            #expect(
                try Data(contentsOf: schemas.appending(path: "outboundconnector.schema.json")) == Data(one.output.utf8)
            )
        }
    }

    @Test func `the modeline of each example finds its schema`() throws {
        let examples = Self.project.appending(path: "examples")
        let files =
            FileManager.default.enumerator(at: examples, includingPropertiesForKeys: nil)?.compactMap { $0 as? URL }
            ?? []
        let definitions = files.filter { $0.pathExtension == "yaml" && $0.lastPathComponent != "mitregate.yaml" }
        #expect(definitions.count >= 8)
        for file in definitions {
            let first = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").first ?? ""
            let schema = try #require(first.split(separator: "$schema=").last, "\(file.path())")
            let target = URL(filePath: String(schema), relativeTo: file.deletingLastPathComponent())
            #expect(
                FileManager.default.fileExists(atPath: target.path(percentEncoded: false)),
                "\(file.path()): \(first)"
            )
        }
    }

    @Test func `what is wrong is shown with its place in each format`() async throws {
        try await withTemporaryFolder { folder in
            let text = Sample.inbound("fabrikam", "From Fabrikam", "192.0.2.1").replacing(
                "requireTls",
                with: "requireTLS"
            )
            try Data(text.utf8).write(to: folder.appending(path: "fabrikam.yaml"))
            let program = Program(in: folder)
            let plain = try await program("validate", ".")
            #expect(plain.code == 1 && plain.errors.isEmpty)
            #expect(plain.output.contains("fabrikam.yaml:9:3: error: "))
            #expect(plain.output.contains("Did you mean \"requireTls\"?"))
            let json = try await program("validate", ".", "-o", "json")
            let errors = try json.document("Validation")["errors"] as? [[String: Any]]
            #expect(json.code == 1 && errors?.first?["id"] as? String == "unknown-key")
            #expect(errors?.first?["line"] as? Int == 9)
            let github = try await program("validate", ".", "-o", "github")
            #expect(github.code == 1 && github.output.hasPrefix("::error file=fabrikam.yaml,line=9,col=3,"))
            let sarif = try await program("validate", ".", "-o", "sarif")
            let log = try JSONSerialization.jsonObject(with: Data(sarif.output.utf8)) as? [String: Any]
            #expect(sarif.code == 1 && log?["version"] as? String == "2.1.0")
        }
    }

    @Test func `a folder without definitions is no error but is not passed over`() async throws {
        try await withTemporaryFolder { folder in
            let ending = try await Program(in: folder)("validate", ".")
            #expect(ending.code == 0 && ending.errors.contains("No definitions found here"))
        }
    }
}
