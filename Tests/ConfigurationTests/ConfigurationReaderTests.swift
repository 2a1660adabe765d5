import Configuration
import Connectors
import Foundation
import TestSupport
import Testing

struct ConfigurationReaderTests {
    @Test func `a file with everything in it is read as it says`() throws {
        let configuration = try Configuration.read(Self.everything)
        #expect(configuration.sources.map(\.name) == ["mail-flow", "local"])
        let source = try #require(configuration.sources.first)
        #expect(source.branch == "production" && source.interval == .seconds(120))
        #expect(source.verification == SignatureVerification(allowedSigners: "/etc/mitregate/allowed_signers"))
        #expect(
            source.access
                == GitAccess(
                    authentication: .privateKey(
                        file: "/etc/mitregate/id_ed25519",
                        passphrase: .environment("KEY_PASSPHRASE")
                    ),
                    knownHosts: "/etc/ssh/known_hosts"
                )
        )
        #expect(source.tenants == [Self.contoso])
        #expect(configuration.sources[1].url == "/etc/mitregate/../repository")
        #expect(configuration.gate == Self.gate)
        #expect(
            configuration.store
                == StoreSettings(url: .sqlite(path: "/var/lib/mitregate/state.db"), keep: .seconds(30 * 86_400))
        )
        #expect(configuration.server == ServerSettings(host: "::1", port: 9_000))
        #expect(configuration.tenants.map(\.tenant.name) == ["contoso", "fabrikam"])
    }

    @Test func `what a file does not say has its default`() throws {
        let configuration = try Example().read()
        let tenant = try #require(configuration.sources.first?.tenants.first)
        #expect(
            tenant
                == TenantConfiguration(
                    name: "contoso",
                    path: "tenants/contoso",
                    tenantId: "11111111-2222-3333-4444-555555555555",
                    organization: "contoso.onmicrosoft.com",
                    credentials: CredentialConfiguration(
                        clientId: "0a0a0a0a-1b1b-2c2c-3d3d-4e4e4e4e4e4e",
                        proof: .clientSecret(.environment("SECRET"))
                    )
                )
        )
        #expect(configuration.gate == GateSettings())
        #expect(configuration.store == StoreSettings(url: .sqlite(path: "/etc/mitregate/mitregate.db")))
        #expect(configuration.server == ServerSettings())
    }

    @Test func `an empty variable counts as unset`() throws {
        let environment = ["MITREGATE_GATE_PORT": "", "MITREGATE_NO_SUCH_KEY": "", "MITREGATE_CONFIG": ""]
        #expect(try Example().read(environment: environment) == (try Example().read()))
        #expect(ConfigurationReader.named(nil, environment) == nil)
        #expect(ConfigurationReader.named(nil, ["MITREGATE_CONFIG": "a.yaml"]) == "a.yaml")
    }

    @Test(arguments: [
        ("", [:], "/etc/mitregate/mitregate.db-mirrors"),
        ("store: {url: \"sqlite:/var/lib/m.db\"}", [:], "/var/lib/m.db-mirrors"),
        ("mirrors: clones", [:], "/etc/mitregate/clones"),
        ("mirrors: clones", ["MITREGATE_MIRRORS": "/srv/clones"], "/srv/clones"),
        (postgresql, [:], "/var/cache/mitregate/mirrors"),
        (postgresql, ["HOME": "/home/ada"], "/home/ada/.cache/mitregate/mirrors"),
        (postgresql, ["HOME": "/home/ada", "XDG_CACHE_HOME": "/cache"], "/cache/mitregate/mirrors"),
        (postgresql, ["XDG_CACHE_HOME": "cache"], "/var/cache/mitregate/mirrors"),
        (postgresql, ["XDG_CACHE_HOME": "/cache", "CACHE_DIRECTORY": "/var/cache/m:/b"], "/var/cache/m/mirrors"),
    ])
    func `mirrors lie where the key says, else next to the store's file, else in the cache`(
        root: String,
        environment: [String: String],
        folder: String
    ) throws {
        #expect(try Example(root: root).read(environment: environment).mirrors == folder)
    }

    private static let postgresql = "store: {url: \"postgresql://db.example/mitregate\"}"

    @Test func `a flag comes before a variable, and that before the file`() throws {
        let example = Example(root: "gate: {port: 2525, timeout: 10s, networks: any}\nstore: {url: \"sqlite:a.db\"}")
        let environment = [
            "MITREGATE_GATE_PORT": "2526", "MITREGATE_GATE_TIMEOUT": "20s", "MITREGATE_STORE_URL": "sqlite:/b.db",
        ]
        let configuration = try example.read(environment: environment, flags: ["gate.port": "2527"])
        #expect(configuration.gate.port == 2_527)
        #expect(configuration.gate.timeout == .seconds(20))
        #expect(configuration.gate.networks == .any)
        #expect(configuration.store.url == .sqlite(path: "/b.db"))
    }

    @Test(arguments: [
        ("MITREGATE_GATE_EHLO_NAME", "gate.contoso.com", \GateSettings.ehloName == "gate.contoso.com"),
        ("MITREGATE_GATE_EHLONAME", "gate.contoso.com", \GateSettings.ehloName == "gate.contoso.com"),
        (
            "MITREGATE_GATE_RESOLVER", "127.0.0.1@5353, ::1",
            \GateSettings.resolver
                == .addresses([.init(address: "127.0.0.1", port: 5_353), .init(address: "::1")])
        ),
        ("MITREGATE_GATE_TRUST_ANCHORS", "system", \GateSettings.trustAnchors == .system),
        (
            "MITREGATE_GATE_TRUST_ANCHORS_FILE", "roots.pem",
            \GateSettings.trustAnchors == .file("/etc/mitregate/roots.pem")
        ),
        ("MITREGATE_GATE_EXPIRY_SOON_SHARE", "0.5", \GateSettings.expiry.soon.share == 0.5),
    ])
    func `a key's variable is its path in upper case`(name: String, value: String, check: GateCheck) throws {
        let configuration = try Example().read(environment: [name: value])
        #expect(check.holds(configuration.gate))
    }

    @Test(arguments: [
        (["MITREGATE_GATE_PROT": "25"], ["config-unknown-variable"]),
        (["MITREGATE_SOURCES": "x"], ["config-unknown-variable"]),
        (["MITREGATE_GATE_EHLO_NAME": "a.b", "MITREGATE_GATE_EHLONAME": "a.b"], ["config-duplicate-variable"]),
        (["MITREGATE_GATE_PORT": "smtp"], ["config-wrong-type"]),
        (["MITREGATE_CONFIG": "x.yaml", "MITREGATE_COMMAND": "plan", "MITREGATE_BIN": "/x"], []),
        (["OTHER_GATE_PORT": "smtp"], []),
    ])
    func `a variable that matches no key is an error`(environment: [String: String], problems: [String]) {
        #expect(Example().problems(environment: environment) == problems)
    }

    @Test func `a variable that a secret is found in is no key`() {
        var example = Example()
        example.credentials = example.credentials.replacing("SECRET", with: "MITREGATE_SECRET")
        #expect(example.problems(environment: ["MITREGATE_SECRET": "correct horse"]) == [])
    }

    @Test func `the file is the flag's, else the variable's, else mitregate.yaml`() async throws {
        try await withTemporaryFolder { folder in
            let file = folder.appending(path: "own.yaml")
            try Data(Example(root: "store: {url: \"sqlite:x.db\"}").text.utf8).write(to: file)
            let byFlag = try ConfigurationReader.read(path: file.path(), environment: ["MITREGATE_CONFIG": "/none"])
            let byVariable = try ConfigurationReader.read(path: nil, environment: ["MITREGATE_CONFIG": file.path()])
            #expect(byFlag == byVariable)
            #expect(byFlag.store.url == .sqlite(path: folder.path() + "x.db"))
        }
    }

    @Test func `a missing file says what to do`() throws {
        let named = #expect(throws: ConfigurationError.self) {
            try ConfigurationReader.read(path: "/nowhere/own.yaml", environment: [:])
        }
        #expect(
            named?.description == "/nowhere/own.yaml: File not found.\n  Check --config and MITREGATE_CONFIG."
        )
        let folder = #expect(throws: ConfigurationError.self) {
            try ConfigurationReader.read(path: "/tmp", environment: [:])
        }
        #expect(folder?.problems.map(\.id) == ["config-unreadable"])
    }

    /// What a row of a table expects of the gate's settings.
    struct GateCheck: Sendable {
        let holds: @Sendable (GateSettings) -> Bool
    }
}

