import Connectors
import YAML

extension Section {
    /// The `forge` of a source; `nil` where there is none, or a part of it is missing.
    func forge() -> SourceForge? {
        guard let section = optionalSection("forge") else { return nil }
        for key in ["kind", "url", "repository", "credentials"] where !section.has(key) {
            section.missing(key, in: "forge", remedy: Self.example(of: key))
        }
        let kind = section.word("kind", SourceForge.Kind.github)
        let url = section.forgeURL(kind)
        let repository = section.forgeRepository(kind)
        let credentials = section.forgeCredentials(kind)
        let webhook = section.forgeWebhook(kind)
        let visibility = section.has("visibility") ? section.word("visibility", SourceForge.Visibility.summary) : nil
        let review = section.word("review", SourceForge.Review.required)
        let approvals = section.integer("approvals", 0, in: 0...10)
        if approvals > 0, review == .optional {
            context.add(
                "config-approvals",
                at: section.place(of: "approvals"),
                "approvals asks for people, and review: optional lets changes through that no one has seen.",
                remedy: "Remove review: optional, or approvals."
            )
        }
        let apply = section.word("apply", SourceForge.Apply.merge)
        let offers = section.offers()
        section.know(["visibility"])
        section.finish(in: "forge")
        guard section.has("kind"), let url, let repository, let credentials else { return nil }
        return SourceForge(
            kind: kind,
            url: url,
            repository: repository,
            credentials: credentials,
            webhook: webhook,
            visibility: visibility,
            review: review,
            approvals: approvals,
            apply: apply,
            offers: offers
        )
    }

    private static func example(of key: String) -> String {
        switch key {
        case "kind": "Write kind: github, gitlab, gitea, forgejo or azure-devops."
        case "url": "Write the base of its API, as in url: https://git.example/api/v1."
        case "repository": "Write it as the forge shows it, as in repository: contoso/mail-flow."
        default: "Write credentials: {token: {env: FORGE_TOKEN}}."
        }
    }

    private func forgeURL(_ kind: SourceForge.Kind) -> String? {
        guard let (text, origin) = text("url") else { return nil }
        guard let address = WebAddress(text), address.userInfo == nil, !address.path.contains("?"),
            !address.path.contains("#"), address.scheme == "https" || address.scheme == "http" && address.isLoopback
        else {
            context.add(
                "config-forge-url",
                at: origin,
                "url is not an https address; what stands there is not repeated here, as it may hold a secret.",
                remedy: "Write it as https://HOST/PATH; http is taken only for 127.0.0.1, [::1] and localhost."
            )
            return nil
        }
        var trimmed = text
        while trimmed.hasSuffix("/") { trimmed.removeLast() }
        guard kind.isBase(address) else {
            context.add(
                "config-forge-url",
                at: origin,
                "url is not the base of \(kind.rawValue)'s API: \(text.quoted).",
                remedy: "Write it as \(kind.base)."
            )
            return nil
        }
        return trimmed
    }

    private func forgeRepository(_ kind: SourceForge.Kind) -> String? {
        guard let (text, origin) = text("repository") else { return nil }
        let names = text.split(separator: "/", omittingEmptySubsequences: false)
        let isCount = kind == .gitlab ? (2...20).contains(names.count) : names.count == 2
        let isPath = names.allSatisfy { name in
            !name.isEmpty && name != "." && name != ".." && name.utf8.count <= 255
                && !name.contains(where: { "?#%\\:@".contains($0) || ($0 == " " && kind != .azureDevOps) })
        }
        guard isCount, isPath else {
            let form = kind == .azureDevOps ? "PROJECT/REPOSITORY" : kind == .gitlab ? "GROUP/PROJECT" : "OWNER/NAME"
            context.add(
                "config-forge-repository",
                at: origin,
                "repository is not a repository of \(kind.rawValue): \(text.quoted).",
                remedy: "Write it as \(form), without the host and without .git."
            )
            return nil
        }
        return text
    }

