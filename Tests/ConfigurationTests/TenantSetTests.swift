import Configuration
import Connectors
import Foundation
import TestSupport
import Testing
import YAML

struct TenantSetTests {
    @Test func `a default holds where neither tenant nor set says otherwise`() throws {
        let configuration = try Fleet(
            defaults: """
                source: {branch: production, interval: 5m}
                tenant:
                  credentials: {clientId: 0a0a0a0a-1b1b-2c2c-3d3d-4e4e4e4e4e4e, managedIdentity: {}}
                  limits: {changes: 9, deletes: 1}
                  freezes: [{cron: "0 18 * * FRI", duration: 1h}]
                  labels: {provider: litware, tier: bronze}
                  bake: 10m
                """,
            source: "interval: 1m",
            tenants: """
                - {name: own, path: own, tenantId: \(id(1)), organization: own.onmicrosoft.com, limits: {deletes: 3}, freezes: [], labels: {tier: gold}}
                """,
            sets: """
                - names: [{name: one, tenantId: \(id(2))}, {name: two, tenantId: \(id(3)), bake: 1m}]
                  path: "tenants/${name}"
                  organization: "${name}.onmicrosoft.com"
                  limits: {changes: 2}
                """
        ).read()
        let source = try #require(configuration.sources.first)
        #expect(source.branch == "production" && source.interval == .seconds(60))
        #expect(source.tenants.map(\.name) == ["own", "one", "two"])
        let (own, one, two) = (source.tenants[0], source.tenants[1], source.tenants[2])
        #expect(own.policy.limits == TenantPolicy.Limits(changes: 9, deletes: 3))
        #expect(own.policy.freezes.isEmpty)
        #expect(own.labels == ["provider": "litware", "tier": "gold"])
        #expect(own.bake == .seconds(600) && own.credentials.proof == .managedIdentity)
        #expect(one.path == "tenants/one" && one.organization == "one.onmicrosoft.com")
        #expect(one.policy.limits == TenantPolicy.Limits(changes: 2, deletes: 1) && one.policy.freezes.count == 1)
        #expect(two.bake == .seconds(60) && two.labels == ["provider": "litware", "tier": "bronze"])
    }

    @Test func `a tenant of a set is as if written by itself`() throws {
        let set = try Fleet(
            sets: """
                - file: tenants.csv
                  path: "customers/${name}"
                  credentials: {clientId: 0a0a0a0a-1b1b-2c2c-3d3d-4e4e4e4e4e4e, clientSecret: {file: "secrets/${name}"}}
                  labels: {tier: gold}
                  drift: correct
                """,
            table: """
                name,tenantId,organization,drift,labels.region,labels.tier,limits.deletes
                alpha,\(id(1)),alpha.onmicrosoft.com,,"Bern, west",,7
                beta,\(id(2)),beta.onmicrosoft.com,report,Zug,silver,
                """
        ).read()
        let credentials =
            "credentials: {clientId: 0a0a0a0a-1b1b-2c2c-3d3d-4e4e4e4e4e4e, clientSecret: {file: secrets/NAME}}"
        let written = try Fleet(
            tenants: """
                - name: alpha
                  path: customers/alpha
                  tenantId: \(id(1))
                  organization: alpha.onmicrosoft.com
                  \(credentials.replacing("NAME", with: "alpha"))
                  labels: {tier: gold, region: "Bern, west"}
                  drift: correct
                  limits: {deletes: 7}
                - name: beta
                  path: customers/beta
                  tenantId: \(id(2))
                  organization: beta.onmicrosoft.com
                  \(credentials.replacing("NAME", with: "beta"))
                  labels: {tier: silver, region: Zug}
                  drift: report
                """
        ).read()
        #expect(set.sources == written.sources)
    }

