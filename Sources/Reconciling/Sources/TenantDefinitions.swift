package import Configuration
import Crypto
package import Definitions
import FoundationEssentials
package import GitRepositories
import YAML

/// What a commit says of one tenant: the files of its folder, and the templates that these or the configuration use.
package struct TenantDefinitions: Sendable {
    package let files: [ParsedFile]
    package let templates: TemplateLibrary
    /// Equal ids mean equal definitions: the folder's tree, with the templates and values that it depends on.
    package let id: String

    /// Reads and parses what is new.
    ///
    /// - Throws: `missingFolder` when the commit has no such folder.
    package static func read(
        _ tenant: TenantConfiguration,
        at commit: String,
        in storage: any GitStorage,
        _ parsed: ParsedFiles
    ) async throws(GitError) -> TenantDefinitions {
        let entries = try await storage.entries(at: commit, under: tenant.path)
        let files = try await parsed.parse(entries, in: storage)
        let used = tenant.usedTemplates(files)
        let tree = try await storage.treeID(at: commit, path: tenant.path) ?? ""
        guard !used.isEmpty else {
            return TenantDefinitions(files: files, templates: TemplateLibrary(below: tenant.path), id: tree)
        }
        let all = try await templateEntries(at: commit, in: storage)
        let library = try await TemplateLibrary(below: tenant.path, parsed: parsed, all, used, in: storage)
        return TenantDefinitions(files: files, templates: library, id: id(tree, of: tenant, used, all))
    }

    /// The ids alone, by the tenants' names: by them one sees whom a commit touches.
    ///
    /// A tenant without its folder has none. What lies in the commit and cannot be read, as a symbolic link, may use any of the
    /// templates in any way, so the id then depends on all of them.
    ///
    /// - Throws: Where git itself cannot be read: then the ids are not known, and no others are made up.
    package static func ids(
        of tenants: [TenantConfiguration],
        at commit: String,
        in storage: any GitStorage,
        _ parsed: ParsedFiles
    ) async throws(GitError) -> [String: String] {
        let paths = Set(tenants.map(\.path)).union([TemplateLibrary.path]).sorted()
        let trees = try await storage.treeIDs(at: commit, paths: paths)
        let folder = trees[TemplateLibrary.path]
        var templates: [TreeEntry]? = []
        if folder != nil {
            templates = try await unlessContent { () throws(GitError) in
                try await templateEntries(at: commit, in: storage)
            }
        }
        var ids: [String: String] = [:]
        for tenant in tenants {
            guard let tree = trees[tenant.path] else { continue }
            var used: Set<String>? = []
            if folder != nil {
                used = try await unlessContent { () throws(GitError) in
                    try await usedTemplates(tree, tenant, at: commit, in: storage, parsed)
                }
            }
            let all = used?.union(tenant.templates.map(\.name))
            if all?.isEmpty == true {
                ids[tenant.name] = tree
            } else if let all, let templates {
                ids[tenant.name] = id(tree, of: tenant, all, templates)
            } else {
                ids[tenant.name] = digest([tree, folder ?? ""])
            }
        }
        return ids
    }

    /// What is read; `nil` where what lies in the commit stands in the way, which is so at every look.
    private static func unlessContent<Value>(
        _ read: () async throws(GitError) -> Value
    ) async throws(GitError) -> Value? {
        do throws(GitError) {
            return try await read()
        } catch  where error.isOfContent {
            return nil
        }
    }

    /// As `ids`, for one; `nil` when the commit has no such folder.
    package static func id(
        of tenant: TenantConfiguration,
        at commit: String,
        in storage: any GitStorage,
        _ parsed: ParsedFiles
    ) async throws(GitError) -> String? {
        try await ids(of: [tenant], at: commit, in: storage, parsed)[tenant.name]
    }

    /// The templates that the files of a tenant's folder name.
    private static func usedTemplates(
        _ tree: String,
        _ tenant: TenantConfiguration,
        at commit: String,
        in storage: any GitStorage,
        _ parsed: ParsedFiles
    ) async throws(GitError) -> Set<String> {
        if let known = parsed.templates(ofTree: tree) { return known }
        let entries = try await storage.entries(at: commit, under: tenant.path)
        let used = Set(try await parsed.parse(entries, in: storage).flatMap(\.usedTemplates))
        parsed.remember(used, ofTree: tree)
        return used
    }

    /// The files of both folders, named from the tenant's, with what identifies their contents.
    static func entries(
        of tenant: TenantConfiguration,
        at commit: String,
        in storage: any GitStorage
    ) async throws(GitError) -> Set<TreeEntry> {
        let own = try await storage.entries(at: commit, under: tenant.path)
        let folder = TemplateLibrary(below: tenant.path).folder
        let templates = try await templateEntries(at: commit, in: storage)
        return Set(own + templates.map { TreeEntry(path: "\(folder)/\($0.path)", blob: $0.blob) })
    }

    private static func templateEntries(
        at commit: String,
        in storage: any GitStorage
    ) async throws(GitError) -> [TreeEntry] {
        do throws(GitError) {
            return try await storage.entries(at: commit, under: TemplateLibrary.path)
        } catch .missingFolder, .notAFolder {
            return []
        }
    }

    private static func id(
        _ tree: String,
        of tenant: TenantConfiguration,
        _ used: Set<String>,
        _ templates: [TreeEntry]
    ) -> String {
        var blobs: [String: String] = [:]
        for entry in templates {
            if let name = TemplateLibrary.name(of: entry.path) { blobs[name] = entry.blob }
        }
        let values = tenant.templates.isEmpty ? [] : tenant.values.sorted { $0.name < $1.name }
        return digest(
            [tree] + used.sorted().flatMap { [$0, blobs[$0] ?? ""] }
                + tenant.templates.map(\.name).sorted() + values.flatMap { [$0.name] + $0.content.texts }
        )
    }

    /// As many digits as an id of git has.
    private static func digest(_ texts: [String]) -> String {
        var hash = SHA256()
        for text in texts {
            hash.update(data: Array("\(text.utf8.count):".utf8))
            hash.update(data: Array(text.utf8))
        }
        return hash.finalize().prefix(20).map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }
}