    private func forgeCredentials(_ kind: SourceForge.Kind) -> ForgeCredentials? {
        guard let section = optionalSection("credentials") else { return nil }
        let keys = ["token", "app", "entra"]
        section.know(keys)
        let given = keys.filter { section.has($0) }
        guard given.count == 1, let form = given.first else {
            let message =
                given.isEmpty
                ? "credentials says no way to sign in." : "credentials has \(given.joined(separator: " and "))."
            context.add(
                "config-credentials",
                at: section.origin,
                message,
                remedy: "Give one of token, app (GitHub) and entra (Azure DevOps)."
            )
            section.finish(in: "credentials")
            return nil
        }
        if form == "app" && kind != .github || form == "entra" && kind != .azureDevOps {
            context.add(
                "config-credentials",
                at: section.place(of: form),
                "\(kind.rawValue) does not take \(form) as a way to sign in.",
                remedy: "Use token: {env: NAME}."
            )
        }
        let credentials: ForgeCredentials? =
            switch form {
            case "app": section.app()
            case "entra": section.entra()
            default: section.secret("token").map { .token($0) }
            }
        section.finish(in: "credentials")
        return credentials
    }

    private func app() -> ForgeCredentials? {
        guard let section = optionalSection("app") else { return nil }
        for key in ["id", "installation", "privateKey"] where !section.has(key) {
            section.missing(key, in: "app", remedy: "Write app: {id: …, installation: …, privateKey: {file: PATH}}.")
        }
        let id = section.identifier("id")
        let installation = section.has("installation") ? section.integer("installation", 1, in: 1...Int.max) : nil
        section.know(["installation"])
        let key = section.has("privateKey") ? section.secret("privateKey") : nil
        section.know(["privateKey"])
        section.finish(in: "app")
        guard let id, let installation, let key else { return nil }
        return .app(id: id, installation: installation, privateKey: key)
    }

    /// A number, or another short name without a character that has a meaning in a path.
    private func identifier(_ key: String) -> String? {
        guard let (text, origin) = text(key) else { return nil }
        let isName = text.utf8.allSatisfy { byte in
            (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || byte == 46
        }
        guard isName, text.utf8.count <= 64 else {
            context.add(
                "config-forge-app",
                at: origin,
                "\(key) is not an id of GitHub: \(text.quoted).",
                remedy: "Copy it from the app's settings."
            )
            return nil
        }
        return text
    }

    private func entra() -> ForgeCredentials? {
        guard let section = optionalSection("entra") else { return nil }
        let tenant = section.guid("tenantId", in: "entra", remedy: "It is the id of the directory.")
        guard let credentials = section.signIn(in: "entra"), let tenant else { return nil }
        return .entra(tenantId: tenant, credentials)
    }

    private func forgeWebhook(_ kind: SourceForge.Kind) -> ForgeWebhook? {
        guard let section = optionalSection("webhook") else { return nil }
        defer { section.finish(in: "webhook") }
        guard kind == .azureDevOps else {
            guard section.has("secret") else {
                section.know(["secret"])
                section.missing("secret", in: "webhook", remedy: "Write webhook: {secret: {file: PATH}}.")
                return nil
            }
            return section.secret("secret").map { .secret($0) }
        }
        for key in ["user", "password"] where !section.has(key) {
            section.missing(key, in: "webhook", remedy: "Write webhook: {user: …, password: {file: PATH}}.")
        }
        let user = section.text("user")
        let password = section.has("password") ? section.secret("password") : nil
        section.know(["password"])
        guard let user, let password else { return nil }
        guard !user.text.contains(":") else {
            context.add(
                "config-forge-webhook",
                at: user.origin,
                "user holds a colon, which ends the name in HTTP's basic authentication.",
                remedy: "Choose a name without one."
            )
            return nil
        }
        return .user(user.text, password: password)
    }
}

extension SourceForge.Kind {
    fileprivate var base: String {
        switch self {
        case .github: "https://api.github.com or https://HOST/api/v3"
        case .gitlab: "https://HOST/api/v4"
        case .gitea, .forgejo: "https://HOST/api/v1"
        case .azureDevOps: "https://dev.azure.com/ORGANIZATION"
        }
    }

    fileprivate func isBase(_ address: WebAddress) -> Bool {
        var path = address.path
        while path.hasSuffix("/") { path.removeLast() }
        return switch self {
        case .github: path.isEmpty ? address.host.hasPrefix("api.") || address.isLoopback : path.hasSuffix("/api/v3")
        case .gitlab: path.hasSuffix("/api/v4")
        case .gitea, .forgejo: path.hasSuffix("/api/v1")
        case .azureDevOps: !path.isEmpty
        }
    }
}
