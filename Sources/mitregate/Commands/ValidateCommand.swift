import ArgumentParser
import Configuration
import Connectors
import Definitions
import Foundation
import GitRepositories
import Reports
import TLSGate
import YAML

struct ValidateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate",
        abstract: "Check definitions offline: no network, no tenant, no configuration.",
        usage: "mitregate validate [<path>] [--output <format>]",
        discussion: """
            PATH is a tenant's folder, or a repository in which each folder below `tenants` is one. Without PATH the folders of \
            the configured tenants are checked, for sources that are paths on this machine.

            Exit codes: 0 no errors, 1 errors.
            """
    )

    enum Format: String, ExpressibleByArgument, CaseIterable { case text, json, sarif, github }

    @Argument(help: "The folder with the definitions.", completion: .directory)
    var path: String?

    @Option(help: ArgumentHelp("The configuration, for a call without PATH.", valueName: "file"))
    var config: String?

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("How findings are printed; github is for a workflow's log.", valueName: "format")
    )
    var output: Format = .text

    func run() async throws {
        try await reporting(output == .json ? .json : .text) {
            var report = DiagnosticReport(
                diagnostics: [],
                files: 0,
                documents: 0,
                version: Mitregate.version,
                usesColor: Terminal.usesColour
            )
            for folder in try folders() {
                let set = try await Self.check(folder)
                report.diagnostics += set.diagnostics.map { $0.below(folder.prefix) }
                report.files += set.files
                report.documents += set.documents
            }
            if report.files == 0 && report.diagnostics.isEmpty {
                Terminal.note("! There are no definitions here: no file that ends in .yaml or .yml.")
            }
            let text = report.render(DiagnosticFormat(output))
            if !text.isEmpty { Terminal.print(text, isForWorkflow: output == .github) }
            return report.diagnostics.contains { $0.severity == .error } ? ExitCode(.error) : .success
        }
    }

    private struct Folder: Sendable {
        var path: String
        /// Put before the paths in messages, so that an editor finds the file from the working directory.
        var prefix: String
    }

    private func folders() throws -> [Folder] {
        guard let path else { return try configuredFolders() }
        var isFolder = false
        let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
        guard exists, isFolder else {
            throw CommandFailure(
                .usage,
                id: "folder-missing",
                exists
                    ? "\"\(path)\" is a file, and definitions are checked together."
                    : "There is no folder \"\(path)\".",
                remedy: "Name the folder that holds a tenant's definitions."
            )
        }
        let base = path.hasSuffix("/") ? String(path.dropLast()) : path
        let tenants = (try? FileManager.default.contentsOfDirectory(atPath: "\(base)/tenants"))?.sorted() ?? []
        let below = tenants.filter { name in
            var isFolder = false
            return FileManager.default.fileExists(atPath: "\(base)/tenants/\(name)", isDirectory: &isFolder) && isFolder
        }
        guard below.isEmpty else {
            return below.map { Folder(path: "\(base)/tenants/\($0)", prefix: "\(base)/tenants/\($0)/") }
        }
        return [Folder(path: base.isEmpty ? "/" : base, prefix: base == "." ? "" : "\(base)/")]
    }

    private func configuredFolders() throws -> [Folder] {
        let environment = ProcessInfo.processInfo.environment
        guard
            config != nil || environment[ConfigurationReader.fileVariable] != nil
                || FileManager.default.fileExists(atPath: ConfigurationReader.defaultFile)
        else {
            throw CommandFailure(
                .usage,
                id: "nothing-to-validate",
                "No folder was named, and there is no \(ConfigurationReader.defaultFile) here that names one.",
                remedy: "Name the folder that holds a tenant's definitions: mitregate validate FOLDER"
            )
        }
        let configuration = try ConfigurationReader.read(path: config, environment: environment)
        let local = configuration.tenants.filter { $0.source.url.hasPrefix("/") }
        guard !local.isEmpty else {
            throw CommandFailure(
                .usage,
                id: "no-local-source",
                "None of the sources in \(configuration.file) is a folder on this machine.",
                remedy: "Name the folder to check: mitregate validate PATH."
            )
        }
        return local.map { entry in
            let path = entry.tenant.path.isEmpty ? entry.source.url : "\(entry.source.url)/\(entry.tenant.path)"
            return Folder(path: path, prefix: "\(path)/")
        }
    }

    private static func check(_ folder: Folder) async throws -> DefinitionSet {
        let files = try await WorkingFolder.files(at: folder.path)
            .filter { DefinitionReader.isDefinition($0.path) }
            .map { DefinitionFile(path: $0.path, bytes: $0.bytes) }
        return DefinitionReader.assemble(await parse(files), now: Date(), checks: Check.ids)
    }

    /// Parses on every core; the order of the files is kept.
    private static func parse(_ files: [DefinitionFile]) async -> [ParsedFile] {
        let shares = max(1, ProcessInfo.processInfo.activeProcessorCount)
        let size = max(1, (files.count + shares - 1) / shares)
        return await withTaskGroup(of: (Int, [ParsedFile]).self) { group in
            for start in stride(from: 0, to: files.count, by: size) {
                group.addTask {
                    (start, files[start..<min(start + size, files.count)].map { DefinitionReader.parse($0) })
                }
            }
            return await group.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }.flatMap(\.1)
        }
    }
}

extension DiagnosticFormat {
    fileprivate init(_ format: ValidateCommand.Format) {
        self =
            switch format {
            case .text: .text
            case .json: .json
            case .sarif: .sarif
            case .github: .github
            }
    }
}

extension Diagnostic {
    /// The same with its paths as they are found from the working directory.
    fileprivate func below(_ prefix: String) -> Diagnostic {
        func moved(_ position: SourcePosition) -> SourcePosition {
            let file =
                position.file == "." ? (prefix.isEmpty ? "." : String(prefix.dropLast())) : prefix + position.file
            return SourcePosition(file: file, line: position.line, column: position.column)
        }
        return Diagnostic(
            rule: rule,
            severity: severity,
            position: moved(position),
            reason: reason,
            remedy: remedy,
            excerpt: excerpt,
            related: related.map(moved)
        )
    }
}
