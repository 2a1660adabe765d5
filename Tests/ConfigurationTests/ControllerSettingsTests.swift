import Connectors
import Configuration
import Testing

/// What the controller reads: server, tokens, notices, rollout and watch.
struct ControllerSettingsTests {
    @Test func `without a word the server is open to this machine only, and nothing is watched`() throws {
        let configuration = try Example().read()
        #expect(configuration.server == ServerSettings())
        #expect(configuration.server.isLoopback)
        #expect(configuration.notices.isEmpty)
        #expect(configuration.controllerName == "mitregate")
        let tenant = try #require(configuration.tenants.first).tenant
        #expect(tenant.watch == MailWatchSettings(mail: .off, onRegression: .hold))
        #expect(tenant.onRegression == .rollBack)
        #expect(tenant.correctAfter == .seconds(900))
    }

    @Test func `every key of the controller is read`() throws {
        let example = Example(
            source: "rollout: {canaries: [contoso], wait: 1h, stopAfter: 2}\ninterval: 1s",
            tenant: """
                interval: 1s
                correctAfter: 1s
                watch: {for: 48h, settle: 10m, mail: trace, onRegression: roll-back-even-if-weaker}
                """,
            root: """
                controller: {name: lab}
                server:
                  listen: "0.0.0.0:8443"
                  publicURL: https://mitregate.example/
                  tls: {certificate: {file: server.pem}, privateKey: {file: server.key}}
                  metrics: open
                  tokens: [{name: ops, token: {env: OPS}, may: [read, operate, approve]}]
                notices:
                  - {name: siem, webhook: {url: "https://siem.example/in", secret: {file: hmac}}, events: [Drifted], tenants: [contoso]}
                  - {name: chat, slack: {url: {file: slack.url}}}
                  - {name: desk, teams: {url: "https://teams.example/hook"}}
                """
        )
        let configuration = try example.read()
        #expect(configuration.controllerName == "lab")
        let server = configuration.server
        #expect(server.port == 8_443 && !server.isLoopback && server.areMetricsOpen)
        #expect(server.publicURL == "https://mitregate.example")
        #expect(server.tls?.certificate.hasSuffix("server.pem") == true)
        #expect(
            server.tokens == [APIToken(name: "ops", token: .environment("OPS"), rights: [.read, .operate, .approve])]
        )
        #expect(configuration.notices.map(\.form) == [.webhook, .slack, .teams])
        #expect(configuration.notices[0].conditions == ["Drifted"] && configuration.notices[0].tenants == ["contoso"])
        let managed = try #require(configuration.tenants.first)
        #expect(managed.source.rollout == RolloutSettings(canaries: ["contoso"], wait: .seconds(3_600), stopAfter: 2))
        #expect(managed.tenant.watch.length == .seconds(48 * 3_600))
        #expect(managed.tenant.onRegression == .rollBackEvenIfWeaker)
    }

    @Test(arguments: [
        ("server: {listen: \"0.0.0.0:8080\"}", "config-listen"),
        ("server: {listen: nowhere}", "config-listen"),
        ("server: {publicURL: mitregate.example}", "config-public-url"),
        ("server: {tls: {certificate: {file: a}}}", "config-missing-key"),
        ("server: {tokens: [{name: a, token: hunter2, may: [read]}]}", "config-literal-secret"),
        ("server: {tokens: [{name: a, token: {env: A}, may: [reed]}]}", "config-unknown-word"),
        ("server: {tokens: [{name: a, token: {env: A}}]}", "config-missing-key"),
        (
            "server: {tokens: [{name: a, token: {env: A}, may: [read]}, {name: a, token: {env: B}, may: [read]}]}",
            "config-duplicate-token"
        ),
        ("notices: [{name: a}]", "config-notice"),
        ("notices: [{name: a, slack: {url: {env: A}}, teams: {url: {env: B}}}]", "config-notice"),
        ("notices: [{name: a, webhook: {url: \"http://siem.example\"}}]", "config-notice-url"),
        ("notices: [{name: a, slack: {url: \"https://x.example\", secret: {env: A}}}]", "config-unknown-key"),
        ("notices: [{name: a, slack: {url: {env: A}}}, {name: a, teams: {url: {env: B}}}]", "config-duplicate-notice"),
        ("notices: [{name: a, slack: {url: {env: A}}, tenants: [contosso]}]", "config-notice"),
        ("controller: {name: -x}", "config-name"),
    ])
    func `each slip in the controller's keys is an error`(line: String, problem: String) {
        #expect(Example(root: line).problems() == [problem])
    }

    @Test func `a notice for a tenant that there is not asks for the nearest, and says nothing of one that is wrong`() {
        let notice = "notices: [{name: a, slack: {url: {env: A}}, tenants: [contoso, contosso]}]"
        let error = #expect(throws: ConfigurationError.self) { try Example(root: notice).read() }
        #expect(error?.problems.first?.text.hasPrefix("mitregate.yaml:3:64: tenants names \"contosso\"") == true)
        #expect(error?.problems.first?.remedy.hasPrefix("Did you mean \"contoso\"?") == true)
        #expect(Example(tenant: "bake: soon", root: notice).problems() == ["config-duration"])
    }

    @Test func `a proxy in front allows to listen beyond loopback`() throws {
        let server = try Example(root: "server: {listen: \"0.0.0.0:8080\", behindProxy: true}").read().server
        #expect(server.isBehindProxy)
    }

    @Test func `a notice's address is not repeated in the error about it`() {
        do {
            _ = try Example(root: "notices: [{name: a, slack: {url: \"http://hooks.example/T000/SECRETPART\"}}]").read()
            Issue.record("it was taken")
        } catch {
            #expect(!"\(error)".contains("SECRETPART"))
        }
    }
}
