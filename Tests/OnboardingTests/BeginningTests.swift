import Configuration
import Connectors
import Onboarding
import TestSupport
import Testing

@Suite struct BeginningTests {
    private static let guid = "0a0a0a0a-1b1b-2c2c-3d3d-4e4e4e4e4e4e"

    private func beginning(
        url: String = "",
        signIn: SignIn = .certificate,
        forge: String = "",
        repository: String? = nil
    ) throws -> Beginning {
        var answers = Answers()
        try answers.give("fabrikam.onmicrosoft.com", to: .organization)
        try answers.give(Self.guid, to: .tenantId)
        try answers.give(signIn.rawValue, to: .signIn)
        try answers.give(signIn == .managedIdentity ? "" : Self.guid, to: .clientId)
        try answers.give(url, to: .url)
        try answers.give(forge, to: .forge)
        return try #require(answers.beginning(repository: repository))
    }

    private func read(_ beginning: Beginning) throws -> Configuration {
        try ConfigurationReader.read(Array(beginning.configuration.text.utf8), file: "mitregate.yaml", folder: "")
    }

    @Test func `the configuration reads well, and nothing is left to fill in`() throws {
        let text = try beginning(url: "https://github.com/fabrikam/connectors.git").configuration.text
        try expectGolden(text, "mitregate.yaml")
        #expect(!text.contains("<"))
    }

    @Test(arguments: SignIn.allCases)
    func `what it says is what was answered`(signIn: SignIn) throws {
        let configuration = try read(beginning(signIn: signIn))
        let source = try #require(configuration.sources.first)
        let tenant = try #require(source.tenants.first)
        #expect(source.name == "mail-flow" && source.url == "mail-flow" && source.branch == "main")
        #expect(tenant.name == "fabrikam" && tenant.path == "tenants/fabrikam")
        #expect(tenant.organization == "fabrikam.onmicrosoft.com" && tenant.tenantId == Self.guid)
        #expect(tenant.credentials.clientId == (signIn == .managedIdentity ? nil : Self.guid))
        #expect(tenant.endpoints == TenantEndpoints() && tenant.policy.changes == .apply)
        #expect(configuration.store.url == .sqlite(path: "mitregate.db") && configuration.warnings.isEmpty)
    }

    @Test(arguments: [
        ("https://git.example/fabrikam/connectors.git", "connectors"),
        ("git@github.com:fabrikam/connectors.git", "connectors"), ("ssh://git@git.example:2222/x/y#1", "mail-flow"),
        ("/srv/git/it's # odd: \"one\"", "mail-flow"),
    ])
    func `each form of a URL is read back as it was given`(url: String, name: String) throws {
        let source = try #require(
            try read(beginning(url: url, forge: "none", repository: url.hasPrefix("/") ? url : "clone")).sources.first
        )
        #expect(source.url == url && source.name == name)
    }

    @Test(arguments: [
        ("https://github.com/a/b.git", "github", "kind: github, url: \"https://api.github.com\", repository: a/b,"),
        ("https://github.example/a/b", "github", "url: \"https://github.example/api/v3\""),
        ("https://gitlab.com/a/b/c.git", "gitlab", "url: \"https://gitlab.com/api/v4\", repository: a/b/c,"),
        ("git@git.example:a/b.git", "gitea", "kind: gitea, url: \"https://git.example/api/v1\", repository: a/b,"),
        ("https://codeberg.org/a/b", "forgejo", "kind: forgejo, url: \"https://codeberg.org/api/v1\""),
        (
            "https://dev.azure.com/a/b/_git/c", "azure-devops",
            "kind: azure-devops, url: \"https://dev.azure.com/a\", repository: b/c,"
        ),
    ])
    func `the forge's settings stand ready behind a #, and are right`(url: String, forge: String, words: String) throws
    {
        let text = try beginning(url: url, forge: forge).configuration.text
        #expect(text.contains("    #forge: {") && text.contains(words), "\(text)")
        let active = text.replacing("    #forge: {", with: "    forge: {")
        let source = try ConfigurationReader.read(Array(active.utf8), file: "mitregate.yaml", folder: "").sources.first
        #expect(source?.forge?.kind.rawValue == forge)
    }

    @Test(arguments: [
        ("github", ".github/workflows/mitregate.yml"), ("gitlab", ".gitlab-ci.yml"),
        ("gitea", ".gitea/workflows/mitregate.yml"), ("forgejo", ".forgejo/workflows/mitregate.yml"),
        ("azure-devops", ".azure-pipelines/mitregate.yml"),
    ])
    func `the repository has the recipe of its forge, and no definition but the tenant's`(
        forge: String,
        path: String
    ) throws {
        let files = try beginning(forge: forge).repositoryFiles
        let recipe = try #require(files.first { $0.path == path })
        #expect(recipe.text.contains("mitregate validate ."))
        // A folder or file whose name begins with a dot is passed over when definitions are looked for.
        let yaml = files.map(\.path).filter { $0.hasSuffix("ml") && !$0.hasPrefix(".") }
        #expect(yaml == ["tenants/fabrikam/example-partner.yaml"])
        #expect(files.contains { $0.path == "schemas/forcedtlspartner.schema.json" })
    }

    @Test(arguments: [
        ("", false, false), ("https://git.example/a/b.git", false, false), ("https://git.example/a/b.git", true, false),
        ("git@git.example:a/b.git", true, false), ("", true, true),
    ])
    func `what to do next depends on where the repository is`(url: String, isClone: Bool, isDemo: Bool) throws {
        let beginning = isDemo ? Beginning.demo(simulator: "http://127.0.0.1:1") : try self.beginning(url: url)
        let steps = beginning.nextSteps(folder: isDemo ? "try" : nil, isCommitted: !isClone, isClone: isClone)
        let name =
            "next-\(url.isEmpty ? "local" : url.hasPrefix("git@") ? "ssh" : "https")-\(isClone ? "clone" : "new")"
        try expectGolden(
            (beginning.errands + [""] + steps).joined(separator: "\n") + "\n",
            "\(isDemo ? "next-demo" : name).txt"
        )
    }
}