extension GitError {
    /// Whether it is about what lies in the commit, and so the same at every look.
    fileprivate var isOfContent: Bool {
        switch self {
        case .missingFolder, .notAFolder, .symbolicLink, .submodule, .oddName, .limitPassed: true
        default: false
        }
    }
}

extension TenantValue.Content {
    /// All of it, so that no two contents have the same texts.
    fileprivate var texts: [String] {
        switch self {
        case .scalar(let scalar): ["scalar", "\(scalar.isQuoted)", scalar.text]
        case .list(let scalars): ["list", "\(scalars.count)"] + scalars.flatMap { ["\($0.isQuoted)", $0.text] }
        case .cell(let text): ["cell", text]
        }
    }
}

extension TemplateLibrary {
    /// The templates that are used, of those that a commit has.
    fileprivate init(
        below tenant: String,
        parsed: ParsedFiles,
        _ entries: [TreeEntry],
        _ used: Set<String>,
        in storage: any GitStorage
    ) async throws(GitError) {
        var named: [String: TreeEntry] = [:]
        for entry in entries {
            if let name = Self.name(of: entry.path) { named[name] = entry }
        }
        let wanted = used.sorted().compactMap { name in named[name].map { (name, $0) } }
        let files = try await parsed.parse(wanted.map(\.1), in: storage)
        self.init(
            below: tenant,
            files: Dictionary(zip(wanted.map(\.0), files)) { first, _ in first },
            names: named.keys.sorted()
        )
    }

    /// The templates that are used, of the files of the folder as they lie in a work tree.
    package init(below tenant: String, _ files: [TreeFile], _ used: Set<String>) {
        var parsed: [String: ParsedFile] = [:]
        var names: [String] = []
        for file in files {
            guard let name = Self.name(of: file.path) else { continue }
            names.append(name)
            guard used.contains(name) else { continue }
            parsed[name] = DefinitionReader.parse(DefinitionFile(path: file.path, bytes: file.bytes))
        }
        self.init(below: tenant, files: parsed, names: names.sorted())
    }
}

extension TenantConfiguration {
    /// The templates that its files and the configuration name.
    package func usedTemplates(_ files: [ParsedFile]) -> Set<String> {
        Set(files.flatMap(\.usedTemplates)).union(templates.map(\.name))
    }

    /// The instances that the configuration gives it.
    package var templateInstances: [TemplateInstance] {
        let values = values.map { value in
            let content: GivenValue.Content =
                switch value.content {
                case .scalar(let scalar): .scalar(scalar)
                case .list(let scalars): .list(scalars)
                case .cell(let text): .cell(text)
                }
            return GivenValue(name: value.name, content: content, position: value.position)
        }
        return templates.map { TemplateInstance(configured: $0.name, values: values, position: $0.position) }
    }
}