private func == <Value: Equatable & Sendable>(
    path: any KeyPath<GateSettings, Value> & Sendable,
    value: Value
) -> ConfigurationReaderTests.GateCheck {
    ConfigurationReaderTests.GateCheck { $0[keyPath: path] == value }
}

extension ConfigurationReaderTests {
    fileprivate static let everything = """
        apiVersion: mitregate.dev/v1
        kind: Configuration
        sources:
          - name: mail-flow
            url: ssh://git@git.example/contoso/mail-flow.git
            branch: production
            interval: 2m
            verify: {mode: head, allowedSigners: {file: allowed_signers}}
            credentials: {privateKey: {file: id_ed25519}, passphrase: {env: KEY_PASSPHRASE}}
            knownHosts: /etc/ssh/known_hosts
            tenants:
              - name: contoso
                path: ./tenants/contoso/
                tenantId: 11111111-2222-3333-4444-AAAAAAAAAAAA
                organization: Contoso.onmicrosoft.com
                cloud: gcc-high
                credentials:
                  clientId: 0a0a0a0a-1b1b-2c2c-3d3d-4e4e4e4e4e4e
                  certificate: {certificate: {file: client.pem}, privateKey: {env: CLIENT_KEY}}
                endpoints: {login: "http://127.0.0.1:8080/", exchange: "https://exchange.example", caFile: {file: ca.pem}}
                readTimeout: 2m
                interval: 10m
                changes: propose
                drift: correct
                prune: delete
                limits: {changes: 5, deletes: 0}
                bake: 10m
                freezes: [{cron: "0 18 * * FRI-SUN", duration: 62h, timeZone: Europe/Zurich}]
                validate: after-apply
                watch: {onRegression: roll-back-even-if-weaker}
          - name: local
            url: ../repository
            tenants:
              - name: fabrikam
                path: .
                tenantId: 99999999-2222-3333-4444-555555555555
                organization: fabrikam.onmicrosoft.com
                credentials: {managedIdentity: {}}
        gate:
          resolver: ["127.0.0.1@5353", "[::1]@53"]
          trustAnchors: {file: roots.pem}
          dnssecAnchors: {file: /etc/root.key}
          port: 2525
          ehloName: Gate.contoso.com
          timeout: 10s
          concurrency: 8
          networks: any
          maxEvidenceAge: 1h
          degraded: block
          unknown: approve
          severities:
            - {check: cert-expires-soon, outcome: fail, connectors: [fabrikam], reason: They forget, until: 2027-01-31}
          trustedRoots: ["AB:\(String(repeating: "00:", count: 30))CD"]
          probeDomains: {"*.fabrikam.com": [mail.fabrikam.com]}
          expiry: {soon: {share: 0.5, minimum: 1d, maximum: 60d}}
          minimumRSABits: 3072
          checkRevocation: false
          maximumNextHops: 20
        store: {url: "sqlite:/var/lib/mitregate/state.db", keep: 30d}
        server: {listen: "[::1]:9000"}
        """

