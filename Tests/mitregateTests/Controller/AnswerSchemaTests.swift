import Foundation
import Laboratory
import Testing

/// What commands print of a controller's answers, held to the schemas that `schema --outputs` prints.
@Suite(.enabled(if: Validator.isAtHand, "needs python3 with jsonschema (python3-jsonschema)"), .timeLimit(.minutes(5)))
struct AnswerSchemaTests {
    @Test func `what a controller answers has the form that its schema says`() async throws {
        try await ControllerBed.with(settings: "changes: propose") { (bed: ControllerBed, _: Running) async throws in
            let program = bed.laboratory.mitregate
            func hold(_ arguments: String..., to kind: String) async throws {
                let ending = try await bed.command(arguments + ["-o", "json"])
                #expect(ending.code == 0, "\(ending)")
                try await Validator.hold(ending, to: kind, of: program)
            }
            try await bed.until("waiting") { try await bed.state() == "waiting" }
            let plans = try await bed.object("/api/v1/plans")["plans"] as? [[String: Any]]
            let digest = try #require(plans?.first?["changesDigest"] as? String)
            try await hold("status", to: "Tenants")
            try await hold(
                "approve",
                String(digest.dropFirst("sha256:".count)),
                "--reason",
                "reviewed",
                to: "Approvals"
            )
            try await bed.until("in sync") { try await bed.state() == "in-sync" }
            try await hold("reconcile", "--tenant", "contoso", to: "Requests")
            try await hold("retry", "--tenant", "contoso", to: "Requests")
            try await hold(
                "suspend",
                "--tenant",
                "contoso",
                "--until",
                "2099-01-01",
                "--reason",
                "audit",
                to: "Suspension"
            )
            try await hold("status", to: "Tenants")
            try await hold("events", to: "Events")
            try await hold("watch", "list", to: "Watches")
        }
    }
}
