import Connectors
import YAML

extension Section {
    /// An entry of `sources`; `nil` when it has no name or no URL.
    func source() -> ReadSource? {
        let name = self.name("a source")
        let address = text("url")
        if address == nil, !has("url") {
            missing("url", in: "the source", remedy: "Write url: PATH, url: https://… or url: ssh://….")
        }
        let branch = self.branch()
        let interval = duration("interval", .seconds(60), atLeast: .seconds(1))
        let verification = self.verification()
        let form = address.flatMap { self.form($0.text, at: $0.origin) }
        let access = GitAccess(
            authentication: authentication(form),
            knownHosts: file("knownHosts"),
            caFile: file("caFile")
        )
        let sets = sections("tenantSets").flatMap { $0.tenantSet() }
        let written = (sections("tenants").map { $0.over(context.tenantDefaults) } + sets).compactMap { section in
            section.tenant().map { (tenant: $0, section: section) }
        }
        let tenants = written.map(\.tenant)
        if tenants.isEmpty, !has("tenants"), !has("tenantSets") {
            missing("tenants", in: "the source", remedy: "List the tenants whose definitions the repository holds.")
        }
        let rollout = self.rollout(tenants.map(\.name))
        let forge = self.forge()
        finish(in: "a source")
        guard let name, let address, let form else { return nil }
        let source = Source(
            name: name,
            url: form == .path ? context.resolved(address.text) : address.text,
            branch: branch,
            interval: interval,
            verification: verification,
            access: access,
            forge: forge,
            rollout: rollout,
            tenants: tenants
        )
        return ReadSource(source: source, tenants: written.map(\.section))
    }

    /// A source, and where each of its tenants was written.
    struct ReadSource {
        let source: Source
        let tenants: [Section]
    }

    private func rollout(_ tenants: [String]) -> RolloutSettings? {
        guard let section = optionalSection("rollout") else { return nil }
        let canaries = section.texts("canaries").compactMap { text, origin -> String? in
            if tenants.contains(text) { return text }
            let question = Nearest.question(text, among: tenants).map { "\($0) " } ?? ""
            context.add(
                "config-canary",
                at: origin,
                "canaries names \(text.quoted), which is not a tenant of this source.",
                remedy: "\(question)Name tenants of the same source."
            )
            return nil
        }
        let rollout = RolloutSettings(
            canaries: canaries,
            wait: section.duration("wait", .zero),
            stopAfter: section.integer("stopAfter", 1, in: 1...100_000)
        )
        section.finish(in: "rollout")
        return rollout
    }

    /// The name by which people and flags select an entry.
    func name(_ what: String) -> String? {
        guard let (text, origin) = text("name") else {
            if !has("name") { missing("name", in: what, remedy: "Name it, as in name: contoso.") }
            return nil
        }
        guard EntryName.isName(text) else {
            context.add(
                "config-name",
                at: origin,
                "\(text.quoted) cannot be a name: it is used on the command line and in file names.",
                remedy: EntryName.rule
            )
            return nil
        }
        return text
    }

    /// A branch as git-check-ref-format(1) allows it, as far as a slip of the pen goes.
    private func branch() -> String {
        guard let (text, origin) = text("branch") else { return "main" }
        let isWrong =
            text.hasPrefix("refs/") || text.hasPrefix("-") || text.hasPrefix("/") || text.hasSuffix("/")
            || text.hasSuffix(".lock") || text.hasSuffix(".")
            || ["..", "@{", "//", "~", "^", ":", "?", "*", "[", "\\", " "].contains { text.contains($0) }
        if isWrong {
            context.add(
                "config-branch",
                at: origin,
                "branch is not a name of a branch: \(text.quoted).",
                remedy: "Write it as git branch shows it, as in branch: main."
            )
        }
        return text
    }

    private func verification() -> SignatureVerification? {
        guard let section = optionalSection("verify") else { return nil }
        let mode = section.word("mode", SignatureVerification.Mode.head)
        let signers = section.file("allowedSigners")
        if signers == nil, !section.has("allowedSigners") {
            section.missing(
                "allowedSigners",
                in: "verify",
                remedy: "Name the file of allowed signers: allowedSigners: {file: PATH}."
            )
        }
        section.finish(in: "verify")
        return signers.map { SignatureVerification(mode: mode, allowedSigners: $0) }
    }

    private func form(_ url: String, at origin: Origin) -> RepositoryURL? {
        do {
            return try RepositoryURL.form(of: url)
        } catch {
            context.add(error.id, at: origin, error.message, remedy: error.remedy)
            return nil
        }
    }

    private func authentication(_ form: RepositoryURL?) -> GitAccess.Authentication {
        let ways = [["token"], ["password", "user"], ["privateKey", "passphrase"]]
        guard let section = optionalSection("credentials")?.choosing(oneOf: ways) else { return .none }
        let token = section.has("token") ? section.secret("token") : nil
        let user = section.text("user")
        let password = section.has("password") ? section.secret("password") : nil
        let key = section.file("privateKey")
        let passphrase = section.has("passphrase") ? section.secret("passphrase") : nil
        let given = ["token", "password", "privateKey"].filter { section.has($0) }
        section.know(["token", "password", "passphrase"])
        section.finish(in: "credentials")
        let remedy = "Write one of {token: …}, {user: …, password: …} and {privateKey: {file: …}, passphrase: …}."
        guard given.count == 1 else {
            let message =
                given.isEmpty ? "credentials says nothing." : "credentials has \(given.joined(separator: " and "))."
            context.add("config-credentials", at: section.origin, message, remedy: remedy)
            return .none
        }
        if (section.has("user") && given != ["password"]) || (section.has("passphrase") && given != ["privateKey"]) {
            context.add(
                "config-credentials",
                at: section.origin,
                "user goes with password, and passphrase with privateKey.",
                remedy: remedy
            )
        }
        section.check(given[0], against: form)
        if let token { return .token(token) }
        if let key { return .privateKey(file: key, passphrase: passphrase) }
        guard let password else { return .none }
        guard let user else {
            if !section.has("user") { section.missing("user", in: "credentials", remedy: remedy) }
            return .none
        }
        return .password(user: user.text, password)
    }

    /// A secret must not go where it has no use: it would be a slip, or sent in clear.
    private func check(_ key: String, against form: RepositoryURL?) {
        guard let form else { return }
        let fits =
            switch form {
            case .https: key != "privateKey"
            case .ssh: key == "privateKey"
            case .path, .file: false
            }
        guard !fits else { return }
        let wanted =
            switch form {
            case .https: "takes a token or a user with a password"
            case .ssh: "takes a private key"
            case .path, .file: "needs no credentials"
            }
        context.add(
            "config-credentials",
            at: place(of: key),
            "\(key) has no use here: this url \(wanted).",
            remedy: "Change url, or the credentials."
        )
    }
}
