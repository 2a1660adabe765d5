import Foundation
import Laboratory
import TestSupport
import Testing

/// What someone meets who does not know the program yet.
@Suite struct HelpTests {
    static let commands = [
        "init", "validate", "validate-connector", "plan", "gate", "probe", "partner", "certificate verify", "comment",
        "apply", "drift",
        "status",
        "history",
        "show", "report audit", "rollback", "break-glass disable", "break-glass enable", "retry", "import", "doctor",
        "schema", "template", "state export",
        "controller", "reconcile", "suspend", "resume", "approve", "events", "watch", "watch list", "watch end",
    ]

    private let mitregate = Program(in: FileManager.default.temporaryDirectory)

    @Test func `the help lists every command`() async throws {
        let ending = try await mitregate("--help")
        try expectGolden(ending.output, "help.txt")
        #expect(ending.code == 0 && ending.errors.isEmpty)
        #expect(try await mitregate().output == ending.output, "without a command the help is printed")
    }

    @Test(arguments: commands)
    func `each command has a page that fits the screen`(command: String) async throws {
        let ending = try await mitregate.run(command.split(separator: " ").map(String.init) + ["--help"])
        #expect(ending.code == 0 && ending.errors.isEmpty)
        #expect(ending.output.hasPrefix("OVERVIEW: "))
        #expect(
            ending.output.contains("USAGE: mitregate \(command) ")
                || ending.output.contains("USAGE: mitregate \(command)\n")
        )
        #expect(Program.Ending.wideLines(ending.output) == [])
    }

    @Test func `the version is one line`() async throws {
        let ending = try await mitregate("--version")
        #expect(ending.code == 0 && ending.errors.isEmpty)
        let line = /mitregate 0\.\d+\.\d+(~git[0-9a-f.]*(\+changed)?)? \((unknown commit|commit [0-9a-f]{40}.*)\)\n/
        #expect(ending.output.wholeMatch(of: line) != nil, "\(ending)")
    }

    @Test(arguments: ["bash", "zsh", "fish"])
    func `there is a completion script that the shell takes`(shell: String) async throws {
        let ending = try await mitregate("--generate-completion-script", shell)
        #expect(ending.code == 0 && ending.errors.isEmpty)
        for word in ["detailed-exitcode", "rollback", "markdown"] { #expect(ending.output.contains(word)) }
        #expect(!ending.output.contains("git-fetch"), "what is not for people is not offered")
        guard shell == "bash" else { return }
        let check = try await Program("/bin/bash", in: mitregate.folder).run(["-n"], input: ending.output)
        #expect(check.code == 0 && check.errors.isEmpty)
    }

    @Test(arguments: [
        (["plan", "--detailed-exitcod"], "Did you mean '--detailed-exitcode'?"),
        (["apply", "--auto-aprove"], "Did you mean '--auto-approve'?"),
        (["paln"], "Unknown command \"paln\". Did you mean \"plan\"?"),
        (["version"], "Did you mean \"mitregate --version\"?"),
        (["-v"], "Did you mean \"mitregate --version\"?"),
        (["diff"], "Did you mean \"mitregate plan\"?"),
        (["audit"], "Did you mean \"mitregate report audit\"?"),
        (["undo"], "Did you mean \"mitregate rollback\"?"),
        (["setup"], "Unknown command \"setup\"."),
        (["gate", "--expires-within", "soon"], "such as 30d"),
        (["gate", "--evidence-age", "1h"], "only with --expires-within"),
        (["gate", "--expires-within", "30d", "--evidence-age", "old"], "such as 24h"),
        (["validate-connector", "x", "--recipient", "someone"], "a mail address such as"),
        (["break-glass", "disable", "x", "--reason", " "], "an auditor will ask for it"),
        (["break-glass", "disable", "x", "--reason", "y", "--until", "2001-01-01"], "within the next year"),
        (["break-glass", "disable", "Thing/x", "--reason", "y"], "KIND/NAME"),
        (["schema", "--outputs", "Gadget"], "Known kinds: Apply"),
        (["plan", "--color", "sometimes"], "'auto', 'always' or 'never'"),
        (["frobnicate"], "Unknown command \"frobnicate\".\n"),
        (["plan", "-o", "xml"], "'text', 'json' or 'markdown'"),
        (["plan", "--working-tree", "--out", "plan.json"], "cannot be applied"),
        (["history", "--limit", "0"], "from 1 to 100000"),
        (["probe"], "Name a host"),
        (["probe", "--tls-domain", "contoso.com", "mx.contoso.com"], "--trust domain-validation"),
        (["probe", "not a host"], "not a mail server"),
        (["apply", "--accept-revision", "abc"], "40 hex digits"),
        (["import", "--force"], "only with --repository or --out"),
        (["certificate", "verify", "--chain", "/dev/null", "--at", "yesterday"], "RFC 3339"),
        (["schema", "Gadget"], "Known kinds: OutboundConnector"),
        (["show"], "Missing expected argument"),
        (["validate", "/no/such/folder"], "not found"),
    ])
    func `a mistake on the command line says what would be right`(arguments: [String], expected: String) async throws {
        let ending = try await mitregate.run(arguments)
        #expect(ending.code == 64 && ending.output.isEmpty)
        #expect(ending.errors.contains(expected), "\(ending)")
    }

    @Test(arguments: [
        ["plan", "--bogus", "-o", "json"], ["plan", "--output=json", "stray"], ["paln", "-ojson"],
        ["history", "-o", "json", "--limit", "many"],
    ])
    func `a mistake on the command line is a document for who asked for JSON`(arguments: [String]) async throws {
        let ending = try await mitregate.run(arguments)
        #expect(ending.code == 64 && ending.errors.isEmpty)
        #expect(try ending.errorIDs() == ["usage"])
    }
}
