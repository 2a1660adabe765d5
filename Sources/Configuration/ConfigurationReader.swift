import YAML
import FoundationEssentials

/// Reads the operator's file with what flags and variables lay over it, and finds every error in one pass.
package enum ConfigurationReader {
    /// The file that is read when no one names one.
    package static let defaultFile = "mitregate.yaml"
    /// The variable that names the file.
    package static let fileVariable = "MITREGATE_CONFIG"

    /// Reads `path`, else the file in `MITREGATE_CONFIG`, else `mitregate.yaml` in the working directory.
    ///
    /// Relative paths, wherever they were given, are meant from the file's folder.
    ///
    /// - Parameter flags: Values by path, as `store.url`, that come before everything else.
    /// - Parameter requiresSources: False for a command that needs no tenant.
    package static func read(
        path: String?,
        environment: [String: String],
        flags: [String: String] = [:],
        requiresSources: Bool = true
    ) throws(ConfigurationError) -> Configuration {
        let named = named(path, environment)
        let file = named ?? defaultFile
        let bytes = try bytes(of: file, isNamed: named != nil)
        return try read(
            bytes,
            file: file,
            folder: folder(of: file),
            environment: environment,
            flags: flags,
            requiresSources: requiresSources
        )
    }

    /// The file that an option or else the variable names; an empty variable counts as unset.
    package static func named(_ path: String?, _ environment: [String: String]) -> String? {
        path ?? environment[fileVariable].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Reads a file's bytes; only time zones and the tables of tenant sets are looked up on the machine.
    ///
    /// - Parameter contents: Reads a table by its resolved path; `nil` where that cannot be done within its limits.
    package static func read(
        _ bytes: [UInt8],
        file: String,
        folder: String,
        environment: [String: String] = [:],
        flags: [String: String] = [:],
        requiresSources: Bool = true,
        contents: @escaping (String) -> [UInt8]? = TableFile.contents
    ) throws(ConfigurationError) -> Configuration {
        let overrides = Overrides(flags: flags, environment: environment)
        let context = ReadingContext(
            file: file,
            folder: folder,
            overrides: overrides,
            cacheFolder: cacheFolder(environment),
            contents: contents
        )
        let findings = Findings(SourceText(path: file, bytes: bytes))
        let document = YAMLReader.readOne(findings, limits: .configuration)
        context.add(findings.diagnostics)
        guard let document else { throw ConfigurationError(context.problems) }
        guard case .mapping(let mapping) = document.root.value else {
            context.add(
                "config-wrong-type",
                at: .file(document.root.place),
                "The file holds \(document.root.kindName), and must hold a mapping.",
                remedy: "Begin it with apiVersion: mitregate.dev/v1 and kind: Configuration."
            )
            throw ConfigurationError(context.problems)
        }
        let root = Section(mapping, path: "", origin: .file(document.root.place), context: context)
        let configuration = root.configuration(requiresSources: requiresSources)
        overrides.findStrangers(context, except: context.referencedVariables)
        guard context.problems.isEmpty else { throw ConfigurationError(context.problems.ordered(of: file).told) }
        return configuration
    }

    /// systemd's folder for this service, or that of the user.
    ///
    /// Source: systemd.exec(5), "CacheDirectory="; specifications.freedesktop.org/basedir-spec.
    private static func cacheFolder(_ environment: [String: String]) -> String {
        func path(_ name: String) -> String? { environment[name].flatMap { $0.hasPrefix("/") ? $0 : nil } }
        if let folder = path("CACHE_DIRECTORY") { return String(folder.prefix { $0 != ":" }) }
        if let folder = path("XDG_CACHE_HOME") { return "\(folder)/mitregate" }
        return path("HOME").map { "\($0)/.cache/mitregate" } ?? "/var/cache/mitregate"
    }

    private static func bytes(of file: String, isNamed: Bool) throws(ConfigurationError) -> [UInt8] {
        var isDirectory = false
        guard FileManager.default.fileExists(atPath: file, isDirectory: &isDirectory) else {
            throw ConfigurationError(missing(file, isNamed: isNamed))
        }
        guard !isDirectory, let data = FileManager.default.contents(atPath: file) else {
            throw ConfigurationError(
                Problem(
                    "config-unreadable",
                    file: file,
                    isDirectory ? "This is a folder." : "The file cannot be read.",
                    remedy: isDirectory
                        ? "Name the file in it, as in --config \(file)/\(defaultFile)."
                        : "Let the user who runs this read it, as with chmod u+r."
                )
            )
        }
        return [UInt8](data)
    }

    private static func missing(_ file: String, isNamed: Bool) -> Problem {
        guard !isNamed else {
            return Problem(
                "config-missing",
                file: file,
                "File not found.",
                remedy: "Check --config and \(fileVariable)."
            )
        }
        return Problem(
            "config-missing",
            "No \(defaultFile) was found in this folder, so no repository and no tenant is known.",
            remedy: "Go to the folder that has it, name it with --config FILE or \(fileVariable), or write one "
                + "with mitregate init."
        )
    }

    /// The folder of a file as an absolute path, so that it survives whatever changes directory.
    private static func folder(of file: String) -> String {
        let here = FileManager.default.currentDirectoryPath
        let absolute = file.hasPrefix("/") ? file : (here.hasSuffix("/") ? here + file : "\(here)/\(file)")
        guard let slash = absolute.lastIndex(of: "/") else { return here }
        return slash == absolute.startIndex ? "/" : String(absolute[..<slash])
    }
}

extension [Problem] {
    /// Those of the configuration by place, then those of its tables, then the others.
    fileprivate func ordered(of file: String) -> [Problem] {
        func rank(_ problem: Problem) -> Int {
            guard let named = problem.file else { return 2 }
            return named == file ? 0 : 1
        }
        let numbered = enumerated().sorted { one, other in
            let left = (rank(one.element), one.element.file ?? "", one.element.line, one.element.column, one.offset)
            let right = (
                rank(other.element), other.element.file ?? "", other.element.line, other.element.column, other.offset
            )
            return left < right
        }
        return numbered.map(\.element)
    }

    /// As many as a person reads; one slip in a set is wrong for each of its tenants.
    fileprivate var told: [Problem] {
        let limit = 100
        guard count > limit else { return self }
        let more = Problem(
            "config-more",
            "\(count - limit) more problems were found.",
            remedy: "Correct those above, and look again."
        )
        return prefix(limit) + [more]
    }
}
