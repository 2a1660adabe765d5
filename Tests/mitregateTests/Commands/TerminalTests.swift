import ExchangeSimulator
import Foundation
import Laboratory
import StateStore
import Testing

/// What depends on whether someone sits at a terminal.
@Suite(.enabled(if: FileManager.default.fileExists(atPath: "/usr/bin/script"), "script makes the terminal (bsdutils)"))
struct TerminalTests {
    private static let question = "Only \"yes\" is accepted: "

    @Test(
        arguments: [("yes\n", 0, 1), ("no\n", 4, 0), ("y\n", 4, 0), ("\n", 4, 0), ("\u{4}", 4, 0), ("\u{3}", 130, 0)]
            as [(String, Int32, Int)]
    )
    func `apply asks, and writes only after a yes`(answer: String, code: Int32, changes: Int) async throws {
        try await Laboratory.with(files: Sample.fabrikam) { laboratory in
            let ending = try await laboratory.mitregate.onTerminal(["apply"], answers: [(Self.question, answer)])
            #expect(ending.code == code, "\(ending)")
            #expect(laboratory.changes.count == changes)
            #expect(ending.output.contains("+ InboundConnector/fabrikam"), "the plan is shown before")
            #expect(ending.output.contains("applied, 1 write") == (changes == 1))
            let store = try await SQLiteStore(path: laboratory.store)
            #expect(try await store.state(of: "contoso").lease == nil, "the lease was given back")
        }
    }

    @Test func `while a person thinks, no lease is held, and another run goes through`() async throws {
        try await Laboratory.with(files: Sample.fabrikam) { laboratory in
            let ending = try await laboratory.mitregate.onTerminal(["apply"], answers: [(Self.question, "yes\n")]) {
                let store = try await SQLiteStore(path: laboratory.store)
                #expect(try await store.state(of: "contoso").lease == nil)
                await store.close()
                let other = try await laboratory.mitregate("apply", "--auto-approve")
                #expect(other.code == 0, "\(other)")
            }
            #expect(ending.code == 5, "what was asked about is stale: \(ending)")
            #expect(laboratory.changes.count == 1)
        }
    }

    @Test func `the question names the tenant and how much it is`() async throws {
        try await Laboratory.with(files: Sample.fabrikam) { laboratory in
            let ending = try await laboratory.mitregate.onTerminal(["apply"], answers: [(Self.question, "no\n")])
            #expect(ending.output.contains("Apply 1 change to contoso? \(Self.question)"), "\(ending)")
        }
    }

    @Test func `what changed while someone thought is stale`() async throws {
        try await Laboratory.with(files: Sample.fabrikam) { laboratory in
            // The second reading, after the answer, finds someone else's new connector of the same name.
            let edit = """
                [{"match": {"cmdlet": "Get-InboundConnector", "nth": 2}, "effect": {"editBefore": {"userId": "eve@contoso.com",
                  "cmdlet": "New-InboundConnector", "parameters": {"Name": "From Fabrikam", "ConnectorType": "Partner",
                  "SenderDomains": ["fabrikam.com"], "RequireTls": true}}}}]
                """
            try laboratory.simulator.setFaults(edit)
            let ending = try await laboratory.mitregate.onTerminal(["apply"], answers: [(Self.question, "yes\n")])
            #expect(ending.code == 5, "\(ending)")
            #expect(!laboratory.changes.contains { $0.cmdlet == "Set-InboundConnector" })
        }
    }

