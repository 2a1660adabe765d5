import ArgumentParser
import Configuration
import Connectors
import Definitions
import Foundation
import Reconciling
import Reports

struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Write a tenant's connectors as definitions, to start from.",
        usage: "mitregate import [--out <folder> [--force]] [<options>]",
        discussion: """
            Without --out the definitions go to standard output. What the Hybrid Configuration Wizard made, and what no \
            definition can say, is left as a comment. A plan of what was imported has no changes.
            """
    )

    @OptionGroup(title: "Tenants and configuration") var selection: SelectionOptions

    @Option(
        help: ArgumentHelp("Write a file for each connector into this folder.", valueName: "folder"),
        completion: .directory
    )
    var out: String?

    @Flag(help: "Overwrite files that exist.")
    var force = false

    @Option(name: .shortAndLong, help: OutputFormat.help)
    var output: OutputFormat = .text

    func validate() throws {
        if force && out == nil { throw ValidationError("--force has a meaning only with --out.") }
    }

    func run() async throws {
        try await reporting(output) {
            let context = try await CommandContext.open(selection)
            guard context.tenants.count == 1, let entry = context.tenants.first else {
                throw CommandFailure(
                    .usage,
                    id: "one-tenant",
                    "import works on one tenant, and \(context.tenants.count) are selected.",
                    remedy: "Name it with --tenant."
                )
            }
            let reconciler = Reconciler(context.environment)
            let observed = try await context.interrupts.cancelling { try await reconciler.observed(entry) }
            context.progress.end()
            let files = DefinitionWriter.files(
                for: observed.connectors,
                schemas: out.map { SchemaFolder.relative(to: $0) }
            )
            if let out { try write(files, to: out) }
            switch output {
            case .json: Terminal.print(ImportDocument(tenant: entry.tenant.name, files: files).json)
            case .text where out == nil: Terminal.print(files.map(\.text).joined(separator: "---\n"))
            case .text: break
            }
            return .success
        }
    }

    /// Writes nothing unless everything can be written.
    private func write(_ files: [ImportedFile], to folder: String) throws {
        let target = URL(filePath: folder, directoryHint: .isDirectory)
        try FileManager.default.createDirectory(at: target, withIntermediateDirectories: true)
        let present = files.filter {
            FileManager.default.fileExists(atPath: target.appending(path: $0.name).path(percentEncoded: false))
        }
        if let first = present.first, !force {
            throw CommandFailure(
                .error,
                id: "file-exists",
                "\(folder)/\(first.name) exists\(present.count > 1 ? ", and \(present.count - 1) more" : ""), so nothing was written.",
                remedy: "Choose another folder, or overwrite with --force."
            )
        }
        for file in files { try Data(file.text.utf8).write(to: target.appending(path: file.name), options: .atomic) }
        if SchemaFolder.relative(to: folder) == DefinitionWriter.schemas {
            try SchemaFolder.write(to: target.appending(path: DefinitionWriter.schemas))
        }
        let definitions = files.count(where: \.isDefinition)
        Terminal.note("Wrote \(definitions) definitions to \(folder).")
        for file in files where !file.isDefinition {
            Terminal.note(
                "Left alone: \(file.key.kind) \"\(file.displayName.escapingControls)\"; \(file.name) says why."
            )
        }
    }
}

/// What was imported, for scripts: each file's name and text, and whether it is a definition or only a comment.
private struct ImportDocument: ReportDocument {
    static let kind = "Import"

    struct File: Encodable, Sendable {
        let file: String
        let kind: String
        let name: String
        let displayName: String
        let isDefinition: Bool
        let text: String
    }

    let tenant: String
    let files: [File]

    init(tenant: String, files: [ImportedFile]) {
        self.tenant = tenant
        self.files = files.map {
            File(
                file: $0.name,
                kind: $0.key.kind.rawValue,
                name: $0.key.name,
                displayName: $0.displayName,
                isDefinition: $0.isDefinition,
                text: $0.text
            )
        }
    }
}
