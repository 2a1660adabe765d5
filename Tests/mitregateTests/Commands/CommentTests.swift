import ForgeSimulator
import Foundation
import Laboratory
import Testing

/// `mitregate comment`, and the recipes that use it in pipelines.
@Suite(.timeLimit(.minutes(5))) struct CommentTests {
    struct Recipe: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let kind: String
        let dialect: any ForgeDialect
        /// What the pipeline's own variables hold for the request 1 of the branch `partner-bank`.
        let variables: [String: String]
    }

    static let recipes = [
        Recipe(
            testDescription: "github-actions.yml",
            kind: "github",
            dialect: GitHubDialect(),
            variables: [
                "BRANCH": "partner-bank", "NUMBER": "1", "GITHUB_STEP_SUMMARY": "summary.md", "RUNNER_TEMP": ".",
            ]
        ),
        Recipe(
            testDescription: "gitea-actions.yml",
            kind: "gitea",
            dialect: GiteaDialect(),
            variables: ["BRANCH": "partner-bank", "NUMBER": "1", "RUNNER_TEMP": "."]
        ),
        Recipe(
            testDescription: "gitlab-ci.yml",
            kind: "gitlab",
            dialect: GitLabDialect(),
            variables: ["CI_MERGE_REQUEST_SOURCE_BRANCH_NAME": "partner-bank", "CI_MERGE_REQUEST_IID": "1"]
        ),
        Recipe(
            testDescription: "azure-pipelines.yml",
            kind: "azure-devops",
            dialect: AzureDevOpsDialect(),
            variables: [
                "SYSTEM_PULLREQUEST_SOURCEBRANCH": "refs/heads/partner-bank", "SYSTEM_PULLREQUEST_PULLREQUESTID": "1",
                "AGENT_TEMPDIRECTORY": ".",
            ]
        ),
    ]

    @Test(arguments: recipes)
    func `a recipe's commands write one comment and the statuses, and replace it when they run again`(
        recipe: Recipe
    ) async throws {
        try await Self.with(recipe.kind, recipe.dialect) { bench in
            let file = ExampleTests.project.appending(path: "deploy/ci/\(recipe.testDescription)")
            let commands = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
                .map { $0.trimmingCharacters(in: .whitespaces) }
                .map { $0.hasPrefix("- ") ? String($0.dropFirst(2)) : $0 }
                .filter { $0.hasPrefix("mitregate ") || $0.hasPrefix("cat ") }
            #expect(commands.count >= 3 && commands.contains { $0.hasPrefix("mitregate comment") }, "\(commands)")
            for round in 1...2 {
                let ending = try await bench.shell(commands, recipe.variables)
                #expect(ending.code == 0, "round \(round): \(ending)")
                let comments = bench.server.repository.comments(on: 1).map(\.text)
                #expect(comments.count == 1, "\(comments)")
                #expect(comments.first?.contains("second") == true)
            }
            let statuses = bench.server.repository.statuses.values.joined()
            #expect(
                Set(statuses.map(\.context)).isSuperset(of: ["mitregate/plan", "mitregate/gate", "mitregate/validate"])
            )
            #expect(bench.server.complaints == [])
            #expect(bench.laboratory.changes.count == 1, "a pipeline writes nothing to the tenant")
        }
    }

    @Test func `without a forge there is nothing to write on`() async throws {
        try await Laboratory.with(files: Sample.fabrikam) { laboratory in
            let ending = try await laboratory.mitregate.run(["comment", "--pull-request", "1"])
            #expect(ending.code == 64)
            #expect(ending.errors.contains("None of the selected sources has a `forge`"))
            #expect(ending.errors.contains("Add forge:"))
        }
    }

    @Test func `a request that is closed, unknown or for another branch is refused`() async throws {
        try await Self.with("gitea", GiteaDialect()) { bench in
            let unknown = try await bench.mitregate("comment", "--pull-request", "99")
            #expect(unknown.code == 1, "\(unknown)")
            bench.server.change { forge in _ = forge.open(head: "elsewhere", base: "next") }
            let other = try await bench.mitregate("comment", "--pull-request", "2")
            #expect(other.code == 1 && other.errors.contains("for the branch next"), "\(other)")
            bench.server.change { $0.close(1) }
            let closed = try await bench.mitregate("comment", "--pull-request", "1")
            #expect(closed.code == 1 && closed.errors.contains("not open any more"), "\(closed)")
            #expect(bench.server.repository.comments.isEmpty)
        }
    }

    @Test(.enabled(if: Validator.isAtHand, "needs python3 with jsonschema (python3-jsonschema)"))
    func `as JSON it says where it was written, what was planned and why there is no plan`() async throws {
        try await Self.with("gitea", GiteaDialect()) { bench in
            let folder = bench.laboratory.folder
            #expect(try await bench.mitregate("schema", "--outputs", "--out", "schemas").code == 0)
            let schema = folder.appending(path: "schemas/comment.output.schema.json")
            let written = try await bench.mitregate("comment", "--pull-request", "1", "-o", "json")
            let document = try written.document("Comment")
            #expect(document["request"] as? Int == 1 && document["reason"] == nil && document["exitCode"] as? Int == 0)
            let tenants = document["tenants"] as? [[String: Any]]
            #expect(tenants?.first?["tenant"] as? String == "contoso")
            #expect(try await Validator.problems(of: written.output, by: schema, in: folder) == "")

            try bench.laboratory.repository.write(ForgeBed.definition("third"), to: "tenants/contoso/fabrikam.yaml")
            try await bench.laboratory.repository.commit("Meanwhile")
            let held = try await bench.mitregate("comment", "--pull-request", "1", "-o", "json")
            #expect(held.code == 4)
            #expect((try held.document("Comment")["reason"] as? String)?.contains("conflict") == true, "\(held)")
            #expect(try await Validator.problems(of: held.output, by: schema, in: folder) == "")
        }
    }

    @Test func `a conflict is written and exits as held`() async throws {
        try await Self.with("gitea", GiteaDialect()) { bench in
            try bench.laboratory.repository.write(ForgeBed.definition("third"), to: "tenants/contoso/fabrikam.yaml")
            try await bench.laboratory.repository.commit("Meanwhile")
            let ending = try await bench.mitregate("comment", "--pull-request", "1")
            #expect(ending.code == 4 && ending.errors.contains("conflict"), "\(ending)")
        }
    }

    @Test func `with one store, what a pipeline showed is what apply takes by itself`() async throws {
        try await Self.with("gitea", GiteaDialect()) { bench in
            let comment = try await bench.mitregate("comment", "--pull-request", "1")
            #expect(comment.code == 0, "\(comment)")
            try await bench.merge()
            let applied = try await bench.mitregate("apply", "--auto-approve")
            #expect(applied.code == 0, "\(applied)")
            #expect(bench.laboratory.changes.count == 2)

            try bench.laboratory.repository.write(ForgeBed.definition("direct"), to: "tenants/contoso/fabrikam.yaml")
            try await bench.laboratory.repository.commit("Straight to main")
            let held = try await bench.mitregate("apply", "--auto-approve")
            #expect(held.code == 4 && held.errors.contains("direct push"), "\(held)")
            #expect(bench.laboratory.changes.count == 2)
        }
    }

    struct Bench: Sendable {
        let laboratory: Laboratory
        let server: ForgeServer

        func mitregate(_ arguments: String...) async throws -> Program.Ending {
            try await laboratory.mitregate.run(arguments)
        }

        /// Runs commands as a pipeline's shell would, in a checkout of the request.
        func shell(_ commands: [String], _ variables: [String: String]) async throws -> Program.Ending {
            try await laboratory.repository.git("checkout", "-q", "partner-bank")
            let folder = laboratory.folder.path(percentEncoded: false)
            let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
            let own = [
                "PATH": "\(Program.products.path(percentEncoded: false)):\(path)",
                "MITREGATE_CONFIG": "\(folder)/mitregate.yaml", "STATE_FILE": "\(folder)/state.json",
            ]
            let shell = Program(
                "/bin/sh",
                in: laboratory.repository.folder,
                environment: own.merging(variables) { first, _ in first }
            )
            let ending = try await shell.run(["-e", "-c", commands.joined(separator: "\n")])
            try await laboratory.repository.git("checkout", "-q", "main")
            return ending
        }

        func merge() async throws {
            try await laboratory.repository.git("merge", "-q", "--squash", "partner-bank")
            try await laboratory.repository.git("commit", "-q", "-m", "Squash")
            let tip = try await laboratory.repository.git("rev-parse", "main")
                .trimmingCharacters(in: .whitespacesAndNewlines)
            server.change { forge in
                let time = forge.tick()
                forge.commits.insert(tip)
                forge.change(1, at: time) { request in
                    request.isOpen = false
                    request.mergedAs = tip
                    request.mergedAt = time
                }
            }
        }
    }

    /// A tenant that was applied once, and a request of the branch `partner-bank` that changes it.
    private static func with(
        _ kind: String,
        _ dialect: any ForgeDialect,
        _ body: @escaping @Sendable (Bench) async throws -> Void
    ) async throws {
        try await ForgeServer.run(dialect, description: try ForgeDescription.load(dialect.name), repository: .live) {
            server in
            try await Laboratory.with(files: ["fabrikam.yaml": ForgeBed.definition("first")]) { laboratory in
                let file = laboratory.folder.appending(path: "mitregate.yaml")
                let text = try String(contentsOf: file, encoding: .utf8).replacingOccurrences(
                    of: "    branch: main",
                    with: """
                            branch: main
                            forge: {kind: \(kind), url: "\(server.url)", repository: contoso/mail-flow,
                                    credentials: {token: {file: forge-token}}}
                        """
                )
                try Data(text.utf8).write(to: file)
                try Data("good-token".utf8).write(to: laboratory.folder.appending(path: "forge-token"))
                // A person has seen the plan of what is there before the first request.
                let plan = try await laboratory.mitregate.run(["plan", "--out", "plan.json"])
                #expect(plan.code == 4 && plan.output.contains("not-reviewed"), "\(plan)")
                let applied = try await laboratory.mitregate.run(["apply", "plan.json"])
                #expect(applied.code == 0, "\(applied)")
                let state = try await laboratory.mitregate.run(["state", "export"])
                try Data(state.output.utf8).write(to: laboratory.folder.appending(path: "state.json"))
                let repository = laboratory.repository
                try await repository.git("checkout", "-q", "-b", "partner-bank")
                try repository.write(ForgeBed.definition("second"), to: "tenants/contoso/fabrikam.yaml")
                let head = try await repository.commit("Second")
                for name in ["refs/pull/1/head", "refs/merge-requests/1/head"] {
                    try await repository.git("update-ref", name, head)
                }
                try await repository.git("checkout", "-q", "main")
                server.change { forge in
                    forge.branches["partner-bank"] = head
                    _ = forge.open(head: "partner-bank")
                }
                try await body(Bench(laboratory: laboratory, server: server))
            }
        }
    }
}
