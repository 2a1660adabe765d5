import Foundation
import Laboratory
import Planning
import Reconciling
import Reports
import Testing

/// What is held where the source's forge asks for a review, and no request ever showed it.
@Suite struct ReviewTests {
    @Test func `what git and a hand changed needs a review, and drift that is put back does not`() async throws {
        let files = ["adatum.yaml": Definition.outbound("adatum", "comment: one")]
        try await Bench.with(settings: "drift: correct", files: files) { bench in
            try #require(try await bench.apply().exitStatus == .done)
            try Self.addForge(bench)
            try bench.edit("Set-OutboundConnector", #"{"Identity": "To adatum", "Comment": "hers"}"#)
            let correction = try #require(try await bench.plan().plan)
            #expect(correction.changes.map(\.cause) == [.drift])
            #expect(correction.guards == [])

            try bench.repository.write(
                Definition.outbound("adatum", "comment: two"),
                to: "tenants/contoso/adatum.yaml"
            )
            try await bench.repository.commit("Straight to main")
            bench.forget()
            let plan = try #require(try await bench.plan().plan)
            #expect(plan.changes.map(\.cause) == [.both])
            #expect(plan.guards.map(\.id) == ["not-reviewed"])
            #expect(try await bench.apply().error?.id == "not-reviewed")
            #expect(bench.writes.isEmpty)
        }
    }

    /// Gives the source a forge that nobody asks anything here.
    private static func addForge(_ bench: Bench) throws {
        let file = bench.laboratory.folder.appending(path: "mitregate.yaml")
        let text = try String(contentsOf: file, encoding: .utf8)
        let forge =
            "    branch: main\n    forge: {kind: gitea, url: \"http://127.0.0.1:1/api/v1\", repository: contoso/mail-flow, "
            + "credentials: {token: {env: FORGE_TOKEN}}}"
        try Data(text.replacing("    branch: main", with: forge).utf8).write(to: file)
    }
}
