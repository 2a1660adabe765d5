import ExchangeSimulator
import ForgeSimulator
import Foundation
import Laboratory
import Testing

/// `import --pull-request`: what a tenant has becomes a request, before there is a folder for it.
@Suite(.timeLimit(.minutes(5))) struct ImportRequestTests {
    private static let seed = """
        "outboundConnectors": [{"Name": "Court mail", "ConnectorType": "Partner", "RecipientDomains": ["court.example"],
          "UseMXRecord": true, "TlsSettings": "EncryptionOnly"}],
        "inboundConnectors": [{"Name": "Inbound from 6f1d0c9e-70f4-4f6c-9d3f-1f6f1f3b2a10", "ConnectorType": "OnPremises",
          "ConnectorSource": "HybridWizard", "SenderDomains": ["smtp:*;1"], "RequireTls": true,
          "TlsSenderCertificateName": "mail.contoso.com", "CloudServicesMailEnabled": true}]
        """

    @Test
    func `a tenant without a folder gets a request, and asked again the same one, until everything has a definition`()
        async throws
    {
        try await Self.with { laboratory, server in
            let first = try await laboratory.mitregate("import", "--pull-request")
            #expect(first.code == 0, "\(first)")
            #expect(first.output.contains("Request #1 adds 1 definition to contoso: http"), "\(first.output)")
            #expect(first.errors.contains("Left alone: InboundConnector"), "\(first.errors)")
            #expect(server.repository.requests[1]?.title == "Manage 1 connector of contoso")

            let second = try await laboratory.mitregate("import", "--pull-request", "-o", "json")
            #expect(second.code == 0, "\(second)")
            let document = try second.document("Import")
            #expect(document["request"] as? String == "#1")
            let files = try #require(document["files"] as? [[String: Any]])
            #expect(files.map { $0["displayName"] as? String } == ["Court mail"])
            #expect((files.first?["file"] as? String)?.hasPrefix("tenants/contoso/") == true)
            #expect(server.repository.requests.count == 1)

            // A person closed it, and a person asks for it again.
            server.change { $0.close(1) }
            let third = try await laboratory.mitregate("import", "--pull-request")
            #expect(third.output.contains("Request #2"), "\(third)")

            let repository = laboratory.repository
            try await repository.git("fetch", "-q", "origin")
            try await repository.git("merge", "-q", "--no-ff", "-m", "Merge", "origin/mitregate/adoption/contoso")
            try await repository.git("push", "-q", "origin", "main")
            server.change { $0.merge(2) }
            let last = try await laboratory.mitregate("import", "--pull-request")
            #expect(last.code == 0 && last.output.contains("Nothing to adopt"), "\(last)")
            let plan = try await laboratory.mitregate("plan", "--no-gate", "--detailed-exitcode")
            #expect(plan.code == 0, "what was imported has no changes: \(plan)")
            #expect(laboratory.changes.isEmpty)
        }
    }

    @Test func `without a forge it is a mistake on the command line, and so is a folder next to it`() async throws {
        try await Laboratory.with(files: Sample.fabrikam) { laboratory in
            let ending = try await laboratory.mitregate("import", "--pull-request")
            #expect(ending.code == 64 && ending.errors.contains("has no forge"), "\(ending)")
            #expect(try await laboratory.mitregate("import", "--pull-request", "--out", "x").code == 64)
        }
    }

    @Test func `a forge that refuses our token is told with what to do, and a branch is there for the next try`()
        async throws
    {
        try await Self.with { laboratory, server in
            server.fail(.status(403), times: 10) { $0.method == "POST" }
            let ending = try await laboratory.mitregate("import", "--pull-request")
            #expect(ending.code == 1 && ending.errors.contains("✗"), "\(ending)")
            #expect(!ending.errors.contains("good-token"))
        }
        try await Self.with { laboratory, server in
            server.fail(.status(503), times: 1) { $0.method == "POST" }
            _ = try await laboratory.mitregate("import", "--pull-request")
            let again = try await laboratory.mitregate("import", "--pull-request")
            #expect(again.output.contains("Request #1"), "\(again)")
        }
    }

    private static func with(
        _ body: @escaping @Sendable (Laboratory, ForgeServer) async throws -> Void
    ) async throws {
        try await ForgeServer.run(GiteaDialect(), description: try ForgeDescription.load("gitea"), repository: .live) {
            server in
            server.change { repository in
                repository.branches = [:]
                repository.commits = []
            }
            try await Laboratory.with(tenant: seed) { laboratory in
                let repository = laboratory.repository
                try repository.write("Our mail flow.\n", to: "README.md")
                try await repository.commit("Begin")
                try await repository.git("clone", "-q", "--bare", ".", "../forge.git")
                try await repository.git("remote", "add", "origin", "../forge.git")
                server.follow(GitFolder(laboratory.folder.appending(path: "forge.git").path))
                try laboratory.configure(url: "forge.git")
                let file = laboratory.folder.appending(path: "mitregate.yaml")
                let forge =
                    "    forge: {kind: gitea, url: \"\(server.url)\", repository: contoso/mail-flow, visibility: full, "
                    + "credentials: {token: {file: forge-token}}}"
                let text = try String(contentsOf: file, encoding: .utf8)
                    .replacing("    branch: main", with: "    branch: main\n\(forge)")
                try Data(text.utf8).write(to: file)
                try Data("good-token".utf8).write(to: laboratory.folder.appending(path: "forge-token"))
                try await body(laboratory, server)
            }
        }
    }
}
