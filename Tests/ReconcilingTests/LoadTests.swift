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

/// From a commit to definitions, or to a reason why there are none.
@Suite struct LoadTests {
    private static let files = ["fabrikam.yaml": Definition.outbound("fabrikam")]

    @Test func `rule 9: a tenant's folder that is missing is held, not obeyed`() async throws {
        try await Bench.with(files: Self.files) { bench in
            try await bench.apply()
            try await bench.repository.git("mv", "tenants/contoso", "tenants/elsewhere")
            try await bench.repository.commit("Move it away")
            bench.forget()
            for entry in [try await bench.plan().errors.first, try await bench.apply().error] {
                #expect(entry?.id == "source-folder-missing")
            }
            #expect(try await bench.plan().exitStatus == .held)
            #expect(try await bench.apply().exitStatus == .held)
            #expect(bench.writes.isEmpty)
            #expect(try await bench.remembered() == ["fabrikam"])
        }
    }

    @Test func `rule 9: a rewritten branch is held until its tip is accepted by name`() async throws {
        try await Bench.with(files: Self.files) { bench in
            let first = try await bench.apply().revision
            try bench.repository.write(
                Definition.outbound("fabrikam", "comment: two"),
                to: "tenants/contoso/fabrikam.yaml"
            )
            try await bench.repository.git("commit", "-q", "-a", "--amend", "-m", "Rewritten")
            let tip = try await bench.repository.commit("On top of it")
            bench.forget()
            let plan = try await bench.plan()
            #expect(plan.exitStatus == .held)
            #expect(plan.plan?.guards.map(\.id) == ["source-rewritten"])
            #expect(plan.plan?.guards.first?.message.contains(tip) == true)
            let held = try await bench.apply()
            #expect(held.exitStatus == .held)
            #expect(held.error?.id == "source-rewritten")
            let other = try await bench.apply(Bench.options { $0.acceptedRevision = first })
            #expect(other.error?.id == "source-rewritten", "another commit was accepted")
            #expect(bench.writes.isEmpty)
            let accepted = try await bench.apply(Bench.options { $0.acceptedRevision = tip })
            #expect(accepted.exitStatus == .done)
            #expect(try bench.outbound("To fabrikam")["Comment"] as? String == "two")
        }
    }

    @Test func `rule 9: a commit older than the one applied last is held until it is accepted by name`() async throws {
        try await Bench.with(files: Self.files) { bench in
            let first = try await bench.repository.git("rev-parse", "HEAD").trimmingCharacters(
                in: .whitespacesAndNewlines
            )
            try bench.repository.write(
                Definition.outbound("fabrikam", "comment: two"),
                to: "tenants/contoso/fabrikam.yaml"
            )
            let second = try await bench.repository.commit("Second")
            try await bench.apply()
            try await bench.repository.git("reset", "-q", "--hard", first)
            #expect(try await bench.plan().plan?.guards.map(\.id) == ["source-older"])
            #expect(try await bench.apply().error?.id == "source-older")
            let other = try await bench.apply(Bench.options { $0.acceptedRevision = second })
            #expect(other.error?.id == "source-older", "another commit was accepted")
            let accepted = try await bench.apply(Bench.options { $0.acceptedRevision = first })
            #expect(accepted.exitStatus == .done)
            #expect(try await bench.applied().revision == first)
        }
    }

    @Test func `rule 9: a source that lost all its definitions is held`() async throws {
        try await Bench.with(settings: "prune: delete", files: Self.files) { bench in
            try await bench.apply()
            try bench.repository.write(nil, to: "tenants/contoso/fabrikam.yaml")
            try bench.repository.write("Nothing is here.", to: "tenants/contoso/README.md")
            try await bench.repository.commit("Empty it")
            bench.forget()
            #expect(try await bench.plan().plan?.guards.map(\.id).contains("source-empty") == true)
            #expect(try await bench.apply().exitStatus == .held)
            #expect(bench.writes.isEmpty)
        }
    }

    @Test(arguments: ["prune: delete", "prune: orphan"])
    func `rule 9: a source that lost more definitions than may be deleted is held`(prune: String) async throws {
        let slugs = ["adatum", "fabrikam", "litware", "tailspin"]
        let files = Dictionary(uniqueKeysWithValues: slugs.map { ("\($0).yaml", Definition.inbound($0)) })
        try await Bench.with(settings: "\(prune), limits: {deletes: 2}", files: files) { bench in
            #expect(try await bench.apply().exitStatus == .done)
            for slug in slugs.dropFirst() { try bench.repository.write(nil, to: "tenants/contoso/\(slug).yaml") }
            try await bench.repository.commit("Shrink it")
            bench.forget()
            #expect(try await bench.plan().plan?.guards.map(\.id).contains("source-shrunk") == true)
            #expect(try await bench.apply().exitStatus == .held)
            #expect(bench.writes.isEmpty)
            #expect(try await bench.remembered() == slugs)
        }
    }

