import Foundation
import Laboratory
import Testing

/// Python's jsonschema.
enum Validator {
    static let isAtHand: Bool = {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/python3")
        process.arguments = ["-c", "import jsonschema"]
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }()

    /// What of a document is not as the schema says; members that the schema does not name count, too.
    static func problems(of document: String, by schema: URL, in folder: URL) async throws -> String {
        let file = folder.appending(path: "document.json")
        try Data(document.utf8).write(to: file)
        let python = Program("/usr/bin/python3", in: folder)
        let paths = [schema, file].map { $0.path(percentEncoded: false) }
        let ending = try await python.run(["-c", script] + paths)
        return ending.output + ending.errors
    }

    private static let script = """
        import json, sys, jsonschema
        schema = json.load(open(sys.argv[1]))
        jsonschema.Draft7Validator.check_schema(schema)
        def close(node):
            if isinstance(node, dict):
                if "properties" in node and "additionalProperties" not in node: node["additionalProperties"] = False
                for value in list(node.values()): close(value)
            elif isinstance(node, list):
                for value in node: close(value)
        close(schema)
        for error in jsonschema.Draft7Validator(schema).iter_errors(json.load(open(sys.argv[2]))):
            best = jsonschema.exceptions.best_match([error])
            print("/".join(map(str, best.absolute_path)), best.message[:300])
        """

    /// Holds a command's answer to the schema that the program prints for its kind.
    static func hold(
        _ ending: Program.Ending,
        to kind: String,
        of program: Program,
        at location: SourceLocation = #_sourceLocation
    ) async throws {
        _ = try ending.document(kind, at: location)
        let schema = program.folder.appending(path: "\(kind).schema.json")
        try Data(try await program("schema", "--outputs", kind).output.utf8).write(to: schema)
        let problems = try await problems(of: ending.output, by: schema, in: program.folder)
        #expect(problems.isEmpty, "\(kind): \(problems)", sourceLocation: location)
    }
}
