import ExchangeSimulator
import Foundation
import Laboratory
import TestSupport
import Testing

/// The first command of a new operator, as a real process.
@Suite struct InitTests {
    private static let guid = "0a0a0a0a-1b1b-2c2c-3d3d-4e4e4e4e4e4e"
    private static let answers = [
        "--organization", "contoso.onmicrosoft.com", "--tenant-id", guid, "--client-id", guid,
    ]

    private func text(_ path: String, in folder: URL) throws -> String {
        try String(contentsOf: folder.appending(path: path), encoding: .utf8)
    }

    @Test func `what it writes validates, and is a repository with one commit`() async throws {
        try await withTemporaryFolder { folder in
            let mitregate = Program(in: folder)
            let ending = try await mitregate.run(["init", "--forge", "github"] + Self.answers)
            #expect(ending.code == 0 && ending.errors.isEmpty, "\(ending)")
            try expectGolden(ending.output, "init.txt")
            #expect(Program.Ending.wideLines(ending.output) == [])
            let validation = try await mitregate("validate", "mail-flow")
            #expect(validation.code == 0 && validation.output.contains("No errors"), "\(validation)")
            let repository = Repository(opening: folder.appending(path: "mail-flow"))
            #expect(try await repository.git("status", "--porcelain").isEmpty)
            #expect(try await repository.git("log", "--format=%s", "main") == "Begin with Mitregate\n")
            // The configuration is read as it is.
            let history = try await mitregate("history")
            #expect(history.code == 0, "\(history)")
        }
    }

    @Test func `the example of a partner is a valid definition once its # are removed`() async throws {
        try await withTemporaryFolder { folder in
            let mitregate = Program(in: folder)
            #expect(try await mitregate.run(["init"] + Self.answers).code == 0)
            let file = "mail-flow/tenants/contoso/example-partner.yaml"
            let bare = try text(file, in: folder).replacing(/(?m)^#(?! [^ ])/, with: "")
            try Data(bare.utf8).write(to: folder.appending(path: file))
            let validation = try await mitregate("validate", "mail-flow")
            #expect(validation.code == 0 && validation.output.contains("No errors in 1 document"), "\(validation)")
            #expect(validation.errors.isEmpty)
        }
    }

    @Test func `nothing is overwritten, and what is there is said`() async throws {
        try await withTemporaryFolder { folder in
            let mitregate = Program(in: folder)
            let repository = try await Repository(at: folder.appending(path: "mail-flow"))
            try repository.write("mine\n", to: "README.md")
            let first = try await mitregate.run(["init"] + Self.answers)
            #expect(
                first.code == 0 && first.output.contains("Left as they were:\n  = mail-flow/README.md\n"),
                "\(first)"
            )
            #expect(first.output.contains("git -C mail-flow add -A"), "a clone's owner commits")
            #expect(try text("mail-flow/README.md", in: folder) == "mine\n")

            let written = try text("mitregate.yaml", in: folder)
            let second = try await mitregate.run(["init"] + Self.answers)
            #expect(second.code == 1 && second.output.isEmpty)
            #expect(second.errors.contains("mitregate.yaml is there already, with the tenants contoso. Nothing was"))
            #expect(try text("mitregate.yaml", in: folder) == written)
        }
    }

    @Test func `a link in a clone leads nothing out of it`() async throws {
        try await withTemporaryFolder { folder in
            let repository = try await Repository(at: folder.appending(path: "mail-flow"))
            let outside = folder.appending(path: "outside")
            try FileManager.default.createDirectory(at: outside, withIntermediateDirectories: true)
            try FileManager.default.createSymbolicLink(
                at: repository.folder.appending(path: "schemas"),
                withDestinationURL: outside
            )
            let ending = try await Program(in: folder).run(["init"] + Self.answers)
            #expect(ending.code == 1 && ending.errors.contains("symbolic"), "\(ending)")
            #expect(try FileManager.default.contentsOfDirectory(atPath: outside.path(percentEncoded: false)).isEmpty)
            #expect(throws: (any Error).self) { try text("mitregate.yaml", in: folder) }
        }
    }

    @Test(arguments: [
        (["init"], "these options are needed: --organization, --tenant-id, --client-id"),
        (
            ["init", "--organization", "contoso.onmicrosoft.com", "--tenant-id", "contoso"],
            "--tenant-id: \"contoso\" is not a GUID. Paste"
        ),
        (["init", "--demo", "--name", "x"], "--demo answers all questions"),
        (["init", "--name", "a b"] + answers, "--name: \"a b\" cannot be a name"),
    ])
    func `a mistake says what is right, and writes nothing`(arguments: [String], words: String) async throws {
        try await withTemporaryFolder { folder in
            let ending = try await Program(in: folder).run(arguments)
            #expect(ending.code == 64 && ending.output.isEmpty)
            #expect(ending.errors.replacing("\n  ", with: " ").contains(words), "\(ending)")
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path(percentEncoded: false)).isEmpty)
        }
    }

    @Test func `on a terminal it asks, and asks again after a wrong answer`() async throws {
        try await withTemporaryFolder { folder in
            let ending = try await Program(in: folder).onTerminal(
                ["init", "here"],
                answers: [
                    ("ends in onmicrosoft.com: ", "contoso\n"), ("is not a domain", "contoso.onmicrosoft.com\n"),
                    ("Tenant ID: ", "\(Self.guid)\n"), ("[certificate]: ", "client-secret\n"),
                    ("app registration: ", "\(Self.guid)\n"), ("a new one here: ", "\n"), ("[none]: ", "gitlab\n"),
                ]
            )
            #expect(ending.code == 0, "\(ending)")
            let configuration = try text("here/mitregate.yaml", in: folder)
            #expect(configuration.contains("clientSecret: {file: client-secret}"))
            #expect(try text("here/mail-flow/.gitlab-ci.yml", in: folder).contains("mitregate validate"))
            #expect(ending.output.contains("  cd here\n"))
        }
    }

    @Test func `with the simulator's tenant the first plan shows the first partner`() async throws {
        try await withTemporaryFolder { folder in
            let simulator = try await ExchangeSimulator.start(
                seed: DemoTenant.seed(now: Date()),
                port: try FreePort.next()
            )
            let begun = try await Program(in: folder)("init", "--demo", "--simulator", simulator.url, "try")
            #expect(begun.code == 0 && begun.errors.isEmpty, "\(begun)")
            let mitregate = Program(in: folder.appending(path: "try", directoryHint: .isDirectory))
            #expect(try await mitregate("validate", "mail-flow").output.contains("No errors in 1 document"))
            let plan = try await mitregate("plan", "--no-gate")
            #expect(plan.code == 0 && plan.output.contains("+ OutboundConnector/litware"), "\(plan)")
            await simulator.stop()
        }
    }
}