    @Test func `the way to sign in that a tenant chooses hides the default's`() throws {
        let configuration = try Fleet(
            defaults:
                "tenant: {credentials: {clientId: 0a0a0a0a-1b1b-2c2c-3d3d-4e4e4e4e4e4e, clientSecret: {env: SECRET}}}",
            tenants: """
                - {name: a, path: a, tenantId: \(id(1)), organization: a.onmicrosoft.com, credentials: {federatedToken: {file: token}}}
                - {name: b, path: b, tenantId: \(id(2)), organization: b.onmicrosoft.com, credentials: {clientSecret: {file: secret}}}
                """
        ).read()
        let client = "0a0a0a0a-1b1b-2c2c-3d3d-4e4e4e4e4e4e"
        #expect(
            configuration.tenants.map(\.tenant.credentials) == [
                CredentialConfiguration(clientId: client, proof: .federatedToken(file: "/etc/mitregate/token")),
                CredentialConfiguration(clientId: client, proof: .clientSecret(.file("/etc/mitregate/secret"))),
            ]
        )
    }

    @Test func `values keep how they were written, and where`() throws {
        let configuration = try Fleet(
            sets: """
                - file: tenants.csv
                  path: common
                  credentials: {managedIdentity: {}}
                  templates: [forced-tls, archive]
                  values: {port: 25, domains: [a.example, "${name}.example"], site: bern}
                """,
            table: """
                name,tenantId,organization,values.site,values.partner
                alpha,\(id(1)),alpha.onmicrosoft.com,zug,fabrikam.com
                """
        ).read()
        let tenant = try #require(configuration.tenants.first?.tenant)
        #expect(tenant.templates.map(\.name) == ["forced-tls", "archive"])
        let values = Dictionary(uniqueKeysWithValues: tenant.values.map { ($0.name, $0) })
        #expect(values.keys.sorted() == ["domains", "partner", "port", "site"])
        #expect(values["port"]?.content == .scalar(YAMLScalar(text: "25", isQuoted: false)))
        #expect(
            values["domains"]?.content
                == .list([
                    YAMLScalar(text: "a.example", isQuoted: false), YAMLScalar(text: "alpha.example", isQuoted: true),
                ])
        )
        #expect(values["site"]?.content == .cell("zug"))
        #expect(values["site"]?.position == SourcePosition(file: "tenants.csv", line: 2, column: 66))
        #expect(values["port"]?.position.file == "mitregate.yaml")
        #expect(
            tenant.templates.map(\.position)
                == Array(repeating: SourcePosition(file: "tenants.csv", line: 2, column: 1), count: 2)
        )
    }

    struct Case: CustomTestStringConvertible, Sendable {
        let testDescription: String
        var defaults = ""
        var set = "path: x\ncredentials: {managedIdentity: {}}"
        var table = "name,tenantId,organization\nalpha,\(id(1)),alpha.onmicrosoft.com"
        var names: String?
        /// What each problem says of its place and its kind.
        let problems: [String]
    }

    @Test(arguments: [
        Case(testDescription: "a right one has none", problems: []),
        Case(
            testDescription: "a wrong default is told once, where it stands",
            defaults: "tenant: {bake: soon}",
            table: "name,tenantId,organization\na,\(id(1)),a.onmicrosoft.com\nb,\(id(2)),b.onmicrosoft.com",
            problems: ["mitregate.yaml:3:27 config-duration"]
        ),
        Case(
            testDescription: "an unknown default is told once",
            defaults: "tenant: {brake: 10m}",
            table: "name,tenantId,organization\na,\(id(1)),a.onmicrosoft.com\nb,\(id(2)),b.onmicrosoft.com",
            problems: ["mitregate.yaml:3:21 config-unknown-key"]
        ),
        Case(
            testDescription: "what cannot be shared is no default",
            defaults: "source: {url: x}\ntenant: {name: x, tenantId: \(id(9))}",
            problems: [
                "mitregate.yaml:4:12 config-default", "mitregate.yaml:5:12 config-default",
                "mitregate.yaml:5:21 config-default",
            ]
        ),
        Case(
            testDescription: "other defaults are unknown",
            defaults: "gate: {port: 25}",
            problems: ["mitregate.yaml:3:12 config-unknown-key"]
        ),
        Case(
            testDescription: "a wrong cell is told in its row",
            table: "name,tenantId,organization\nalpha,1234,alpha.onmicrosoft.com",
            problems: ["tenants.csv:2:7 config-guid"]
        ),
        Case(
            testDescription: "a missing cell is told at its row",
            table: "name,tenantId,organization\n\nalpha,,alpha.onmicrosoft.com",
            problems: ["tenants.csv:3:1 config-missing-key"]
        ),
        Case(
            testDescription: "an unknown column is told once",
            table: "name,tenantID,organization\na,\(id(1)),a.onmicrosoft.com\nb,\(id(2)),b.onmicrosoft.com",
            problems: [
                "tenants.csv:1:6 config-unknown-key", "tenants.csv:2:1 config-missing-key",
                "tenants.csv:3:1 config-missing-key",
            ]
        ),
        Case(
            testDescription: "a column with too many keys is told, and not followed",
            table:
                "name,tenantId,organization,\(Array(repeating: "x", count: 200_000).joined(separator: "."))\n"
                + "a,\(id(1)),a.onmicrosoft.com,1",
            problems: ["tenants.csv:1:28 config-table"]
        ),
        Case(
            testDescription: "a secret in a table is refused",
            set: "path: x",
            table:
                "name,tenantId,organization,credentials.clientId,credentials.clientSecret\nalpha,\(id(1)),a.onmicrosoft.com,\(id(2)),hunter2",
            problems: ["tenants.csv:2:99 config-literal-secret"]
        ),
        Case(
            testDescription: "two rows of one name are told at the second",
            table: "name,tenantId,organization\na,\(id(1)),a.onmicrosoft.com\na,\(id(2)),b.onmicrosoft.com",
            problems: ["tenants.csv:3:1 config-duplicate-tenant"]
        ),
        Case(
            testDescription: "two rows of one tenant are told at the second",
            table: "name,tenantId,organization\na,\(id(1)),a.onmicrosoft.com\nb,\(id(1)),b.onmicrosoft.com",
            problems: ["tenants.csv:3:3 config-duplicate-folder"]
        ),
        Case(
            testDescription: "a set needs names or a file",
            set: "path: x",
            table: "",
            names: "",
            problems: ["mitregate.yaml:8:9 config-tenant-set"]
        ),
        Case(
            testDescription: "a set has no name",
            set: "name: x\npath: x\ncredentials: {managedIdentity: {}}",
            problems: ["mitregate.yaml:9:9 config-tenant-set"]
        ),
        Case(
            testDescription: "names are a list",
            names: "names: alpha",
            problems: ["mitregate.yaml:8:16 config-wrong-type"]
        ),
        Case(
            testDescription: "a name is one",
            names: "names: [\"a b\"]",
            problems: [
                "mitregate.yaml:8:17 config-name", "mitregate.yaml:8:17 config-missing-key",
                "mitregate.yaml:8:17 config-missing-key",
            ]
        ),
        Case(
            testDescription: "only the tenant's name can be filled in",
            set: "path: \"x/${customer}\"\ncredentials: {managedIdentity: {}}",
            problems: ["mitregate.yaml:9:15 config-placeholder"]
        ),
        Case(
            testDescription: "labels are words",
            set: "path: x\ncredentials: {managedIdentity: {}}\nlabels: {\"a b\": x, tier: [1]}",
            problems: ["mitregate.yaml:11:18 config-label", "mitregate.yaml:11:34 config-wrong-type"]
        ),
        Case(
            testDescription: "values need a template",
            set: "path: x\ncredentials: {managedIdentity: {}}\nvalues: {domain: fabrikam.com}",
            problems: ["mitregate.yaml:11:9 config-values"]
        ),
        Case(
            testDescription: "a template is named once, as its file",
            set: "path: x\ncredentials: {managedIdentity: {}}\ntemplates: [a, a, ../b]",
            problems: ["mitregate.yaml:11:24 config-template", "mitregate.yaml:11:27 config-template"]
        ),
        Case(
            testDescription: "a table that is not there is told at its name",
            names: "file: other.csv",
            problems: ["mitregate.yaml:8:15 config-table"]
        ),
    ])
    func `what is wrong is told where it was written`(example: Case) throws {
        let names = example.names ?? "file: tenants.csv"
        let lines = ([names] + example.set.split(separator: "\n").map(String.init)).filter { !$0.isEmpty }
        let set = lines.enumerated().map { ($0.offset == 0 ? "- " : "  ") + $0.element }.joined(separator: "\n")
        #expect(
            Fleet(defaults: example.defaults, sets: set, table: example.table).problems() == example.problems
        )
    }

    @Test func `of very many problems a hundred are told`() throws {
        let rows = (1...300).map { "t\($0),x,t\($0).onmicrosoft.com" }.joined(separator: "\n")
        let fleet = Fleet(
            sets: "- file: tenants.csv\n  path: x\n  credentials: {managedIdentity: {}}",
            table: "name,tenantId,organization\n\(rows)"
        )
        let problems = fleet.problems()
        #expect(problems.count == 101 && problems.last == ": config-more")
    }

    @Test func `a real table lies next to the configuration`() async throws {
        try await withTemporaryFolder { folder in
            let table = "\u{FEFF}name,tenantId,organization\r\nalpha,\(id(1)),alpha.onmicrosoft.com\r\n"
            try Data(table.utf8).write(to: folder.appending(path: "tenants.csv"))
            let sets = "- file: tenants.csv\n  path: x\n  credentials: {managedIdentity: {}}"
            let file = folder.appending(path: "mitregate.yaml")
            try Data(Fleet(sets: sets).text.utf8).write(to: file)
            let path = file.path(percentEncoded: false)
            let configuration = try ConfigurationReader.read(path: path, environment: [:])
            #expect(configuration.tenants.map(\.tenant.name) == ["alpha"])
        }
    }

    @Test func `what is no regular file, or too large, is no table`() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.path(percentEncoded: false)
            #expect(TableFile.contents(path) == nil)
            #expect(mkfifo("\(path)/pipe", 0o600) == 0)
            #expect(TableFile.contents("\(path)/pipe") == nil)
            try Data(repeating: 65, count: TableFile.maximumSize + 1).write(to: folder.appending(path: "large"))
            #expect(TableFile.contents("\(path)/large") == nil)
            try Data(repeating: 65, count: TableFile.maximumSize).write(to: folder.appending(path: "full"))
            #expect(TableFile.contents("\(path)/full")?.count == TableFile.maximumSize)
        }
    }
}

