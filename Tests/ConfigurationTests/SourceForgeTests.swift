import Configuration
import Testing

/// The `forge` of a source.
struct SourceForgeTests {
    @Test func `a forge needs four keys, and then what was not reviewed is held`() throws {
        let forge = try #require(try read("kind: gitea", "https://git.example/api/v1/"))
        #expect(
            forge
                == SourceForge(
                    kind: .gitea,
                    url: "https://git.example/api/v1",
                    repository: "contoso/mail-flow",
                    credentials: .token(.environment("FORGE_TOKEN")),
                    webhook: nil,
                    visibility: nil,
                    review: .required,
                    approvals: 0,
                    apply: .merge
                )
        )
        #expect(try Example().read().sources[0].forge == nil)
    }

    @Test func `every key of a forge is read`() throws {
        let source = """
            forge:
              kind: github
              url: https://git.example/api/v3
              repository: contoso/mail-flow
              credentials: {app: {id: 12, installation: 34567, privateKey: {file: app.pem}}}
              webhook: {secret: {env: HOOK}}
              visibility: summary
              review: optional
              approvals: 0
              apply: comment
              drift: off
            """
        let forge = try #require(try Example(source: source).read().sources[0].forge)
        guard case .app("12", 34_567, .file(let key)) = forge.credentials else {
            Issue.record("\(forge.credentials)")
            return
        }
        #expect(key.hasSuffix("/app.pem"))
        #expect(forge.webhook == .secret(.environment("HOOK")))
        #expect(forge.visibility == .summary && forge.review == .optional && forge.apply == .comment)
    }

    @Test func `Azure DevOps signs in with Entra, and its hook with a user`() throws {
        let source = """
            forge:
              kind: azure-devops
              url: https://dev.azure.com/contoso
              repository: Mail Flow/definitions
              credentials:
                entra:
                  tenantId: 11111111-2222-3333-4444-555555555555
                  clientId: 0a0a0a0a-1b1b-2c2c-3d3d-4e4e4e4e4e4e
                  federatedToken: {file: token}
              webhook: {user: azure, password: {file: hook}}
              approvals: 2
            """
        let forge = try #require(try Example(source: source).read().sources[0].forge)
        guard case .entra(let tenant, let credentials) = forge.credentials else {
            Issue.record("\(forge.credentials)")
            return
        }
        #expect(tenant == "11111111-2222-3333-4444-555555555555")
        #expect(credentials.clientId == "0a0a0a0a-1b1b-2c2c-3d3d-4e4e4e4e4e4e")
        guard case .user("azure", password: .file) = forge.webhook else {
            Issue.record("\(String(describing: forge.webhook))")
            return
        }
        #expect(forge.approvals == 2 && forge.repository == "Mail Flow/definitions")
    }

    @Test(arguments: [
        (SourceForge.Kind.github, "https://api.github.com"), (.github, "https://git.example/api/v3"),
        (.github, "http://127.0.0.1:3000"), (.gitlab, "https://git.example/sub/api/v4"),
        (.forgejo, "http://localhost:3000/api/v1"), (.gitea, "http://[::1]:3000/api/v1"),
        (.azureDevOps, "https://dev.azure.com/contoso"),
    ])
    func `a forge is reached at the base of its API`(kind: SourceForge.Kind, url: String) throws {
        #expect(try read("kind: \(kind.rawValue)", url)?.url == url)
    }

    @Test(arguments: [
        ("gitea", "https://git.example"), ("gitea", "http://git.example/api/v1"), ("github", "https://github.com"),
        ("gitlab", "https://git.example/api/v3"), ("azure-devops", "https://dev.azure.com"),
        ("gitea", "https://robot:hunter2@git.example/api/v1"), ("gitea", "https://git.example/api/v1?token=hunter2"),
        ("gitea", "git.example/api/v1"), ("gitea", "ftp://git.example/api/v1"),
    ])
    func `any other address is refused, without a secret in the message`(kind: String, url: String) {
        let error = #expect(throws: ConfigurationError.self) { try read("kind: \(kind)", url) }
        #expect(error?.problems.map(\.id) == ["config-forge-url"])
        #expect("\(error.map(\.problems) ?? [])".contains("hunter2") == false)
    }

    @Test(arguments: [
        ("review: mandatory", "config-unknown-word"), ("approvals: 11", "config-out-of-range"),
        ("review: optional\n  approvals: 1", "config-approvals"), ("apply: never", "config-unknown-word"),
        ("webhook: {}", "config-missing-key"),
        ("webhook: {secret: hunter2}", "config-literal-secret"),
        ("webhook: {secret: {env: A}, user: b}", "config-unknown-key"), ("visibilty: full", "config-unknown-key"),
        ("visibility: none", "config-unknown-word"),
    ])
    func `each slip in a forge's keys is an error`(line: String, problem: String) {
        #expect(problems("kind: gitea", line) == [problem])
    }

    @Test func `requests of our own are off until a key asks for them, and commits have a name all the same`() throws {
        let forge = try #require(try read("kind: gitea"))
        #expect(forge.offers == OfferSettings() && !forge.offers.isOn)
        #expect(forge.identity == CommitIdentity(name: "Mitregate", email: "mitregate@git.example"))
    }

    @Test func `a request for drift brings the one for rollbacks, unless that is switched off`() throws {
        #expect(try offers("drift: pull-request").rollback == .pullRequest)
        #expect(try offers("drift: pull-request\n  rollback: off").rollback == .off)
        let only = try offers("rollback: pull-request")
        #expect(only.drift == .off && only.rollback == .pullRequest && only.unmanaged == .off && only.isOn)
        #expect(try offers("unmanaged: pull-request").isOn)
    }

    @Test func `our commits have the name, the address and the key that the file says`() throws {
        let identity = "identity: {name: Mail Robot, email: robot@contoso.example, signingKey: {file: robot.key}}"
        let read = try #require(try offers(identity).identity)
        #expect(read.name == "Mail Robot" && read.email == "robot@contoso.example")
        guard case .file(let path) = read.signingKey else {
            Issue.record("\(read)")
            return
        }
        #expect(path.hasSuffix("/robot.key"))
    }

    @Test(arguments: [
        ("drift: propose", ["config-unknown-word"]), ("rollback: yes", ["config-unknown-word"]),
        ("unmanaged: adopt", ["config-unknown-word"]), ("identity: {}", ["config-missing-key", "config-missing-key"]),
        ("identity: {name: M}", ["config-missing-key"]), ("identity: {name: M, email: nowhere}", ["config-identity"]),
        ("identity: {name: M, email: \"a b@c\"}", ["config-identity"]),
        ("identity: {name: \"M <m@x>\", email: m@x.example}", ["config-identity"]),
        ("identity: {name: M, email: m@x.example, signingKey: hunter2}", ["config-literal-secret"]),
        ("identity: {name: M, email: m@x.example, key: {env: A}}", ["config-unknown-key"]),
    ])
    func `each slip in what we offer is an error`(line: String, expected: [String]) {
        #expect(problems("kind: gitea", line) == expected)
    }

    private func offers(_ lines: String) throws -> OfferSettings {
        try #require(
            try Example(source: text("kind: gitea", "https://git.example/api/v1", lines)).read().sources[0].forge
        )
        .offers
    }

    @Test func `a key that there is not is answered with the keys that work`() {
        let source = """
            forge:
              kind: gitea
              url: https://git.example/api/v1
              repository: a/b
              credentials: {token: {env: A}}
              identitty: {}
            """
        let error = #expect(throws: ConfigurationError.self) { try Example(source: source).read() }
        let remedy = error?.problems.first?.remedy ?? ""
        #expect(remedy.contains("review") && remedy.contains("approvals"), "\(remedy)")
    }

    @Test(arguments: [
        ("credentials: {}", "config-credentials"), ("credentials: {token: hunter2}", "config-literal-secret"),
        ("credentials: {app: {id: 1, installation: 2, privateKey: {env: K}}}", "config-credentials"),
        ("credentials: {token: {env: A}, entra: {}}", "config-credentials"),
    ])
    func `each slip in a forge's credentials is an error`(line: String, problem: String) {
        let source = """
            forge:
              kind: gitea
              url: https://git.example/api/v1
              repository: a/b
              \(line)
            """
        #expect(Example(source: source).problems() == [problem])
    }

    @Test(arguments: ["mail-flow", "a/b/c", "/a/b", "a/..", "a//b", "a/b.git?x", "https://git.example/a/b", "a b/c"])
    func `a repository is named as its forge names it`(repository: String) {
        let source = """
            forge:
              kind: gitea
              url: https://git.example/api/v1
              repository: "\(repository)"
              credentials: {token: {env: A}}
            """
        #expect(Example(source: source).problems() == ["config-forge-repository"])
    }

    @Test func `what is missing is told at the forge's place`() throws {
        let error = #expect(throws: ConfigurationError.self) { try Example(source: "forge: {}").read() }
        let problems = try #require(error?.problems)
        #expect(problems.map(\.id) == Array(repeating: "config-missing-key", count: 4))
        #expect(problems.allSatisfy { "\($0)".contains(":7:5") }, "\(problems)")
    }

    @Test func `a key that is misspelt is answered with the nearest`() throws {
        let error = #expect(throws: ConfigurationError.self) { try read("kind: gitea\n  aprovals: 1") }
        #expect(error?.problems.first.map { "\($0)".contains("approvals") } == true)
    }

    private func text(_ kind: String, _ url: String, _ line: String) -> String {
        """
        forge:
          \(kind)
          url: "\(url)"
          repository: contoso/mail-flow
          credentials: {token: {env: FORGE_TOKEN}}
          \(line)
        """
    }

    private func read(
        _ kind: String,
        _ url: String = "https://git.example/api/v1"
    ) throws(ConfigurationError) -> SourceForge? {
        try Example(source: text(kind, url, "")).read().sources[0].forge
    }

    private func problems(_ kind: String, _ line: String) -> [String] {
        Example(source: text(kind, "https://git.example/api/v1", line)).problems()
    }
}
