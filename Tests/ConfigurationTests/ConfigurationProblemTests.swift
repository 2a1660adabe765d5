import Configuration
import TestSupport
import Testing

struct ConfigurationProblemTests {
    @Test(arguments: [
        ("branche: main", "config-unknown-key"),
        ("branch: refs/heads/main", "config-branch"),
        ("branch: [main]", "config-wrong-type"),
        ("interval: 1", "config-duration"),
        ("interval: 0s", "config-out-of-range"),
        ("rollout: {canaries: [contosso]}", "config-canary"),
        ("rollout: {stopAfter: 0}", "config-out-of-range"),
        ("interval: 1m1h", "config-duration"),
        ("verify: {mode: tag, allowedSigners: {file: x}}", "config-unknown-word"),
        ("verify: {mode: head}", "config-missing-key"),
        ("verify: head", "config-wrong-type"),
        ("credentials: {token: hunter2}", "config-literal-secret"),
        ("credentials: {token: {env: X}, user: x, password: {env: Y}}", "config-credentials"),
        ("credentials: {}", "config-credentials"),
        ("credentials: {privateKey: {file: id}}", "config-credentials"),
        ("credentials: {user: git, token: {env: X}}", "config-credentials"),
        ("credentials: {password: {env: X}}", "config-missing-key"),
        ("caFile: {env: X}", "config-missing-key config-unknown-key"),
    ])
    func `a source is checked`(line: String, problems: String) {
        #expect(Example(source: line).problems().joined(separator: " ") == problems)
    }

    @Test(arguments: [
        ("cloud: germany", "config-unknown-word"),
        ("changes: yes", "config-unknown-word"),
        ("drift: correkt", "config-unknown-word"),
        ("prune: true", "config-unknown-word"),
        ("limits: {changes: many}", "config-wrong-type"),
        ("limits: {changes: -1}", "config-out-of-range"),
        ("limits: {deletions: 1}", "config-unknown-key"),
        ("limits: 3", "config-wrong-type"),
        ("bake: 10 minutes", "config-duration"),
        ("validate: after", "config-unknown-word"),
        ("endpoints: {login: \"http://login.example\"}", "config-endpoint"),
        ("endpoints: {login: \"https://user@login.example\"}", "config-endpoint"),
        ("endpoints: {login: \"http://127.0.0.1.example\"}", "config-endpoint"),
        ("endpoints: {graph: graph.example}", "config-endpoint"),
        ("freezes: [{cron: \"0 18 * *\", duration: 1h}]", "config-cron"),
        ("freezes: [{cron: \"60 18 * * *\", duration: 1h}]", "config-cron"),
        ("freezes: [{cron: \"0 18 * * FRY\", duration: 1h}]", "config-cron"),
        ("freezes: [{cron: \"0 18 * * 5-1\", duration: 1h}]", "config-cron"),
        ("freezes: [{cron: \"*/0 * * * *\", duration: 1h}]", "config-cron"),
        ("watch: {onRegression: undo}", "config-unknown-word"), ("watch: {for: 1h}", "config-out-of-range"),
        ("watch: {for: 8d}", "config-out-of-range"), ("watch: {settle: 7h}", "config-out-of-range"),
        ("watch: {for: 2h, settle: 45m}", "config-out-of-range"), ("watch: {mail: graph}", "config-unknown-word"),
        ("correctAfter: 0s", "config-out-of-range"),
        ("readTimeout: 0s", "config-out-of-range"),
        ("freezes: [{cron: \"0 18 * * FRI\", duration: 0s}]", "config-out-of-range"),
        ("freezes: [{cron: \"0 18 * * FRI\"}]", "config-missing-key"),
        ("freezes: [{cron: \"0 18 * * FRI\", duration: 1h, timeZone: ../../etc/passwd}]", "config-time-zone"),
        ("freezes: [{cron: \"0 18 * * FRI\", duration: 1h, timeZone: Mars/Olympus}]", "config-time-zone"),
        ("name: other", "duplicate-key"),
    ])
    func `a tenant is checked`(line: String, problems: String) {
        #expect(Example(tenant: line).problems().joined(separator: " ") == problems)
    }