    @Test(arguments: [50, 132]) func `a text is as wide as the terminal`(columns: Int) async throws {
        try await Laboratory.with(files: Sample.fabrikam) { laboratory in
            let ending = try await laboratory.mitregate.onTerminal(["plan", "--no-gate"], columns: columns)
            let plain = ending.output.replacing(/\u{1B}\[[0-9;]*[a-zA-Z]/, with: "")
            let widths = plain.split(separator: "\n").filter { !$0.contains("sha256:") }.map(\.count)
            let widest = try #require(widths.max())
            #expect(widest <= columns, "\(ending)")
            #expect(widest > (columns > 80 ? 80 : 40), "\(ending)")
        }
    }

    @Test func `without a terminal a text is as wide as COLUMNS says, within bounds`() async throws {
        try await Laboratory.with(files: Sample.fabrikam) { laboratory in
            var widest: [Int] = []
            for columns in ["20", "60", "180", "9000", "wide"] {
                let program = Program(in: laboratory.folder, environment: ["COLUMNS": columns])
                let lines = try await program("plan", "--no-gate").output.split(separator: "\n")
                widest.append(lines.filter { !$0.contains("sha256:") }.map(\.count).max() ?? 0)
            }
            #expect(widest[0] <= 40 && widest[1] <= 60 && widest[1] > 40, "\(widest)")
            #expect(widest[2] > 80 && widest[2] <= 180 && widest[3] <= 200, "\(widest)")
            #expect(widest[4] <= 80 && widest[4] > 60, "\(widest)")
        }
    }

    @Test func `no question is asked about what cannot be applied anyway`() async throws {
        try await Laboratory.with(files: ["unbound.yaml": Sample.unbound]) { laboratory in
            let ending = try await laboratory.mitregate.onTerminal(["apply"])
            #expect(ending.code == 4 && !ending.output.contains(Self.question), "\(ending)")
        }
    }

    @Test func `rollback asks too, and shows what it would restore`() async throws {
        let rollback = ["rollback", "0", "--accept-weaker"]
        try await Laboratory.with(files: Sample.fabrikam) { laboratory in
            #expect(try await laboratory.mitregate("apply", "--auto-approve").code == 0)
            let no = try await laboratory.mitregate.onTerminal(rollback, answers: [(Self.question, "no\n")])
            #expect(no.code == 4 && no.output.contains("- InboundConnector/fabrikam"), "\(no)")
            let stop = try await laboratory.mitregate.onTerminal(
                rollback,
                answers: [(Self.question, "\u{3}")]
            )
            #expect(stop.code == 130, "\(stop)")
            #expect(laboratory.changes.count == 1)
            let yes = try await laboratory.mitregate.onTerminal(rollback, answers: [(Self.question, "yes\n")])
            #expect(yes.code == 0 && laboratory.changes.count == 2, "\(yes)")
        }
    }

    @Test func `colour is for terminals, and for those who want it`() async throws {
        try await Laboratory.with(files: Sample.fabrikam) { laboratory in
            let cases = [
                (environment: ["NO_COLOR": "", "TERM": "xterm"], isColoured: true),
                (environment: ["NO_COLOR": "1", "TERM": "xterm"], isColoured: false),
                (environment: ["NO_COLOR": "", "TERM": "dumb"], isColoured: false),
            ]
            for (environment, isColoured) in cases {
                let program = Program(in: laboratory.folder, environment: environment)
                let text = try await program.onTerminal(["plan"]).output
                #expect(text.contains("\u{1B}[") == isColoured, "\(environment)")
            }
            let piped: [(arguments: [String], environment: [String: String], isColoured: Bool)] = [
                (["plan"], ["NO_COLOR": "", "TERM": "xterm"], false),
                (["plan", "--color", "always"], ["NO_COLOR": "1"], true),
                (["plan"], ["NO_COLOR": "", "FORCE_COLOR": "1", "TERM": "dumb"], true),
                (["plan"], ["NO_COLOR": "", "FORCE_COLOR": "0"], false),
                (["plan"], ["NO_COLOR": "1", "FORCE_COLOR": "1"], false),
                (["plan", "--color=never"], ["NO_COLOR": "", "FORCE_COLOR": "1"], false),
                (["plan", "-o", "json", "--color", "always"], [:], false),
            ]
            for (arguments, environment, isColoured) in piped {
                let ending = try await Program(in: laboratory.folder, environment: environment).run(arguments)
                #expect(ending.output.contains("\u{1B}[") == isColoured, "\(arguments) \(environment)")
            }
            let never = try await Program(in: laboratory.folder, environment: ["NO_COLOR": "", "TERM": "xterm"])
                .onTerminal(["plan", "--color", "never"])
            #expect(!never.output.contains("\u{1B}["))
        }
    }

    @Test func `what takes more than a second is told on the terminal only`() async throws {
        try await Laboratory.with(files: Sample.fabrikam, latency: .milliseconds(700)) { laboratory in
            let shown = try await laboratory.mitregate.onTerminal(["plan"])
            #expect(shown.code == 0 && shown.output.contains("contoso: reading the tenant"))
            #expect(try await laboratory.mitregate("plan").errors.isEmpty)
        }
    }

    @Test(arguments: [["schema"], ["plan"], ["plan", "-o", "json"], ["--help"], ["validate", "mail-flow"]])
    func `a reader that goes away is no crash`(command: [String]) async throws {
        try await Laboratory.with(files: Sample.fabrikam) { laboratory in
            let words = ([laboratory.mitregate.path] + command).map { "'\($0)'" }.joined(separator: " ")
            let shell = Program("/bin/bash", in: laboratory.folder)
            // `true` reads nothing; the pipe is closed before anything is written.
            let ending = try await shell.run(["-c", "(sleep 0.2; \(words)) | true; echo ${PIPESTATUS[0]}"])
            #expect(ending.output == "0\n" && ending.errors.isEmpty, "\(ending)")
        }
    }

    @Test func `a result that could not be written is not passed over`() async throws {
        try await Laboratory.with(files: Sample.fabrikam) { laboratory in
            let shell = Program("/bin/bash", in: laboratory.folder)
            let ending = try await shell.run(["-c", "'\(laboratory.mitregate.path)' plan > /dev/full"])
            #expect(ending.code == 1 && ending.errors.contains("could not be written"), "\(ending)")
        }
    }
}
