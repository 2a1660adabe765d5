import ArgumentParser
import Connectors
import Definitions
import Foundation
import Reconciling
import Reports

struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Write a tenant's connectors as definitions, to start from.",
        discussion: """
            Without --out the definitions go to standard output. What the Hybrid Configuration Wizard made, and what no \
            definition can say, is left as a comment. A plan of what was imported has no changes.
            """
    )

    @OptionGroup var selection: SelectionOptions

    @Option(help: ArgumentHelp("Write a file for each connector into this folder.", valueName: "folder"))
    var out: String?

    @Flag(help: "Overwrite files that exist.")
    var force = false

    func run() async throws {
        try await reporting(.text) {
            let place = try await Workplace.open(selection)
            guard place.tenants.count == 1, let entry = place.tenants.first else {
                throw CommandFailure(
                    .usage,
                    id: "one-tenant",
                    "import works on one tenant, and \(place.tenants.count) are selected.",
                    remedy: "Name it with --tenant."
                )
            }
            let reconciler = Reconciler(place.surroundings)
            let observed = try await place.interrupts.cancelling { try await reconciler.observed(entry) }
            place.progress.end()
            let files = DefinitionWriter.files(for: observed.connectors)
            guard let out else {
                Terminal.print(files.map(\.text).joined(separator: "---\n"))
                return .success
            }
            try write(files, to: out)
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
        let definitions = files.count(where: \.isDefinition)
        Terminal.note("Wrote \(definitions) definitions to \(folder).")
        for file in files where !file.isDefinition {
            Terminal.note(
                "Left alone: \(file.key.kind) \"\(file.displayName.escapingControls)\"; \(file.name) says why."
            )
        }
    }
}