    fileprivate static let contoso = TenantConfiguration(
        name: "contoso",
        path: "tenants/contoso",
        tenantId: "11111111-2222-3333-4444-aaaaaaaaaaaa",
        organization: "contoso.onmicrosoft.com",
        cloud: .gccHigh,
        credentials: CredentialConfiguration(
            clientId: "0a0a0a0a-1b1b-2c2c-3d3d-4e4e4e4e4e4e",
            proof: .certificate(
                certificate: .file("/etc/mitregate/client.pem"),
                privateKey: .environment("CLIENT_KEY")
            )
        ),
        endpoints: TenantEndpoints(
            login: "http://127.0.0.1:8080",
            exchange: "https://exchange.example",
            caFile: "/etc/mitregate/ca.pem"
        ),
        readTimeout: .seconds(120),
        interval: .seconds(600),
        policy: TenantPolicy(
            changes: .propose,
            drift: .correct,
            prune: .delete,
            limits: .init(changes: 5, deletes: 0),
            freezes: [.init(cron: "0 18 * * FRI-SUN", durationSeconds: 62 * 3_600, timeZone: "Europe/Zurich")]
        ),
        bake: .seconds(600),
        validate: .afterApply,
        onRegression: .rollBackEvenIfWeaker,
        watch: MailWatchSettings(onRegression: .rollBackEvenIfWeaker)
    )

    fileprivate static let gate: GateSettings = {
        var gate = GateSettings()
        gate.resolver = .addresses([.init(address: "127.0.0.1", port: 5_353), .init(address: "::1")])
        gate.trustAnchors = .file("/etc/mitregate/roots.pem")
        gate.dnssecAnchors = .file("/etc/root.key")
        gate.port = 2_525
        gate.ehloName = "gate.contoso.com"
        gate.timeout = .seconds(10)
        gate.concurrency = 8
        gate.networks = .any
        gate.maxEvidenceAge = .seconds(3_600)
        gate.degraded = .block
        gate.unknown = .approve
        gate.severities = [
            SeverityOverride(
                check: "cert-expires-soon",
                outcome: .fail,
                connectors: ["fabrikam"],
                reason: "They forget",
                until: Date(timeIntervalSince1970: 1_801_440_000)
            )
        ]
        gate.trustedRoots = ["ab" + String(repeating: "00", count: 30) + "cd"]
        gate.probeDomains = ["*.fabrikam.com": ["mail.fabrikam.com"]]
        gate.expiry = ExpiryWindows(
            soon: .init(share: 0.5, minimum: .seconds(86_400), maximum: .seconds(60 * 86_400))
        )
        gate.minimumRSABits = 3_072
        gate.checksRevocation = false
        gate.maximumNextHops = 20
        return gate
    }()
}
