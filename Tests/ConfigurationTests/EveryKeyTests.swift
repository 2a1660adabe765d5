import Configuration
import Connectors
import Testing
import YAML

/// Every key of a file in turn, written with nothing behind it.
struct EveryKeyTests {
    /// A key of the file: where it lies, as docs/configuration.md names it, and how to get there.
    private struct Place {
        let path: String
        let steps: [Int]
    }

    /// Mappings all of whose keys have defaults.
    private static let optional: Set = [
        "gate", "gate.expiry", "gate.expiry.soon", "gate.expiry.urgent", "store", "server", "controller",
    ]

    @Test func `nothing behind a key is an error at that key, whichever it is`() throws {
        let root = try parse(Self.whole)
        _ = try read(flow(root, without: nil))
        let places = places(in: root)
        for place in places where !Self.optional.contains(place.path) {
            let text = flow(root, without: place.steps)
            let key = try key(in: try parse(text), at: place.steps)
            let error = #expect(throws: ConfigurationError.self, "\(place.path)") { try read(text) }
            let told = (error?.problems ?? []).filter { ($0.line, $0.column) == (key.line, key.column) }
            #expect(told.contains { Self.ids.contains($0.id) }, "\(place.path): \(error?.description ?? "")")
        }
        let optional = places.filter { Self.optional.contains($0.path) }
        for place in optional { _ = try read(flow(root, without: place.steps)) }
        #expect(optional.count == Self.optional.count && places.count > 200, "\(places.count)")
    }

    /// A secret's key says that it takes no secret itself, as one that begins with # is a comment.
    private static let ids = ["config-empty", "config-wrong-type", "config-literal-secret", "config-secret-reference"]

    @Test func `every key that the reference calls required was among them`() throws {
        let walked = Set(places(in: try parse(Self.whole)).map(\.path))
        var count = 0
        for section in KeySection.all {
            let paths = section.path.split(separator: ",").map { String($0).trimmingSpaces() }
            for key in section.keys where key.meaning.contains("required") {
                let keys = paths.map { $0 == "the top" ? key.name : "\($0).\(key.name)" }
                #expect(keys.contains(where: walked.contains), "\(keys)")
                count += 1
            }
        }
        #expect(count >= 40, "\(count)")
    }

    private func read(_ text: String) throws(ConfigurationError) -> Configuration {
        try ConfigurationReader.read(
            Array(text.utf8),
            file: "mitregate.yaml",
            folder: "/etc/mitregate",
            contents: { _ in Array("name,tenantId\nf,\(guid(6))\n".utf8) }
        )
    }

    private func parse(_ text: String) throws -> YAMLNode {
        let findings = Findings(SourceText(path: "mitregate.yaml", bytes: Array(text.utf8)))
        let document = YAMLReader.readOne(findings, limits: .configuration)
        #expect(findings.diagnostics.isEmpty, "\(findings.diagnostics)")
        return try #require(document).root
    }

    private func places(in node: YAMLNode, _ path: String = "", _ steps: [Int] = []) -> [Place] {
        switch node.value {
        case .scalar: []
        case .sequence(let items):
            items.enumerated().flatMap { places(in: $1, "\(path)[]", steps + [$0]) }
        case .mapping(let mapping):
            mapping.entries.enumerated().flatMap { index, entry in
                let below = path.isEmpty ? entry.key : "\(path).\(entry.key)"
                let own = Place(path: below, steps: steps + [index])
                return [own] + places(in: entry.value, below, own.steps)
            }
        }
    }

    private func key(in node: YAMLNode, at steps: [Int]) throws -> YAMLPlace {
        var node = node
        var place = node.place
        for step in steps {
            switch node.value {
            case .scalar: Issue.record("\(steps)")
            case .sequence(let items): node = items[step]
            case .mapping(let mapping): (node, place) = (mapping.entries[step].value, mapping.entries[step].keyPlace)
            }
        }
        return place
    }

    /// A value on one line, with nothing behind the key that the steps lead to.
    private func flow(_ node: YAMLNode, without steps: [Int]?) -> String {
        func below(_ index: Int) -> [Int]? { steps?.first == index ? steps.map { Array($0.dropFirst()) } : nil }
        switch node.value {
        case .scalar(let scalar): return scalar.kind == .text ? "\"\(scalar.text)\"" : scalar.text
        case .sequence(let items):
            return "[\(items.enumerated().map { flow($1, without: below($0)) }.joined(separator: ", "))]"
        case .mapping(let mapping):
            let texts = mapping.entries.enumerated().map { index, entry in
                "\"\(entry.key)\": \(steps == [index] ? "" : flow(entry.value, without: below(index)))"
            }
            return "{\(texts.joined(separator: ", "))}"
        }
    }
}

