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
    @Test func `a commit that a known key signed is taken, and an unsigned one is not`() async throws {
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

    @Test(arguments: ["head", "all"])
    func `below a signed merge, unsigned commits count unless every commit must be signed`(mode: String) async throws {
        try await Bench.with(files: ["fabrikam.yaml": Definition.outbound("fabrikam")]) { bench in
            try await Self.signs(bench, mode: mode)
            let git = bench.repository
            try await git.git("commit", "-q", "-S", "--allow-empty", "-m", "Signed")
            #expect(try await bench.apply().exitStatus == .done, "what lies below the first tip is not looked at")

            try await git.git("checkout", "-q", "-b", "side")
            try git.write(Definition.outbound("litware"), to: "tenants/contoso/litware.yaml")
            let unsigned = try await git.commit("Not signed")
            try await git.git("checkout", "-q", "main")
            try await git.git("merge", "-q", "-S", "--no-ff", "-m", "Signed merge", "side")
            let ended = try await bench.apply()
            guard mode == "all" else {
                #expect(ended.exitStatus == .done)
                return
            }
            #expect(ended.exitStatus == .error)
            #expect(ended.error?.id == "signature-missing")
            #expect(ended.error?.message.contains(unsigned) == true)
            #expect(try bench.objects("outboundConnectors").keys.sorted() == ["To fabrikam"])

            try await git.git("checkout", "-q", "side")
            try await git.git("commit", "-q", "-S", "--amend", "-m", "Signed now")
            try await git.git("checkout", "-q", "-B", "main", "main~1")
            try await git.git("merge", "-q", "-S", "--no-ff", "-m", "Signed merge", "side")
            #expect(try await bench.apply().exitStatus == .done)
        }
    }

    @Test func `a signature that is missing is missing to each tenant of the source, in one pass as well`() async throws
    {
        try await Bench.with(files: ["fabrikam.yaml": Definition.outbound("fabrikam")]) { bench in
            try await Self.signs(bench, mode: "all")
            try await bench.repository.git("commit", "-q", "-S", "--allow-empty", "-m", "Signed")
            try #require(try await bench.apply().exitStatus == .done)
            try await bench.repository.commit("Not signed")
            try await bench.repository.git("commit", "-q", "-S", "--allow-empty", "-m", "Signed on top of it")
            let (reconciler, tenants) = try bench.reconciler()
            let endings = await reconciler.plan(tenants + tenants, options: Bench.options())
            #expect(endings.map { $0.stop?.id } == ["signature-missing", "signature-missing"])
        }
    }

    @Test func `a signed commit is held when it is dated more than a day before the one applied last`() async throws {
        try await Bench.with(files: ["fabrikam.yaml": Definition.outbound("fabrikam")]) { bench in
            try await Self.signs(bench)
            try await bench.repository.git("commit", "-q", "-S", "--allow-empty", "-m", "Today")
            #expect(try await bench.apply().exitStatus == .done)

            // The key has expired since, so whoever has stolen it writes an earlier date.
            try bench.repository.write(Definition.outbound("litware"), to: "tenants/contoso/litware.yaml")
            let tip = try await Self.commit(daysAgo: 7, bench)
            let held = try await bench.apply()
            #expect(held.exitStatus == .held)
            #expect(held.error?.id == "source-dated-back")
            #expect(held.error?.message.contains(tip) == true)
            #expect(try bench.objects("outboundConnectors").keys.sorted() == ["To fabrikam"])
            let accepted = try await bench.apply(Bench.options { $0.acceptedRevision = tip })
            #expect(accepted.exitStatus == .done)
        }
    }

    @Test func `a date within a day of the commit applied last is not looked at`() async throws {
        try await Bench.with(files: ["fabrikam.yaml": Definition.outbound("fabrikam")]) { bench in
            try await Self.signs(bench)
            try await bench.repository.git("commit", "-q", "-S", "--allow-empty", "-m", "Today")
            #expect(try await bench.apply().exitStatus == .done)
            _ = try await Self.commit(daysAgo: 0.9, bench)
            #expect(try await bench.apply().exitStatus == .done)
        }
    }

    /// Commits everything, signed, with a committer's date of our choice.
    private static func commit(daysAgo days: Double, _ bench: Bench) async throws -> String {
        let date = "\(Int(Date().timeIntervalSince1970 - days * 86_400)) +0000"
        try await bench.repository.git("add", "-A")
        let made = try await Program(
            "/usr/bin/git",
            in: bench.repository.folder,
            environment: ["GIT_COMMITTER_DATE": date]
        ).run(["commit", "-q", "-S", "--allow-empty", "-m", "Dated back"])
        try #require(made.code == 0, "\(made.errors)")
        return try await bench.repository.git("rev-parse", "HEAD").trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Makes a key, has git sign with it, and the configuration ask for it.
    private static func signs(_ bench: Bench, mode: String = "head") async throws {
        try await key("author", bench)
        let git = bench.repository
        try await git.git("config", "gpg.format", "ssh")
        try await git.git("config", "user.signingkey", path("author.pub", bench))
        let key = try String(contentsOfFile: path("author.pub", bench), encoding: .utf8)
        try Data("author@contoso.example \(key)".utf8).write(to: URL(filePath: path("allowed_signers", bench)))
        let file = bench.laboratory.folder.appending(path: "mitregate.yaml")
        let text = try String(contentsOf: file, encoding: .utf8)
        let verify = "    branch: main\n    verify: {mode: \(mode), allowedSigners: {file: allowed_signers}}"
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