    @Test func `every error in the definitions is told, and nothing is planned`() async throws {
        let files = [
            "a.yaml": Definition.outbound("a", "useMxRecrd: true"),
            "b.yaml": Definition.document("OutboundConnector", "b", "name: B, enabled: 3"),
        ]
        try await Bench.with(files: files) { bench in
            let plan = try await bench.plan()
            #expect(plan.plan == nil)
            #expect(plan.exitStatus == .error)
            #expect(Set(plan.errors.compactMap(\.file)).count == 2)
            #expect(plan.errors.allSatisfy { $0.line != nil && !$0.remedy.isEmpty })
            let apply = try await bench.apply()
            #expect(apply.exitStatus == .error)
            #expect(try await bench.runs().map(\.result) == [.failed])
            #expect(bench.writes.isEmpty)
        }
    }

    @Test func `a work tree that differs from its commit is told, and not read`() async throws {
        try await Bench.with(files: Self.files) { bench in
            try bench.repository.write(
                Definition.outbound("fabrikam", "comment: later"),
                to: "tenants/contoso/fabrikam.yaml"
            )
            let options = Bench.options { $0.looksAtWorkTree = true }
            let plan = try #require(try await bench.plan(options).plan)
            #expect(plan.notes.contains { $0.contains("fabrikam.yaml") && $0.contains("--working-tree") })
            let unattended = try await bench.plan().plan
            #expect(unattended?.notes.isEmpty == true, "the controller does not look at each file for that")
            #expect(!plan.changes.flatMap(\.fields).contains { $0.path == "comment" })
        }
    }

    @Test func `a plan of the work tree shows what is not committed, and cannot be applied`() async throws {
        try await Bench.with(files: Self.files) { bench in
            try bench.repository.write(
                Definition.outbound("fabrikam", "comment: later"),
                to: "tenants/contoso/fabrikam.yaml"
            )
            let options = Bench.options { $0.reference = .workingTree }
            let plan = try #require(try await bench.plan(options).plan)
            #expect(plan.isOfWorkingTree)
            #expect(plan.changes.flatMap(\.fields).contains { $0.path == "comment" })
            let apply = try await bench.apply(options)
            #expect(apply.error?.id == "working-tree")
            #expect(apply.exitStatus == .held)
            #expect(bench.writes.isEmpty)
        }
    }
}

/// A source that is fetched, by the real child process.
@Suite(
    .enabled(
        if: FileManager.default.isExecutableFile(atPath: Program.mitregate.path),
        "needs the program, which `swift build` makes"
    )
)
struct RemoteSourceTests {
    @Test func `a remote source is fetched in a child process, and each new commit is seen`() async throws {
        try await Bench.with(files: ["fabrikam.yaml": Definition.outbound("fabrikam")]) { bench in
            try bench.laboratory.configure(url: "file://\(bench.repository.folder.path(percentEncoded: false))")
            #expect(try await Self.apply(bench).exitStatus == .done)
            try bench.repository.write(
                Definition.outbound("fabrikam", "comment: two"),
                to: "tenants/contoso/fabrikam.yaml"
            )
            let second = try await bench.repository.commit("Second")
            #expect(try await Self.apply(bench).exitStatus == .done)
            #expect(try await bench.applied().revision == second)
            #expect(try bench.outbound("To fabrikam")["Comment"] as? String == "two")
        }
    }

    @Test func `mirrors are kept where the configuration says`() async throws {
        try await Bench.with(files: ["fabrikam.yaml": Definition.outbound("fabrikam")]) { bench in
            try bench.laboratory.configure(url: "file://\(bench.repository.folder.path(percentEncoded: false))")
            let file = bench.laboratory.folder.appending(path: "mitregate.yaml")
            let text = try String(contentsOf: file, encoding: .utf8)
            try Data("\(text)\nmirrors: clones\n".utf8).write(to: file)
            #expect(try await Self.apply(bench).exitStatus == .done)
            let mirror = bench.laboratory.folder.appending(path: "clones/mail-flow/HEAD")
            #expect(FileManager.default.fileExists(atPath: mirror.path(percentEncoded: false)))
            #expect(!FileManager.default.fileExists(atPath: bench.laboratory.store + "-mirrors"))
        }
    }