/// A directory id that ends in a number.
private func id(_ number: Int) -> String { "00000000-0000-0000-0000-00000000000\(number)" }

/// A configuration with one source.
private struct Fleet {
    var defaults = ""
    var source = ""
    var tenants = ""
    var sets = ""
    var table = ""

    var text: String {
        var lines = ["apiVersion: mitregate.dev/v1", "kind: Configuration"]
        if !defaults.isEmpty {
            let indented = defaults.split(separator: "\n").map(String.init)
            lines +=
                indented.count == 1
                ? ["defaults: {\(defaults)}"] : ["defaults:"] + indented.map { "  \($0)" }
        } else {
            lines.append("")
        }
        lines += ["sources:", "  - name: mail-flow", "    url: https://git.example/contoso/mail-flow.git"]
        lines += source.split(separator: "\n").map { "    \($0)" }
        for (key, text) in [("tenants", tenants), ("tenantSets", sets)] where !text.isEmpty {
            lines += ["    \(key):"] + text.split(separator: "\n").map { "      \($0)" }
        }
        return lines.joined(separator: "\n")
    }

    func read() throws(ConfigurationError) -> Configuration {
        let table = table
        return try ConfigurationReader.read(
            Array(text.utf8),
            file: "mitregate.yaml",
            folder: "/etc/mitregate",
            contents: { $0 == "/etc/mitregate/tenants.csv" ? Array(table.utf8) : nil }
        )
    }

    /// Each with its place and its id.
    func problems() -> [String] {
        do throws(ConfigurationError) {
            _ = try read()
            return []
        } catch {
            return error.problems.map { problem in
                let place = problem.file.map { "\($0):\(problem.line):\(problem.column)" } ?? ":"
                return "\(place) \(problem.id)"
            }
        }
    }
}
