import Configuration
import Connectors
import ExchangeSimulator
import Foundation
import Laboratory
import Planning
import Reconciling
import Reports
import StateStore
import Testing
import TestSupport

/// A source whose commits must be signed (`verify`).
@Suite struct SignatureTests {
    @Test func `a commit that a known key signed is obeyed, and one that nobody signed is not`() async throws {
        try await Bench.with(files: ["fabrikam.yaml": Definition.outbound("fabrikam")]) { bench in
            try await Self.signs(bench)
            let unsigned = try await bench.apply()
            #expect(unsigned.exitStatus == .error)
            #expect(unsigned.error?.message.contains("sign") == true)
            #expect(bench.simulator.requests().isEmpty)

            try await bench.repository.git("commit", "-q", "-S", "--allow-empty", "-m", "Signed")
            #expect(try await bench.apply().exitStatus == .done)
        }
    }

    @Test func `a commit that a stranger's key signed is not obeyed`() async throws {
        try await Bench.with(files: ["fabrikam.yaml": Definition.outbound("fabrikam")]) { bench in
            try await Self.signs(bench)
            try await Self.key("stranger", bench)
            try await bench.repository.git("config", "user.signingkey", Self.path("stranger.pub", bench))
            try await bench.repository.git("commit", "-q", "-S", "--allow-empty", "-m", "Signed by a stranger")
            #expect(try await bench.apply().exitStatus == .error)
            #expect(bench.simulator.requests().isEmpty)
        }
    }

    /// Makes a key, has git sign with it, and the configuration ask for it.
    private static func signs(_ bench: Bench) async throws {
        try await key("author", bench)
        let git = bench.repository
        try await git.git("config", "gpg.format", "ssh")
        try await git.git("config", "user.signingkey", path("author.pub", bench))
        let key = try String(contentsOfFile: path("author.pub", bench), encoding: .utf8)
        try Data("author@contoso.example \(key)".utf8).write(to: URL(filePath: path("allowed_signers", bench)))
        let file = bench.laboratory.folder.appending(path: "mitregate.yaml")
        let text = try String(contentsOf: file, encoding: .utf8)
        let verify = "    branch: main\n    verify: {mode: head, allowedSigners: {file: allowed_signers}}"
        try Data(text.replacing("    branch: main", with: verify).utf8).write(to: file)
    }

    private static func key(_ name: String, _ bench: Bench) async throws {
        let made = try await Program("/usr/bin/ssh-keygen", in: bench.laboratory.folder)
            .run(["-q", "-t", "ed25519", "-N", "", "-C", name, "-f", path(name, bench)])
        try #require(made.code == 0, "\(made.errors)")
    }

    private static func path(_ name: String, _ bench: Bench) -> String {
        bench.laboratory.folder.appending(path: name).path(percentEncoded: false)
    }
}