    @Test(arguments: [false, true])
    func `rule 9: a remote branch that was rewritten is held, also when the mirror was lost`(
        isMirrorLost: Bool
    ) async throws {
        try await Bench.with(files: ["fabrikam.yaml": Definition.outbound("fabrikam")]) { bench in
            try bench.laboratory.configure(url: "file://\(bench.repository.folder.path(percentEncoded: false))")
            #expect(try await Self.apply(bench).exitStatus == .done)
            try bench.repository.write(
                Definition.outbound("fabrikam", "comment: two"),
                to: "tenants/contoso/fabrikam.yaml"
            )
            try await bench.repository.git("commit", "-q", "-a", "--amend", "-m", "Rewritten")
            if isMirrorLost { try FileManager.default.removeItem(atPath: bench.laboratory.store + "-mirrors") }
            let held = try await Self.apply(bench)
            #expect(held.exitStatus == .held)
            #expect(held.error?.id == "source-rewritten")
        }
    }

    @Test func `a branch that is not there is an error, and the tenant is not asked`() async throws {
        try await Bench.with(files: ["fabrikam.yaml": Definition.outbound("fabrikam")]) { bench in
            try bench.laboratory.configure(url: "file://\(bench.repository.folder.path(percentEncoded: false))")
            try await bench.repository.git("branch", "-m", "main", "other")
            let ended = try await Self.apply(bench)
            #expect(ended.exitStatus == .error)
            #expect(ended.error?.message.contains("main") == true)
            #expect(bench.simulator.requests().isEmpty)
        }
    }

    @Test func `a path source is read at its branch, whatever is checked out`() async throws {
        try await Bench.with(files: ["fabrikam.yaml": Definition.outbound("fabrikam")]) { bench in
            let main = try await bench.repository.commit("On main")
            try await bench.repository.git("checkout", "-q", "-b", "feature")
            try bench.repository.write(Definition.outbound("litware"), to: "tenants/contoso/litware.yaml")
            let feature = try await bench.repository.commit("Not reviewed")
            #expect(try await bench.plan().plan?.revision == main)
            let named = try await bench.plan(Bench.options { $0.reference = .named("feature") })
            #expect(named.plan?.revision == feature)
            #expect(named.plan?.summary.create == 2)
            #expect(try await bench.apply().revision == main)
            #expect(try bench.objects("outboundConnectors").keys.sorted() == ["To fabrikam"])
            try await bench.repository.git("branch", "-m", "main", "trunk")
            let missing = try await bench.plan()
            #expect(missing.errors.first?.id == "git-branch")
            #expect(missing.errors.first?.message.contains("feature, trunk") == true)
        }
    }

    @Test func `a folder that a commit removed is told with that commit, and the tenant is left alone`() async throws {
        try await Bench.with(files: ["fabrikam.yaml": Definition.outbound("fabrikam")]) { bench in
            try await bench.repository.git("rm", "-rq", "tenants/contoso")
            let removal = try await bench.repository.commit("oops")
            let held = try await bench.apply()
            #expect(held.exitStatus == .held)
            #expect(held.error?.message.contains("Commit \(removal.prefix(12)) (\"oops\", ") == true)
            #expect(held.error?.remedy.contains("git revert \(removal.prefix(12))") == true)
            #expect(bench.writes.isEmpty)
        }
    }

    @Test func `--working-tree on a remote source is a wrong usage`() async throws {
        try await Bench.with(files: ["fabrikam.yaml": Definition.outbound("fabrikam")]) { bench in
            try bench.laboratory.configure(url: "file://\(bench.repository.folder.path(percentEncoded: false))")
            let (reconciler, tenants) = try bench.reconciler(executable: Program.mitregate.path, waits: true)
            let options = Bench.options { $0.reference = .workingTree }
            let plan = try #require(await reconciler.plan(tenants, options: options).first?.plan)
            #expect(plan.exitStatus == .usage)
            #expect(plan.errors.first?.id == "working-tree-remote")
        }
    }

    private static func apply(_ bench: Bench) async throws -> TenantApply {
        let (reconciler, tenants) = try bench.reconciler(executable: Program.mitregate.path, waits: true)
        return try #require(await reconciler.apply(tenants, options: Bench.options()).first?.outcome)
    }
}

extension Program {
    fileprivate static let mitregate = Program(in: URL(filePath: "/"))
}