private func guid(_ number: Int) -> String { "00000000-0000-0000-0000-00000000000\(number)" }

extension EveryKeyTests {
    private static let whole = """
        apiVersion: mitregate.dev/v1
        kind: Configuration
        defaults: {source: {interval: 2m}, tenant: {bake: 10m}}
        sources:
          - name: one
            url: https://git.example/one.git
            branch: main
            credentials: {token: {env: A}}
            caFile: {file: roots.pem}
            verify: {mode: head, allowedSigners: {file: allowed_signers}}
            rollout: {canaries: [a], wait: 1h, stopAfter: 1}
            forge:
              kind: github
              url: https://api.github.com
              repository: a/b
              credentials: {app: {id: 1, installation: 1, privateKey: {file: a}}}
              webhook: {secret: {file: a}}
              visibility: summary
              review: required
              approvals: 1
              apply: merge
              drift: off
              rollback: off
              unmanaged: off
              identity: {name: M, email: m@x.example, signingKey: {file: a}}
            tenants:
              - name: a
                path: a
                tenantId: \(guid(1))
                organization: a.onmicrosoft.com
                cloud: worldwide
                labels: {tier: gold}
                templates: [forced-tls]
                values: {domain: fabrikam.com}
                credentials:
                  clientId: \(guid(9))
                  certificate: {certificate: {file: a}, privateKey: {file: a}}
                endpoints:
                  login: https://a.example
                  exchange: https://a.example
                  graph: https://a.example
                  activity: https://a.example
                  caFile: {file: a}
                readTimeout: 1m
                interval: 5m
                changes: apply
                drift: report
                correctAfter: 15m
                prune: orphan
                limits: {changes: 20, deletes: 2}
                freezes: [{cron: "0 18 * * FRI", duration: 1h, timeZone: UTC}]
                validate: none
                watch: {mail: off, for: 24h, settle: 30m, onRegression: hold}
                audit: search
          - name: two
            url: https://git.example/two.git
            interval: 1m
            credentials: {user: robot, password: {env: A}}
            forge:
              kind: azure-devops
              url: https://dev.azure.com/a
              repository: a/b
              credentials: {entra: {tenantId: \(guid(9)), clientId: \(guid(9)), clientSecret: {env: A}}}
              webhook: {user: a, password: {file: a}}
            tenants:
              - name: b
                path: b
                tenantId: \(guid(2))
                organization: b.onmicrosoft.com
                bake: 1m
                credentials: {clientId: \(guid(9)), clientSecret: {env: A}}
              - name: c
                path: c
                tenantId: \(guid(3))
                organization: c.onmicrosoft.com
                credentials: {clientId: \(guid(9)), federatedToken: {file: a}}
          - name: three
            url: ssh://git@git.example/three.git
            credentials: {privateKey: {file: a}, passphrase: {env: A}}
            knownHosts: {file: a}
            forge:
              kind: gitlab
              url: https://git.example/api/v4
              repository: a/b
              credentials: {token: {env: A}}
            tenantSets:
              - names: [{name: e, tenantId: \(guid(5))}]
                path: e
                organization: e.onmicrosoft.com
                credentials: {managedIdentity: {}}
              - file: tenants.csv
                path: f
                organization: f.onmicrosoft.com
                credentials: {managedIdentity: {}, clientId: \(guid(9))}
        gate:
          resolver: system
          trustAnchors: {file: roots.pem}
          dnssecAnchors: {file: root.key}
          port: 25
          ehloName: gate.contoso.com
          timeout: 30s
          concurrency: 64
          networks: public
          maxEvidenceAge: 15m
          degraded: approve
          unknown: hold
          severities: [{check: cert-weak-key, outcome: warn, connectors: [a], reason: Known, until: 2027-01-31}]
          trustedRoots: [\(String(repeating: "ab", count: 32))]
          probeDomains: {"*.fabrikam.com": [mail.fabrikam.com]}
          expiry: {soon: {share: 0.2, minimum: 7d, maximum: 30d}, urgent: {share: 0.07, minimum: 3d, maximum: 7d}}
          maximumNextHops: 1000
          minimumRSABits: 2048
          checkRevocation: true
        store: {url: "sqlite:mitregate.db", keep: 400d}
        mirrors: clones
        server:
          listen: "127.0.0.1:8080"
          publicURL: https://mitregate.example
          tls: {certificate: {file: a}, privateKey: {file: a}}
          behindProxy: false
          tokens: [{name: ops, token: {file: a}, may: [read]}]
          metrics: token
        notices:
          - {name: w, webhook: {url: "https://a.example", secret: {file: a}}, events: [Drifted], tenants: [a]}
          - {name: s, slack: {url: {file: a}}}
          - {name: t, teams: {url: "https://a.example"}}
        controller: {name: lab}
        """
}
