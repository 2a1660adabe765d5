import Configuration
import Foundation
import Testing

/// docs/configuration.md is written from `KeySection.all`, which is held to what the reader asks for; UPDATE_GOLDEN=1 writes it.
@Suite struct ConfigurationReferenceTests {
    private static let file = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../docs/configuration.md").standardizedFileURL

    /// Every mapping that there is, each with a key that is none.
    private static let everything = """
        apiVersion: mitregate.dev/v1
        kind: Configuration
        zzz: 1
        defaults: {zzz: 1}
        sources:
          - name: a
            url: https://git.example/a.git
            zzz: 1
            credentials: {token: {env: A}, zzz: 1}
            verify: {mode: head, allowedSigners: {file: a}, zzz: 1}
            rollout: {zzz: 1}
            forge:
              kind: github
              url: https://api.github.com
              repository: a/b
              zzz: 1
              credentials: {app: {id: 1, installation: 1, privateKey: {file: a}, zzz: 1}, zzz: 1}
              webhook: {secret: {file: a}, zzz: 1}
              identity: {zzz: 1}
            tenants:
              - name: a
                path: a
                tenantId: 11111111-2222-3333-4444-555555555555
                organization: a.onmicrosoft.com
                zzz: 1
                credentials:
                  clientId: 11111111-2222-3333-4444-555555555555
                  certificate: {certificate: {file: a}, privateKey: {file: a}, zzz: 1}
                  zzz: 1
                endpoints: {zzz: 1}
                limits: {zzz: 1}
                freezes: [{cron: "0 18 * * FRI", duration: 1h, zzz: 1}]
                watch: {zzz: 1}
          - name: b
            url: https://git.example/b.git
            forge:
              kind: azure-devops
              url: https://dev.azure.com/a
              repository: a/b
              credentials: {entra: {tenantId: 11111111-2222-3333-4444-555555555555, managedIdentity: {}, zzz: 1}}
              webhook: {user: a, password: {file: a}, zzz: 1}
            tenantSets: [{names: [b], zzz: 1}]
        gate:
          zzz: 1
          severities: [{zzz: 1}]
          expiry: {zzz: 1, soon: {zzz: 1}, urgent: {zzz: 1}}
        store: {zzz: 1}
        server: {zzz: 1, tls: {zzz: 1}, tokens: [{zzz: 1}]}
        notices:
          - {name: a, zzz: 1, webhook: {url: "https://a.example", secret: {file: a}, zzz: 1}}
          - {name: b, slack: {url: "https://a.example", zzz: 1}}
          - {name: c, teams: {url: "https://a.example", zzz: 1}}
        controller: {zzz: 1}
        """

    /// What the reader knows in each mapping, as its own errors tell it.
    private func known() -> [String: Set<String>] {
        var known: [String: Set<String>] = [:]
        do {
            _ = try Configuration.read(Self.everything)
        } catch {
            for problem in error.problems where problem.id == "config-unknown-key" {
                guard let name = problem.message.firstMatch(of: /^(.+) has no key/)?.1,
                    let words = problem.remedy.firstMatch(of: /Known here: (.+)\.$/)?.1
                else { continue }
                let keys = words.split(separator: ", ").map(String.init)
                // A mapping that is read in two ways is one in the reference.
                let title = name.prefix(1).lowercased() + name.dropFirst()
                known[title, default: []].formUnion(keys)
            }
        }
        return known
    }

    @Test func `every key that the reader asks for is described, and no other`() {
        let known = known()
        let described = Dictionary(grouping: KeySection.all, by: \.called).mapValues {
            Set($0.flatMap(\.keys).map(\.name))
        }
        #expect(Set(known.keys) == Set(described.keys))
        for (name, keys) in known {
            #expect(
                described[name] == keys.union(described[name]?.intersection(Self.elsewhere[name] ?? []) ?? []),
                "\(name)"
            )
        }
    }

    /// Keys of mappings of the same name that the text above does not reach, as one excludes another.
    private static let elsewhere: [String: Set<String>] = [
        "credentials": ["clientId", "clientSecret", "federatedToken", "managedIdentity"],
        "webhook": ["user", "password"],
    ]

    @Test func `the reference is written from that`() throws {
        let text = ([Self.head] + KeySection.all.map(Self.table)).joined(separator: "\n\n") + "\n"
        if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] != nil { try Data(text.utf8).write(to: Self.file) }
        #expect(try String(contentsOf: Self.file, encoding: .utf8) == text)
    }

    @Test func `a default that the packaged file shows is the one that is described`() throws {
        let packaged = try String(
            contentsOf: Self.file.deletingLastPathComponent().appending(path: "../deploy/package/mitregate.yaml"),
            encoding: .utf8
        )
        var checked = 0
        for section in KeySection.all
        where ["a source", "a tenant", "gate", "store", "server"].contains(section.called) {
            for key in section.keys {
                guard let fallback = key.fallback,
                    let shown = packaged.firstMatch(
                        of: try Regex("(?m)^ *#\(key.name): ([^{\\[\\n]+)$", as: (Substring, Substring).self)
                    )
                else { continue }
                let value = shown.1.trimmingCharacters(in: CharacterSet(charactersIn: "\" "))
                guard key.name != "ehloName", key.name != "interval" else { continue }
                #expect(value == fallback, "\(section.called).\(key.name)")
                checked += 1
            }
        }
        #expect(checked > 15, "\(checked)")
    }

    private static let head = """
        # Configuration

        `mitregate.yaml`, or the file that `--config` or `MITREGATE_CONFIG` names. `mitregate init` writes one with every setting
        explained. It is the operator's, and lies outside the repositories that it watches.

        - A flag comes before a variable, a variable before the file. A key's variable is its path in upper case: `store.url` is
          `MITREGATE_STORE_URL`. Entries of lists have none.
        - Unknown keys, and keys with nothing behind them, are errors with file and line. Relative paths are meant from the file's
          folder.
        - A *secret* is `{env: NAME}` or `{file: PATH}`, never the secret itself. A *path* may be written so too.
        - A *duration* is `30s`, `5m`, `1h30m` or `14d`. A *date* means its end in UTC; an RFC 3339 instant is taken as well.
        """

    private static func table(_ section: KeySection) -> String {
        let places = section.path.components(separatedBy: ", ").map { $0 == "the top" ? $0 : "`\($0)`" }.joined(
            separator: ", "
        )
        let rows = section.keys.map { key in
            let fallback = key.fallback.map { $0.contains(" ") ? $0 : "`\($0)`" } ?? "–"
            return "| `\(key.name)` | \(key.type) | \(fallback) | \(key.meaning) |"
        }
        return (["## \(places)", "", "| key | type | default | meaning |", "|---|---|---|---|"] + rows).joined(
            separator: "\n"
        )
    }
}
