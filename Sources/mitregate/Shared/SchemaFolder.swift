import Definitions
import Foundation
import Reports

/// Where an editor finds the JSON Schemas of definitions.
enum SchemaFolder {
    /// Where the schemas of a folder's definitions are.
    struct Place {
        /// From the folder.
        let path: String
        /// The folder to write them into; `nil` where they are.
        let missing: String?
    }

    /// The `schemas` that a folder above already has, up to the repository's top; else one at the top of the repository, or of
    /// the folder's own where none is named.
    static func place(for folder: String, in repository: String?) -> Place {
        if let found = existing(from: folder) { return Place(path: found, missing: nil) }
        guard let repository else {
            return Place(path: DefinitionWriter.schemas, missing: "\(folder)/\(DefinitionWriter.schemas)")
        }
        let depth = folder.dropFirst(repository.count).split(separator: "/").count
        return Place(
            path: String(repeating: "../", count: depth) + DefinitionWriter.schemas,
            missing: "\(repository)/\(DefinitionWriter.schemas)"
        )
    }

    private static func existing(from folder: String) -> String? {
        var place = URL(filePath: folder, directoryHint: .isDirectory).standardizedFileURL
        var path = DefinitionWriter.schemas
        for _ in 0..<16 {
            if has(place.appending(path: "\(DefinitionWriter.schemas)/\(sample)")) { return path }
            guard !has(place.appending(path: ".git")), place.path(percentEncoded: false) != "/" else { break }
            place = place.deletingLastPathComponent()
            path = "../" + path
        }
        return nil
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