    @Test(arguments: [
        ("{clientId: 1, clientSecret: {env: X}}", "config-guid"),
        ("{clientSecret: {env: X}}", "config-missing-key"),
        ("{clientId: 0a0a0a0a-1b1b-2c2c-3d3d-4e4e4e4e4e4e}", "config-credentials"),
        ("{clientId: 0a0a0a0a-1b1b-2c2c-3d3d-4e4e4e4e4e4e, clientSecret: hunter2}", "config-literal-secret"),
        ("{clientId: 0a0a0a0a-1b1b-2c2c-3d3d-4e4e4e4e4e4e, clientSecret: }", "config-literal-secret"),
        ("{clientId: 0a0a0a0a-1b1b-2c2c-3d3d-4e4e4e4e4e4e, clientSecret: {hunter2: x}}", "config-literal-secret"),
        ("{clientId: 0a0a0a0a-1b1b-2c2c-3d3d-4e4e4e4e4e4e, clientSecret: {env: hunter-2}}", "config-secret-reference"),
        ("{clientId: 0a0a0a0a-1b1b-2c2c-3d3d-4e4e4e4e4e4e, federatedToken: {env: X}}", "config-secret-reference"),
        (
            "{clientId: 0a0a0a0a-1b1b-2c2c-3d3d-4e4e4e4e4e4e, certificate: {certificate: {file: x}}}",
            "config-missing-key"
        ),
        ("{managedIdentity: {}, clientSecret: {env: X}}", "config-credentials"),
        ("secret", "config-wrong-type"),
        ("{managedIdentity: {}}", ""),
        ("{managedIdentity: {}, clientId: 0a0a0a0a-1b1b-2c2c-3d3d-4e4e4e4e4e4e}", ""),
        ("{clientId: 0a0a0a0a-1b1b-2c2c-3d3d-4e4e4e4e4e4e, federatedToken: {file: /run/token}}", ""),
    ])
    func `credentials are checked`(value: String, problems: String) {
        #expect(Example(credentials: "credentials: \(value)").problems().joined(separator: " ") == problems)
    }

    @Test(arguments: [
        ("gate: {networks: private}", "config-unknown-word"),
        ("gate: {port: 0}", "config-out-of-range"),
        ("gate: {port: \"25\"}", "config-wrong-type"),
        ("gate: {concurrency: 1.5}", "config-wrong-type"),
        ("gate: {resolver: dns.example}", "config-resolver"),
        ("gate: {resolver: 127.0.0.1:53}", "config-resolver"),
        ("gate: {resolver: 127.0.0.1@0}", "config-resolver"),
        ("gate: {trustAnchors: roots.pem}", "config-trust-anchors"),
        ("gate: {ehloName: localhost}", "config-domain"),
        ("gate: {maxEvidenceAge: 1s}", "config-out-of-range"),
        ("gate: {degraded: hold}", "config-unknown-word"),
        ("gate: {trustedRoots: [abc]}", "config-trusted-root"),
        ("gate: {probeDomains: {fabrikam.com: [a.fabrikam.com]}}", "config-probe-domains"),
        ("gate: {probeDomains: {\"*.fabrikam.com\": [contoso.com]}}", "config-probe-domains"),
        ("gate: {expiry: {soon: {share: 2}}}", "config-wrong-type"),
        ("gate: {expiry: {soon: {minimum: 60d}}}", "config-out-of-range"),
        ("gate: {checkRevocation: yes}", "config-wrong-type"),
        (
            "gate: {severities: [{check: cfg-smarthosts-missing, outcome: warn, connectors: [a], reason: x, until: 2027-01-01}]}",
            "config-severity"
        ),
        (
            "gate: {severities: [{check: cert-expired}]}",
            "config-missing-key config-missing-key config-missing-key config-missing-key"
        ),
        ("store: {url: mitregate.db}", "config-store"),
        ("store: {url: \"sqlite:\"}", "config-store"), ("store: {keep: 1h}", "config-out-of-range"),
        ("gate: {maximumNextHops: 0}", "config-out-of-range"),
        ("store: {url: \"postgresql://me:hunter2@db/x\"}", "config-url-secret"),
        ("store: {url: \"postgresql://me@db/x?sslmode=require&password=hunter2\"}", "config-url-secret"),
        ("store: {url: \"postgresql://db?password=hunter2\"}", "config-url-secret"),
        ("store: {url: \"postgresql://me@db/x\"}", ""),
        ("server: {listen: 8080}", "config-listen"),
        ("server: {listen: \"localhost:http\"}", "config-listen"),
        ("servers: {}", "config-unknown-key"),
    ])
    func `the rest is checked`(lines: String, problems: String) {
        #expect(Example(root: lines).problems().joined(separator: " ") == problems)
    }

