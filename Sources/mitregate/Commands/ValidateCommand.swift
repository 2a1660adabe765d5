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

    @Option(
        help: ArgumentHelp(
            "The configuration: its tenants without PATH, its gate.networks with one.",
            valueName: "file"
        )
    )
    var config: String?

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("How findings are printed; github is for a workflow's log.", valueName: "format")
    )
    var output: Format = .text

    @OptionGroup var terminal: TerminalOptions

    func run() async throws {
        try await reporting(output == .json ? .json : .text) {
            var report = DiagnosticReport(
                diagnostics: [],
                files: 0,
                documents: 0,
                version: Mitregate.version.number,
                usesColor: Terminal.style.usesColour
            )
            var budget = ReadingBudget()
            var notices: Set<Diagnostic> = []
            let (folders, scope) = try await folders()
            for folder in folders {
                let set = try await Self.check(folder, scope, within: &budget)
                notices.formUnion(set.diagnostics.filter(\.isNotice))
                report.diagnostics += set.diagnostics.filter { !$0.isNotice }.map { $0.below(folder.prefix) }
                report.files += set.files
                report.documents += set.documents
            }
            report.diagnostics += notices.sorted()
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

    /// Which folders are checked, and by what scope.
    private func folders() async throws -> ([Folder], DefinitionScope) {
        var scope = DefinitionScope(checks: Check.ids)
        guard let path else { return try await configuredFolders() }
        if let config {
            let configuration = try ConfigurationReader.read(
                path: config,
                environment: ProcessInfo.processInfo.environment,
                requiresSources: false
            )
            scope.allowsAnyNetwork = configuration.gate.networks == .any
        }
        try await Self.refuseBare(path)
        return (try folders(below: path), scope)
    }

    private func folders(below path: String) throws -> [Folder] {
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

    /// A bare repository has no files to check, which is not an error in its definitions.
    private static func refuseBare(_ path: String) async throws {
        guard await LocalRepository(path: path).isBare() else { return }
        throw CommandFailure(
            .usage,
            id: "repository-bare",
            "\(path) is a bare repository: its definitions are in its commits, and there are no files to check.",
            remedy: "Name a checkout: mitregate validate FOLDER; or plan what was committed: mitregate plan --no-gate."
        )
    }

    private func configuredFolders() async throws -> ([Folder], DefinitionScope) {
        let environment = ProcessInfo.processInfo.environment
        guard
            ConfigurationReader.named(config, environment) != nil
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
        for source in Set(local.map(\.source.url)).sorted() { try await Self.refuseBare(source) }
        let folders = local.map { entry in
            let path = entry.tenant.path.isEmpty ? entry.source.url : "\(entry.source.url)/\(entry.tenant.path)"
            return Folder(path: path, prefix: "\(path)/")
        }
        let allowsAnyNetwork = configuration.gate.networks == .any
        return (folders, DefinitionScope(checks: Check.ids, allowsAnyNetwork: allowsAnyNetwork))
    }

    private static func check(
        _ folder: Folder,
        _ scope: DefinitionScope,
        within budget: inout ReadingBudget
    ) async throws -> DefinitionSet {
        let files = try await WorkingFolder.files(at: folder.path)
            .map { DefinitionFile(path: $0.path, bytes: $0.bytes) }
        return await DefinitionReader.read(files, now: Date(), scope: scope, within: &budget)
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
