import ArgumentParser
import Configuration
import Connectors
import Definitions
import Foundation
import GitRepositories
import Reconciling
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
            var seen: Set<Diagnostic> = []
            let (folders, scope) = try await folders()
            for folder in folders {
                let set = try await Self.check(folder, scope, within: &budget)
                notices.formUnion(set.diagnostics.filter(\.isNotice))
                // A template that is wrong is wrong for each tenant that uses it.
                report.diagnostics += set.diagnostics.filter { !$0.isNotice }.map { $0.below(folder.prefix) }
                    .filter { seen.insert($0).inserted }
                report.files += set.files
                report.documents += set.documents
            }
            for top in Set(folders.filter(\.isOfMany).map(\.top)).sorted() {
                report.diagnostics += try await Self.templateDiagnostics(at: top).filter { seen.insert($0).inserted }
            }
            report.diagnostics += notices.sorted()
            if report.files == 0 && report.diagnostics.isEmpty {
                Terminal.note("! No definitions found here: no file ends in .yaml or .yml.")
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
        /// The repository that it lies in, and the folder in it.
        var top: String
        var pathInRepository: String
        /// Whether it was found in a repository with all of its tenants, so that all templates are checked.
        var isOfMany = false
        /// What the configuration says of the tenant.
        var tenant: TenantConfiguration?
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
                    : "Folder \"\(path)\" not found.",
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
            return below.map { name in
                let path = "\(base)/tenants/\(name)"
                return Folder(
                    path: path,
                    prefix: "\(path)/",
                    top: base,
                    pathInRepository: "tenants/\(name)",
                    isOfMany: true
                )
            }
        }
        let place = Self.repository(of: base.isEmpty ? "/" : base)
        return [
            Folder(
                path: base.isEmpty ? "/" : base,
                prefix: base == "." ? "" : "\(base)/",
                top: place.top,
                pathInRepository: place.path
            )
        ]
    }

    /// The repository that a folder lies in, and the folder's path in it; the folder itself where it lies in none.
    private static func repository(of folder: String) -> (top: String, path: String) {
        var top = URL(filePath: folder, directoryHint: .isDirectory).standardizedFileURL
        var names: [String] = []
        for _ in 0..<64 {
            let path = top.path(percentEncoded: false)
            if FileManager.default.fileExists(atPath: "\(path)/.git") { return (path, names.joined(separator: "/")) }
            guard path != "/" else { break }
            names.insert(top.lastPathComponent, at: 0)
            top = top.deletingLastPathComponent()
        }
        return (folder, "")
    }

    /// A bare repository has no files to check, which is not an error in its definitions.
    private static func refuseBare(_ path: String) async throws {
        guard await LocalRepository(path: path).isBare() else { return }
        throw CommandFailure(
            .usage,
            id: "repository-bare",
            "\(path) is a bare repository: its definitions are in its commits, and it has no files to check.",
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
                "No folder was named, and no \(ConfigurationReader.defaultFile) was found here that names one.",
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
            return Folder(
                path: path,
                prefix: "\(path)/",
                top: entry.source.url,
                pathInRepository: entry.tenant.path,
                isOfMany: true,
                tenant: entry.tenant
            )
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
        let templates = try await templates(at: folder.top)
        return await DefinitionReader.read(files, now: Date(), within: &budget) { parsed in
            let named = Set(parsed.flatMap(\.usedTemplates))
            var scope = scope
            scope.templates = TemplateLibrary(
                below: folder.pathInRepository,
                templates,
                folder.tenant?.usedTemplates(parsed) ?? named
            )
            scope.instances = folder.tenant?.templateInstances ?? []
            return scope
        }
    }

    /// The files of a repository's folder of templates.
    private static func templates(at top: String) async throws -> [TreeFile] {
        do throws(GitError) {
            return try await WorkingFolder.files(at: "\(top)/\(TemplateLibrary.path)")
        } catch .missingFolder, .notAFolder {
            return []
        }
    }

    /// What is wrong with templates by themselves, whether or not a tenant uses them.
    private static func templateDiagnostics(at top: String) async throws -> [Diagnostic] {
        let prefix = top == "." ? "\(TemplateLibrary.path)/" : "\(top)/\(TemplateLibrary.path)/"
        return try await templates(at: top).filter { DefinitionReader.isDefinition($0.path) }.flatMap { file in
            DefinitionReader.templateDiagnostics(DefinitionFile(path: file.path, bytes: file.bytes))
        }.map { $0.below(prefix) }
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
        Diagnostic(
            rule: rule,
            severity: severity,
            position: position.below(prefix),
            reason: reason,
            remedy: remedy,
            excerpt: excerpt,
            related: related.map { $0.below(prefix) }
        )
    }
}
