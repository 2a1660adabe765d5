import Controller
import Foundation
import Laboratory
import PullRequests
import StateStore
import Testing

/// `verify`: what is applied before its merge is signed as the branch's commits have to be.
@Suite struct SignedHeadTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var mode = "head"
        /// The keys of the head's commits, oldest first; `nil` signs nothing.
        var keys: [String?]
        /// What the refusal says; `nil`: it is applied.
        var refusal: String?
    }

    @Test(arguments: [
        Row(testDescription: "a head that an allowed key signed", keys: ["author"]),
        Row(testDescription: "a head that nobody signed", keys: [nil], refusal: "not signed"),
        Row(testDescription: "a head that a stranger signed", keys: ["stranger"], refusal: "sign"),
        Row(testDescription: "an unsigned commit below a signed head", keys: [nil, "author"]),
        Row(
            testDescription: "an unsigned commit below a signed head, where all must be signed",
            mode: "all",
            keys: [nil, "author"],
            refusal: "not signed"
        ),
        Row(testDescription: "all signed, where all must be", mode: "all", keys: ["author", "author"]),
    ])
    func `a head is applied before its merge only with the signatures that the source asks for`(row: Row) async throws {
        let verify = "verify: {mode: \(row.mode), allowedSigners: {file: allowed_signers}}"
        try await DeskBench.with(forge: "apply: comment", source: verify, prepare: Self.sign) { bench in
            try await bench.begin()
            let head = try await Self.push(row.keys, bench)
            try bench.forge.open(7, head: head)
            await bench.desk.look()
            await bench.approve()
            await bench.comment()
            let outcome = try #require(try await bench.stored(7).applying?.tenants["contoso"]?.outcome)
            let told = bench.forge.texts(on: 7).first { $0.contains("before the merge: ") } ?? ""
            guard let refusal = row.refusal else {
                #expect(outcome.state == .applied && bench.writes == ["Set-InboundConnector"], "\(outcome)")
                return
            }
            #expect(bench.writes.isEmpty)
            #expect([.held, .failed].contains(outcome.state) && outcome.text.contains(refusal), "\(outcome)")
            #expect(told.contains(refusal), "\(told)")
            #expect(try await bench.store.aheadRuns(of: "contoso").isEmpty)
        }
    }

    /// Makes the keys, allows one of them, and signs what is there.
    private static let sign: @Sendable (Laboratory) async throws -> Void = { laboratory in
        for name in ["author", "stranger"] {
            let made = try await Program("/usr/bin/ssh-keygen", in: laboratory.folder)
                .run(["-q", "-t", "ed25519", "-N", "", "-C", name, "-f", laboratory.folder.appending(path: name).path])
            try #require(made.code == 0, "\(made.errors)")
        }
        let key = try String(contentsOf: laboratory.folder.appending(path: "author.pub"), encoding: .utf8)
        try Data("author@contoso.example \(key)".utf8).write(to: laboratory.folder.appending(path: "allowed_signers"))
        try await laboratory.repository.git("config", "gpg.format", "ssh")
        try await use("author", laboratory)
        try await laboratory.repository.git("commit", "-q", "--amend", "--no-edit")
    }

    private static func use(_ key: String?, _ laboratory: Laboratory) async throws {
        try await laboratory.repository.git("config", "commit.gpgsign", key == nil ? "false" : "true")
        guard let key else { return }
        let path = laboratory.folder.appending(path: "\(key).pub").path
        try await laboratory.repository.git("config", "user.signingkey", path)
    }

    /// Pushes a head with a commit for each key; the first brings the change.
    private static func push(_ keys: [String?], _ bench: DeskBench) async throws -> String {
        let repository = bench.laboratory.repository
        try await use(keys.first ?? nil, bench.laboratory)
        var head = try await bench.push(7)
        for key in keys.dropFirst() {
            try await use(key, bench.laboratory)
            try await repository.git("checkout", "-q", "request-7")
            head = try await repository.commit("On top")
            try await repository.git("update-ref", "refs/pull/7/head", head)
            try await repository.git("checkout", "-q", "main")
        }
        return head
    }
}
