import Configuration
import Testing

/// Keys that are written with nothing behind them: whoever wrote one meant something by it.
struct EmptyKeyTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let testDescription: String
        var example = Example()
        /// What stands in the example, and what stands there instead.
        var replacing: (old: String, new: String)?
        let problem: String

        var text: String {
            guard let replacing else { return example.text }
            return example.text.replacing(replacing.old, with: replacing.new)
        }
    }

    private static let replaced: [Case] = [
        Case(
            testDescription: "a source's name",
            replacing: ("name: mail-flow", "name:"),
            problem: "mitregate.yaml:5:5: name is empty."
        ),
        Case(
            testDescription: "a source's url",
            replacing: ("url: https://git.example/contoso/mail-flow.git", "url: ~"),
            problem: "mitregate.yaml:6:5: url is empty."
        ),
        Case(
            testDescription: "a tenant's name",
            replacing: ("name: contoso\n", "name: null\n"),
            problem: "mitregate.yaml:9:9: name is empty."
        ),
        Case(
            testDescription: "a tenant's path",
            replacing: ("path: tenants/contoso", "path:"),
            problem: "mitregate.yaml:10:9: path is empty."
        ),
        Case(
            testDescription: "a tenant's id",
            replacing: ("tenantId: 11111111-2222-3333-4444-555555555555", "tenantId:"),
            problem: "mitregate.yaml:11:9: tenantId is empty."
        ),
        Case(
            testDescription: "a tenant's organization",
            replacing: ("organization: contoso.onmicrosoft.com", "organization: # contoso.onmicrosoft.com"),
            problem: "mitregate.yaml:12:9: organization is empty."
        ),
        Case(
            testDescription: "the version",
            replacing: ("apiVersion: mitregate.dev/v1", "apiVersion:"),
            problem: "mitregate.yaml:1:1: apiVersion is empty."
        ),
    ]

    private static let inSource: [Case] = [
        ("signers", "verify: {mode: head, allowedSigners: }", 26, "allowedSigners"),
        ("a file of signers", "verify: {mode: head, allowedSigners: {file: }}", 43, "file"),
        ("a mode of signatures", "verify: {mode: , allowedSigners: {file: a}}", 14, "mode"),
        ("canaries", "rollout: {canaries: , wait: 1h}", 15, "canaries"),
        ("a wait for canaries", "rollout: {canaries: [contoso], wait: }", 36, "wait"),
        ("roots for git", "caFile: {file: }", 14, "file"),
        ("host keys", "knownHosts:", 5, "knownHosts"),
    ].map { name, line, column, key in
        Case(
            testDescription: name,
            example: Example(source: line),
            problem: "mitregate.yaml:7:\(column): \(key) is empty."
        )
    }

    private static let inTenant: [Case] = [
        ("the schedule of a freeze", "freezes: [{cron: , duration: 62h}]", 20, "cron"),
        ("the length of a freeze", "freezes: [{cron: \"0 18 * * FRI\", duration: }]", 42, "duration"),
        ("freezes", "freezes:", 9, "freezes"), ("what is done with changes", "changes:", 9, "changes"),
        ("a limit", "limits: {deletes: }", 18, "deletes"), ("a bake", "bake:", 9, "bake"),
    ].map { name, line, column, key in
        Case(
            testDescription: name,
            example: Example(tenant: line),
            problem: "mitregate.yaml:14:\(column): \(key) is empty."
        )
    }

    private static let atTop: [Case] = [
        ("a notice's address", "notices: [{name: a, teams: {url: }}]", 29, "url"),
        ("a notice's tenants", "notices: [{name: a, teams: {url: {env: A}}, tenants: }]", 45, "tenants"),
        ("the gate's roots", "gate: {trustAnchors: {file: }}", 23, "file"),
        ("the gate's roots as a whole", "gate: {trustAnchors: }", 8, "trustAnchors"),
        (
            "the connectors of a severity",
            "gate: {severities: [{check: a, outcome: fail, connectors: , reason: x, until: 2027-01-01}]}", 47,
            "connectors"
        ),
        (
            "no connector of a severity",
            "gate: {severities: [{check: a, outcome: fail, connectors: [], reason: x, until: 2027-01-01}]}", 59,
            "connectors"
        ),
        (
            "the check of a severity",
            "gate: {severities: [{check: , outcome: fail, connectors: [a], reason: x, until: 2027-01-01}]}", 22, "check"
        ),
        (
            "the outcome of a severity",
            "gate: {severities: [{check: a, outcome: , connectors: [a], reason: x, until: 2027-01-01}]}", 32, "outcome"
        ),
        (
            "the end of a severity",
            "gate: {severities: [{check: a, outcome: fail, connectors: [a], reason: x, until: }]}", 75, "until"
        ),
        ("the API's tokens", "server: {tokens: }", 10, "tokens"),
        ("what a token may", "server: {tokens: [{name: a, token: {env: A}, may: []}]}", 51, "may"),
        ("the store", "store: {url: }", 9, "url"),
    ].map { name, line, column, key in
        Case(
            testDescription: name,
            example: Example(root: line),
            problem: "mitregate.yaml:3:\(column): \(key) is empty."
        )
    }

    @Test(arguments: replaced + inSource + inTenant + atTop)
    func `a key with nothing behind it is an error and not absent`(example: Case) {
        let error = #expect(throws: ConfigurationError.self) { try Configuration.read(example.text) }
        #expect(error?.problems.map(\.text) == [example.problem])
        #expect(error?.problems.first?.remedy == "Give it a value, or remove it.")
    }

    @Test func `a forge without an address is none that nobody hears of`() {
        let source = """
            forge:
              kind: gitea
              url:
              repository: a/b
              credentials: {token: {env: A}}
            """
        let error = #expect(throws: ConfigurationError.self) { try Example(source: source).read() }
        #expect(error?.problems.map(\.text) == ["mitregate.yaml:9:7: url is empty."])
    }

    @Test func `nothing hides no default`() {
        let text = Example(tenant: "changes:", root: "defaults: {tenant: {changes: propose}}").text
        let error = #expect(throws: ConfigurationError.self) { try Configuration.read(text) }
        #expect(error?.problems.map(\.text) == ["mitregate.yaml:14:9: changes is empty."])
    }

    @Test(arguments: ["gate:", "store:", "server:\n  # listen: \"127.0.0.1:8080\"", "controller:", "gate: {expiry: }"])
    func `a mapping all of whose keys have defaults may be left with none`(lines: String) throws {
        #expect(try Example(root: lines).read().gate == GateSettings())
    }

    @Test func `what a variable says need not stand in the file`() throws {
        let example = Example(root: "store: {url: }")
        let configuration = try example.read(environment: ["MITREGATE_STORE_URL": "sqlite:/b.db"])
        #expect(configuration.store.url == .sqlite(path: "/b.db"))
    }
}
