import ArgumentParser
import Configuration
import Connectors
import Definitions
import Foundation
import GitRepositories
import Reconciling
import Reports

struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Write a tenant's connectors as definitions, to start from.",
        usage: "mitregate import [--repository <folder> | --out <folder>] [<options>]",
        discussion: """
            --repository names a clone of the tenant's repository: the definitions go where the configuration has the \
            tenant's folder in it, with the JSON Schemas that an editor completes with. --out names any folder. --pull-request \
            opens a request on the source's forge that adds definitions for connectors without one. Without \
            any of these the definitions go to standard output. What the Hybrid Configuration Wizard made, and what no \
            definition can say, is left as a comment. A plan of what was imported has no changes.
            """
    )

    @OptionGroup(title: "Tenants and configuration") var selection: SelectionOptions

    @Option(
        help: ArgumentHelp("Write into the tenant's folder of this clone.", valueName: "folder"),
        completion: .directory
    )
    var repository: String?

    @Option(
        help: ArgumentHelp("Write a file for each connector into this folder.", valueName: "folder"),
        completion: .directory
    )
    var out: String?

    @Flag(help: "Open a request on the source's forge, from a branch of Mitregate's own.")
    var pullRequest = false

    @Flag(help: "Overwrite files that exist.")
    var force = false

    @Option(name: .shortAndLong, help: OutputFormat.help)
    var output: OutputFormat = .text

    func validate() throws {
        if force && out == nil && repository == nil {
            throw ValidationError("--force works only with --repository or --out.")
        }
        if out != nil && repository != nil { throw ValidationError("--repository and --out exclude each other.") }
        if pullRequest && (out != nil || repository != nil) {
            throw ValidationError("--pull-request writes to the forge, so it excludes --repository and --out.")
        }
    }

    func run() async throws {
        try await reporting(output) {
            let context = try await CommandContext.open(selection)
            let entry = try context.onlyTenant(for: "import")
            if pullRequest {
                try await propose(entry, context)
                return .success
            }
            if let repository { try await check(clone: repository) }
            let target = repository.map { "\($0)/\(entry.tenant.path)" } ?? out
            let reconciler = Reconciler(context.environment)
            let observed = try await context.interrupts.cancelling { try await reconciler.observed(entry) }
            context.progress.end()
            let schemas = target.map { SchemaFolder.place(for: $0, in: repository) }
            let files = DefinitionWriter.files(for: observed.connectors, schemas: schemas?.path)
            if let target, let schemas { try write(files, to: target, schemas) }
            switch output {
            case .json: Terminal.print(ImportDocument(tenant: entry.tenant.name, files: files).json)
            case .text where target == nil: Terminal.print(files.map(\.text).joined(separator: "---\n"))
            case .text: break
            }
            if let repository { Terminal.note(nextSteps(entry, in: repository, newSchemas: schemas?.missing != nil)) }
            return .success
        }
    }

    private func check(clone folder: String) async throws {
        let isThere = await NewRepository.isThere(folder)
        let isBare = await LocalRepository(path: folder).isBare()
        guard isThere, !isBare else {
            throw CommandFailure(
                .error,
                id: "not-a-clone",
                isBare
                    ? "\(folder) is a bare repository, which has no files to write."
                    : "\(folder) is not the top of a git repository.",
                remedy:
                    "Clone the tenant's repository, and name the clone: git clone URL \(isThere ? "CLONE" : folder)."
            )
        }
    }

    /// How what was written becomes what the tenant is held to.
    private func nextSteps(_ entry: ManagedTenant, in repository: String, newSchemas: Bool) -> String {
        let folders = [entry.tenant.path.isEmpty ? "." : entry.tenant.path] + (newSchemas ? ["schemas"] : [])
        let tenant = entry.tenant.name
        func place(_ path: String) -> [String] {
            URL(filePath: path, directoryHint: .isDirectory).absoluteURL.resolvingSymlinksInPath().pathComponents
        }
        let isTracked = place(repository) == place(entry.source.url)
        let push = isTracked ? [] : ["git -C \(repository) push"]
        return """

            Next:
              git -C \(repository) add \(folders.joined(separator: " "))
              git -C \(repository) commit -m "Import the connectors of \(tenant)"
            \((push + ["mitregate plan --tenant \(tenant)", "mitregate apply --tenant \(tenant)"])
                .map { "  \($0)" }.joined(separator: "\n"))

            The plan has no changes, and the apply writes nothing to the tenant: it
            remembers what is there, so that later changes by hand are seen.
            """
    }

    /// Writes nothing unless everything can be written.
    private func write(_ files: [ImportedFile], to folder: String, _ schemas: SchemaFolder.Place) throws {
        let target = URL(filePath: folder, directoryHint: .isDirectory)
        if let repository {
            try NewFiles(folder: repository).makeFolder(for: String(folder.dropFirst(repository.count + 1)) + "/file")
        } else {
            try FileManager.default.createDirectory(at: target, withIntermediateDirectories: true)
        }
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
        if let missing = schemas.missing { try SchemaFolder.write(to: URL(filePath: missing)) }
        let definitions = files.count(where: \.isDefinition)
        Terminal.note("Wrote \(definitions) definitions to \(folder).")
        for file in files where !file.isDefinition {
            Terminal.note(
                "Left alone: \(file.key.kind) \"\(file.displayName.escapingControls)\"; \(file.name) says why."
            )
        }
    }
}
