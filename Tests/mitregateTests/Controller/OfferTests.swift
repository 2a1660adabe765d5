import ExchangeSimulator
import ForgeSimulator
import Foundation
import Laboratory
import Testing

/// Git and tenant agree again by themselves: a controller process, a simulated tenant, a bare repository and a Gitea before it.
@Suite(.timeLimit(.minutes(5))) struct OfferTests {
    private static let drift = "mitregate/drift/contoso"
    private static let revert = "mitregate/revert/contoso"

    @Test func `drift becomes a request, is merged, and the tenant is in sync without a write`() async throws {
        try await Self.with { forge in
            try await forge.bed.until("adopted") { forge.written == 1 }
            try await forge.bed.until("in sync") { try await forge.bed.state() == "in-sync" }

            try forge.tamper(#"{"Identity": "From Fabrikam", "Comment": "hers"}"#)
            try await forge.bed.until("offered") { forge.open == [1] }
            try await forge.bed.until("told") { try await forge.bed.hasEvent("Offered") }
            let body = forge.server.repository.requests[1]?.body ?? ""
            #expect(body.contains("Merging this makes git match the tenant"), "\(body)")
            let head = try await forge.tip(of: Self.drift)
            try await forge.bed.until("judged") { forge.statuses(of: head)["mitregate/gate"] == "success" }
            try await forge.bed.until("shown") { forge.comments(on: 1).count == 1 }
            #expect(forge.comments(on: 1).first?.contains("no changes") == true, "merging it writes nothing")

            try await forge.mergeOffer(1, Self.drift)
            try await forge.bed.until("in sync") { try await forge.bed.state() == "in-sync" }
            try await forge.bed.until("over") { try await forge.bed.hasEvent("Drifted", "cleared") }
            try await forge.bed.until("told") { try await forge.bed.hasEvent("Offered", "cleared") }
            #expect(forge.written == 1, "nothing is written for it")
            let text = try await forge.git("show", "main:tenants/contoso/fabrikam.yaml")
            #expect(text.contains("# Fabrikam, as agreed with legal") && text.contains("hers"), "\(text)")
            #expect(forge.server.repository.requests.count == 1)
        }
    }

    @Test func `a change that is rolled back becomes a revert request, and its merge lifts the quarantine`()
        async throws
    {
        try await Self.with { forge in
            try await forge.bed.until("adopted") { forge.written == 1 }
            try forge.bed.laboratory.simulator.setFaults(
                """
                [{"match": {"cmdlet": "Set-InboundConnector"}, "times": 1, "effect": {"errorBody": {
                  "type": "Microsoft.Exchange.Data.DataValidationException", "text": "It can't be done."}}}]
                """
            )
            try await forge.commit("second")
            try await forge.bed.until("offered") { forge.open == [1] }
            try await forge.bed.until("named") {
                // An event is told once, and may have been before there was a request.
                try await forge.bed.command("plan", "--no-gate").output.contains("Request #1")
            }
            try await forge.mergeOffer(1, Self.revert)
            try await forge.bed.until("in sync") { try await forge.bed.state() == "in-sync" }
            try await forge.bed.until("told") { try await forge.bed.hasEvent("Offered", "cleared") }
            #expect(try await forge.git("show", "main:tenants/contoso/fabrikam.yaml").contains("first"))
        }
    }

    // MARK: What they are played on

    private static func with(_ body: @escaping @Sendable (ForgeBed) async throws -> Void) async throws {
        try await ForgeServer.run(GiteaDialect(), description: try ForgeDescription.load("gitea"), repository: .live) {
            server in
            server.change { repository in
                repository.branches = [:]
                repository.commits = []
            }
            let forge =
                "forge: {kind: gitea, url: \"\(server.url)\", repository: contoso/mail-flow, visibility: full, "
                + "credentials: {token: {file: forge-token}}, review: optional, drift: pull-request, "
                + "identity: {name: Mitregate, email: mitregate@contoso.example}}"
            let definition = "# Fabrikam, as agreed with legal\n" + ForgeBed.definition("first")
            try await ControllerBed.with(
                settings: "drift: propose",
                source: forge,
                files: ["fabrikam.yaml": definition],
                edit: { $0.replacing("url: \"mail-flow\"", with: "url: \"forge.git\"") },
                prepare: { laboratory in
                    try await laboratory.repository.git("clone", "-q", "--bare", ".", "../forge.git")
                    try await laboratory.repository.git("remote", "add", "origin", "../forge.git")
                    server.follow(GitFolder(laboratory.folder.appending(path: "forge.git").path))
                },
                { bed, _ in try await body(ForgeBed(bed: bed, server: server)) }
            )
            #expect(server.complaints == [])
        }
    }
}

extension ForgeBed {
    /// The numbers of the open requests.
    fileprivate var open: [Int] { server.repository.requests.values.filter(\.isOpen).map(\.number).sorted() }

    fileprivate func git(_ arguments: String...) async throws -> String {
        let ending = try await Program("/usr/bin/git", in: bed.laboratory.folder.appending(path: "forge.git"))
            .run(arguments)
        guard ending.code == 0 else { throw LaboratoryError(text: ending.errors) }
        return ending.output
    }

    fileprivate func tip(of branch: String) async throws -> String {
        try await git("rev-parse", branch).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    fileprivate func tamper(_ parameters: String) throws {
        try bed.laboratory.simulator.edit(
            tenant: Laboratory.tenantID,
            userId: "eve@contoso.com",
            cmdlet: "Set-InboundConnector",
            parameters: parameters
        )
    }

    /// A person commits to main.
    fileprivate func commit(_ note: String) async throws {
        try repository.write(
            "# Fabrikam, as agreed with legal\n" + Self.definition(note),
            to: "tenants/contoso/fabrikam.yaml"
        )
        try await repository.commit("Make it \(note)")
        try await repository.git("push", "-q", "origin", "main")
    }

    /// A person merges a request of ours; the forge knows of the merge before git does.
    fileprivate func mergeOffer(_ number: Int, _ branch: String) async throws {
        try await repository.git("fetch", "-q", "origin")
        try await repository.git("checkout", "-q", "-B", "main", "origin/main")
        try await repository.git("merge", "-q", "--no-ff", "-m", "Merge request \(number)", "origin/\(branch)")
        let tip = try await repository.git("rev-parse", "main").trimmingCharacters(in: .whitespacesAndNewlines)
        server.change { $0.merge(number, as: tip) }
        try await repository.git("push", "-q", "origin", "main")
    }
}
