import Definitions
import Foundation
import Reports

/// Where an editor finds the JSON Schemas of definitions.
enum SchemaFolder {
    /// The folder from one with definitions: the `schemas` that a folder above already has, up to the repository's root, else
    /// one of its own.
    static func relative(to folder: String) -> String {
        var place = URL(filePath: folder, directoryHint: .isDirectory).standardizedFileURL
        var path = DefinitionWriter.schemas
        for _ in 0..<16 {
            if has(place.appending(path: "\(DefinitionWriter.schemas)/\(sample)")) { return path }
            guard !has(place.appending(path: ".git")), place.path(percentEncoded: false) != "/" else { break }
            place = place.deletingLastPathComponent()
            path = "../" + path
        }
        return DefinitionWriter.schemas
    }

    static func write(to folder: URL) throws { try write(DefinitionSchemas.all(), to: folder) }

    static func writeOutputs(to folder: URL) throws { try write(OutputSchemas.all(), to: folder) }

    private static func write(_ schemas: [(name: String, json: String)], to folder: URL) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for schema in schemas {
            try Data(schema.json.utf8).write(to: folder.appending(path: schema.name))
        }
    }

    private static let sample = DefinitionSchemas.fileName(.outboundConnector)

    private static func has(_ file: URL) -> Bool {
        FileManager.default.fileExists(atPath: file.path(percentEncoded: false))
    }
}