    @Test(arguments: [
        ("https://git.example/x.git", ""),
        ("http://git.example/x.git", "config-url-insecure"),
        ("http://127.0.0.1:8080/x.git", "config-url-insecure"), ("http://localhost/x.git", "config-url-insecure"),
        ("http://me:hunter2@127.0.0.1/x.git", "config-url-secret"),
        ("https://hunter2@git.example/x.git", "config-url-secret"),
        ("https://me:hunter2@git.example/x.git", "config-url-secret"),
        ("ssh://git@git.example:2222/x.git", ""),
        ("ssh://git:hunter2@git.example/x.git", "config-url-secret"),
        ("git@git.example:contoso/x.git", ""), ("git.example:contoso/x.git", ""),
        ("./git.example:x", ""), ("contoso/x:y", ""), ("/srv/x:y", ""),
        (":contoso/x.git", "config-url"), ("git@:contoso/x.git", "config-url"), ("[::1]:x.git", "config-url"),
        ("ext::sh -c x", "config-url"), ("git:hunter2@git.example:x.git", "config-url"),
        ("-oProxyCommand=x:y", "config-url"), ("ssh://-oProxyCommand=x/y", "config-url"),
        ("file:///srv/x.git", ""),
        ("git://git.example/x.git", "config-url"),
        ("ftp://git.example/x.git", "config-url"),
        ("https:///x.git", "config-url"),
        ("../x", ""),
    ])
    func `an address of a repository is checked, and its secrets are not repeated`(url: String, problem: String) {
        let text = Example().text.replacing("https://git.example/contoso/mail-flow.git", with: "\"\(url)\"")
        do throws(ConfigurationError) {
            _ = try Configuration.read(text)
            #expect(problem.isEmpty)
        } catch {
            #expect(error.problems.map(\.id) == [problem])
            #expect(!error.description.contains("hunter2"))
        }
    }

    @Test(arguments: [
        ("git.example:x.git", true, "git.example:x.git"), ("git@git.example:x.git", true, "git@git.example:x.git"),
        ("./git.example:x", false, "/etc/mitregate/./git.example:x"), ("a/b:c", false, "/etc/mitregate/a/b:c"),
    ])
    func `a host and a path are ssh without a user too, unless a slash stands before the colon`(
        url: String,
        isSSH: Bool,
        read: String
    ) throws {
        func example(_ lines: String) -> String {
            Example(source: lines).text.replacing("https://git.example/contoso/mail-flow.git", with: url)
        }
        #expect(try Configuration.read(example("")).sources.first?.url == read)
        let key = "credentials: {privateKey: {file: id_ed25519}}"
        guard isSSH else {
            let error = #expect(throws: ConfigurationError.self) { try Configuration.read(example(key)) }
            #expect(error?.problems.map(\.id) == ["config-credentials"])
            return
        }
        let access = try #require(try Configuration.read(example(key)).sources.first?.access)
        #expect(access.authentication == .privateKey(file: "/etc/mitregate/id_ed25519", passphrase: nil))
    }

    @Test(arguments: [
        ("", "empty-file"),
        ("- a", "config-wrong-type"),
        ("apiVersion: mitregate.dev/v1\nkind: Configuration", "config-no-sources"),
        ("apiVersion: mitregate.dev/v2\nkind: OutboundConnector\nsources: []", "config-version config-version"),
        ("a: 1\n---\nb: 2", "several-documents"),
    ])
    func `a file that is no configuration is refused`(text: String, problems: String) {
        let error = #expect(throws: ConfigurationError.self) { try Configuration.read(text) }
        #expect(error?.problems.map(\.id).joined(separator: " ") == problems)
    }

