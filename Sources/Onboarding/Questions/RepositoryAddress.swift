package import Configuration
import Connectors

/// Where the repository is, and what its URL tells about it.
package struct RepositoryAddress: Hashable, Sendable {
    /// As it was given; empty for a new repository on this machine.
    package let url: String
    private let host: String
    /// What leads to the repository on its host, without `.git`.
    private let names: [String]

    package init(_ url: String) {
        self.url = url
        // git@host:owner/name, as git takes it as well as ssh://.
        let isShort = !url.contains("://")
        let address = WebAddress(isShort ? "ssh://" + url.replacingFirst(":", with: "/") : url)
        host = address?.host ?? ""
        var path = address?.path ?? url
        while path.hasSuffix("/") { path.removeLast() }
        if path.hasSuffix(".git") { path.removeLast(4) }
        names = path.split(separator: "/").map(String.init)
    }

    package var form: RepositoryURL { (try? RepositoryURL.form(of: url)) ?? .path }

    /// Whether it is fetched over a network, so that what is written here must be pushed.
    package var isRemote: Bool { [.https, .ssh].contains(form) && !url.isEmpty }

    /// The name for the source, and for the folder of a clone that has none.
    var name: String {
        guard isRemote, let name = names.last, EntryName.isName(name) else { return "mail-flow" }
        return name
    }

    /// The folder of the clone unless another is named.
    var folder: String { isRemote || url.isEmpty ? name : url }

    /// The forge that its host belongs to, as far as the name of the host tells.
    var forge: PipelineForge {
        if host == "github.com" || host.hasPrefix("github.") { return .github }
        if host == "gitlab.com" || host.hasPrefix("gitlab.") { return .gitlab }
        if host.hasSuffix("dev.azure.com") || host.hasSuffix(".visualstudio.com") { return .azureDevOps }
        if host == "codeberg.org" || host.hasPrefix("forgejo.") { return .forgejo }
        if host.hasPrefix("gitea.") { return .gitea }
        return .none
    }

    /// The `forge` of the configuration, in YAML's flow form; `nil` where the URL does not tell enough.
    func setting(_ forge: PipelineForge) -> String? {
        guard isRemote, forge != .none else { return nil }
        let base: String
        var path = names
        switch forge {
        case .none: return nil
        case .github: base = host == "github.com" ? "https://api.github.com" : "https://\(host)/api/v3"
        case .gitlab: base = "https://\(host)/api/v4"
        case .gitea, .forgejo: base = "https://\(host)/api/v1"
        case .azureDevOps:
            // https://dev.azure.com/ORGANIZATION/PROJECT/_git/REPOSITORY; git@ssh.dev.azure.com:v3/ORGANIZATION/PROJECT/REPOSITORY
            path.removeAll { $0 == "_git" || $0 == "v3" }
            guard path.count == 3 else { return nil }
            base = "https://dev.azure.com/\(path.removeFirst())"
        }
        guard path.count >= 2, path.allSatisfy(EntryName.isName) else { return nil }
        return """
            {kind: \(forge.rawValue), url: "\(base)", repository: \(path.joined(separator: "/")), \
            credentials: {token: {file: forge-token}}}
            """
    }
}

extension String {
    fileprivate func replacingFirst(_ text: Character, with other: String) -> String {
        guard let index = firstIndex(of: text) else { return self }
        return self[..<index] + other + self[self.index(after: index)...]
    }
}
