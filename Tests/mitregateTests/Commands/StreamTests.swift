import ExchangeSimulator
import Foundation
import Laboratory
import TestSupport
import Testing

/// What is said on which stream, to whom.
@Suite struct StreamTests {
    @Test(arguments: [
        ["plan"], ["plan", "-o", "json"], ["apply", "--auto-approve"], ["apply", "--auto-approve", "-o", "json"],
    ])
    func `why a command refuses is one line on standard error as well`(command: [String]) async throws {
        try await Laboratory.with(files: ["unbound.yaml": Sample.unbound]) { laboratory in
            let ending = try await laboratory.mitregate.run(command)
            #expect(ending.code == 4, "\(ending)")
            let lines = ending.errors.split(separator: "\n")
            #expect(lines.count == 1 && lines.first?.hasPrefix("✗ contoso: ") == true, "\(ending.errors)")
        }
    }

    @Test func `on one terminal nothing is said twice`() async throws {
        try await Laboratory.with(files: ["unbound.yaml": Sample.unbound]) { laboratory in
            let ending = try await laboratory.mitregate.onTerminal(["plan"])
            #expect(ending.code == 4)
            #expect(!ending.output.contains("✗ contoso: "), "\(ending.output)")
        }
    }

    @Test func `a drift that is not known is told on standard error`() async throws {
        try await Laboratory.with(files: Sample.fabrikam) { laboratory in
            let ending = try await laboratory.mitregate("drift", "--detailed-exitcode")
            #expect(ending.code == 6, "\(ending)")
            #expect(ending.errors.hasPrefix("✗ contoso: Nothing was ever applied to contoso"))
            #expect(!ending.output.contains("no drift"))
        }
    }

    /// The configuration that `init` writes for a repository on a server, its token in a variable that is not set, without a network.
    @Test(arguments: ["plan", "doctor"])
    func `what is missing for a first configuration is told with its remedy on a line of its own`(
        command: String
    ) async throws {
        try await withTemporaryFolder { folder in
            let guid = "0a0a0a0a-1b1b-2c2c-3d3d-4e4e4e4e4e4e"
            let begun = try await Program(in: folder).run([
                "init", "--organization", "contoso.onmicrosoft.com", "--tenant-id", guid, "--client-id", guid,
                "--url", "https://git.example/contoso/mail-flow.git",
            ])
            #expect(begun.code == 0, "\(begun)")
            let file = folder.appending(path: "mitregate.yaml")
            let written = try String(contentsOf: file, encoding: .utf8)
            let set = written.replacing(/token: \{file: [^}]+\}/, with: "token: {env: GIT_TOKEN}")
            #expect(set != written, "\(written)")
            try Data(set.utf8).write(to: file)
            let environment = ["MITREGATE_GATE_RESOLVER": "127.0.0.1@1", "MITREGATE_GATE_TIMEOUT": "1s"]
            let ending = try await Program(in: folder, environment: environment).run([command])
            #expect(ending.code == 1, "\(ending)")
            let told = ending.output + ending.errors
            #expect(!told.contains(#"\n"#), "\(told)")
            let lines = told.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
            let place = try #require(lines.firstIndex { $0.contains("The variable GIT_TOKEN is not set") }, "\(told)")
            #expect(!lines[place].contains("Set it where this program is started"), "\(told)")
            #expect(lines.contains { $0.contains("Set it where this program is started") }, "\(told)")
        }
    }

    @Test func `a configuration without tenants says so`() async throws {
        try await Laboratory.with(files: Sample.fabrikam) { laboratory in
            let file = laboratory.folder.appending(path: "empty.yaml")
            let text = """
                apiVersion: mitregate.dev/v1
                kind: Configuration
                sources: [{name: mail-flow, url: mail-flow, tenants: []}]
                store: {url: "sqlite:empty.db"}

                """
            try Data(text.utf8).write(to: file)
            let ending = try await laboratory.mitregate("plan", "--config", "empty.yaml")
            #expect(ending.code == 0 && ending.output.isEmpty, "\(ending)")
            #expect(ending.errors.contains("No tenant is configured in"))
        }
    }

    @Test func `a plan without the store sees what the store would show`() async throws {
        try await Laboratory.with(files: Sample.fabrikam) { laboratory in
            let mitregate = laboratory.mitregate
            #expect(try await mitregate("apply", "--auto-approve").code == 0)
            try laboratory.edit(
                "Set-InboundConnector",
                #"{"Identity": "From Fabrikam", "SenderIPAddresses": ["192.0.2.99"]}"#
            )
            let export = try await mitregate("state", "export")
            #expect(export.code == 0 && export.errors.isEmpty, "\(export)")
            _ = try export.document("State")
            try Data(export.output.utf8).write(to: laboratory.folder.appending(path: "state.json"))

            let runner = Program(in: laboratory.folder, environment: ["MITREGATE_STORE_URL": "sqlite:runner.db"])
            let blind = try await runner("drift")
            #expect(blind.code == 6, "a store that knows nothing has nothing to compare with: \(blind)")
            try? FileManager.default.removeItem(at: laboratory.folder.appending(path: "runner.db"))
            let plan = try await runner("plan", "--state", "state.json")
            #expect(plan.code == 0 && plan.output.contains("1 drifted"), "\(plan)")
            let database = laboratory.folder.appending(path: "runner.db").path(percentEncoded: false)
            #expect(!FileManager.default.fileExists(atPath: database), "no store is made")
            #expect(try await runner("plan", "--state", "state.json", "--out", "plan.json").code == 64)
            #expect(try await runner("plan", "--state", "nowhere.json").errors.contains("mitregate state export"))
        }
    }

    @Test(arguments: [
        ["certificate", "verify", "--chain", "/dev/zero", "--name", "a.example"], ["apply", "/dev/zero"],
    ])
    func `a file without end is read up to the limit`(command: [String]) async throws {
        try await Laboratory.with(files: Sample.fabrikam) { laboratory in
            let ending = try await laboratory.mitregate.run(command)
            #expect(ending.code == 1, "\(ending)")
            #expect(!ending.errors.isEmpty && ending.errors.utf8.count < 1_000)
        }
    }

    @Test func `a log is told once what takes long`() async throws {
        try await Laboratory.with(files: Sample.fabrikam) { laboratory in
            try laboratory.simulator.setFaults(
                #"[{"match": {"cmdlet": "Get-InboundConnector"}, "effect": {"hold": "head"}}]"#
            )
            let ending = try await laboratory.mitregate.run(["plan"]) { running in
                try await running.says("contoso: still reading the tenant")
                laboratory.simulator.release()
            }
            #expect(ending.code == 0 && ending.errors.split(separator: "\n").count == 1, "\(ending)")
        }
    }
}