    @Test(arguments: [
        (["name: contoso", "tenantId: 99999999-2222-3333-4444-555555555555"], "config-duplicate-tenant"),
        (["name: other", "tenantId: 11111111-2222-3333-4444-555555555555"], "config-duplicate-folder"),
        (["name: other", "tenantId: 99999999-2222-3333-4444-555555555555"], ""),
    ])
    func `no two tenants are one`(lines: [String], problems: String) {
        let second = """
            \("")
                  - \(lines[0])
                    \(lines[1])
                    path: tenants/other
                    organization: contoso.onmicrosoft.com
                    credentials: {managedIdentity: {}}
            """
        let source = "\n  - name: other\n    url: https://git.example/contoso/other.git\n    tenants:"
        for text in [Example().text + second, Example().text + source + second] {
            let error: ConfigurationError?
            do throws(ConfigurationError) {
                _ = try Configuration.read(text)
                error = nil
            } catch let found {
                error = found
            }
            #expect((error?.problems.map(\.id).joined(separator: " ") ?? "") == problems, "\(text)")
        }
    }

    @Test func `PostgreSQL is read and cannot be opened`() throws {
        let store = try Example(root: "store: {url: \"postgresql://me@db/x\"}").read().store.url
        let error = #expect(throws: ConfigurationError.self) { try store.sqlitePath() }
        #expect(error?.problems.map(\.id) == ["config-store-unsupported"])
    }

    @Test(arguments: [
        "hunter2", "*hunter2", "&hunter2", "&hunter2 x", "!hunter2", "!hunter2 x", "\"hunter2", "'hunter2", "@hunter2",
        "%hunter2", "`hunter2`", "|hunter2", ">hunter2", "[hunter2]", "{hunter2}", "{hunter2: x}", "? hunter2",
        "{env: X, file: hunter2}", "{env: \"hunter2!\"}", "{env: [hunter2]}", "hunter2: x",
        "{file: \"hunter2\\u0007\"}",
        "\"hunter2\\q\"", "\"hunter2\\xzz\"", "- hunter2", "<<: hunter2",
    ])
    func `whatever stands where a reference belongs is refused and not repeated`(value: String) {
        let credentials = "credentials:\n  clientId: 0a0a0a0a-1b1b-2c2c-3d3d-4e4e4e4e4e4e\n  clientSecret: \(value)"
        let text = Example().text.replacing(
            Example().credentials,
            with: credentials.replacing("\n", with: "\n        ")
        )
        let error = #expect(throws: ConfigurationError.self) { try Configuration.read(text) }
        #expect(error?.description.contains("hunter2") == false)
    }

    @Test func `every error is told in one pass, with its place and its remedy`() throws {
        let error = #expect(throws: ConfigurationError.self) {
            try Configuration.read(
                Self.broken,
                environment: ["MITREGATE_GATE_PROT": "25", "MITREGATE_SERVER_LISTEN": "nowhere"]
            )
        }
        let text = try #require(error).description
        #expect(!text.contains("hunter2"))
        try expectGolden(text + "\n", "errors.txt")
    }

    private static let broken = """
        apiVersion: mitregate.dev/v1
        kind: Configuration
        sources:
          - name: mail flow
            url: https://me:hunter2@git.example/contoso/mail-flow.git
            brnach: main
            interval: often
            tenants:
              - name: contoso
                path: ../contoso
                tenantId: contoso
                credentials: {clientId: 0a0a0a0a-1b1b-2c2c-3d3d-4e4e4e4e4e4e, clientSecret: hunter2}
                endpoints: {exchange: "http://exchange.example"}
                cloud: gcchigh
                freezes: [{cron: "0 18 * * FRY", duration: 62h, timeZone: Europe/Zurick}]
        gate: {resolver: dns.example, networks: "\\e[2J"}
        store: {url: "mysql://db"}
        """
}
