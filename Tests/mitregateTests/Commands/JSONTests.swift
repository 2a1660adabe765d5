import Foundation
import Laboratory
import Testing

@Suite struct JSONTests {
    /// What is asked, the kind of the document, and the exit code.
    private static let questions: [(arguments: [String], kind: String, code: Int32)] = [
        (["plan"], "Plan", 0), (["plan", "--no-gate"], "Plan", 0), (["plan", "--working-tree"], "Plan", 0),
        (["drift"], "Drift", 0), (["status"], "Status", 0), (["status", "--observe"], "Status", 0),
        (["history"], "History", 0), (["gate"], "Gate", 0), (["doctor"], "Doctor", 1), (["retry"], "Retry", 0),
        (["partner", "fabrikam"], "PartnerSheet", 0), (["import"], "Import", 0),
        (["validate", "mail-flow"], "Validation", 0), (["apply", "--auto-approve"], "Apply", 0),
        (["probe", "127.0.0.1:1"], "Probe", 3),
    ]

    @Test func `each command answers with one document on standard output and nothing else`() async throws {
        try await Laboratory.with(gate: "resolver: 127.0.0.1@1, timeout: 1s", files: Sample.fabrikam) { laboratory in
            #expect(try await laboratory.mitregate("apply", "--auto-approve").code == 0)
            try laboratory.edit(
                "Set-InboundConnector",
                #"{"Identity": "From Fabrikam", "SenderIPAddresses": ["192.0.2.99"]}"#
            )
            for question in Self.questions {
                let ending = try await laboratory.mitregate.run(question.arguments + ["-o", "json"])
                #expect(ending.code == question.code, "\(question.arguments): \(ending)")
                #expect(ending.errors.isEmpty, "\(question.arguments): \(ending.errors)")
                _ = try ending.document(question.kind)
            }
        }
    }

    @Test func `a plan says all that its contract promises`() async throws {
        try await Laboratory.with(files: Sample.fabrikam) { laboratory in
            let document = try await laboratory.mitregate("plan", "-o", "json").document("Plan")
            let tenant = try #require((document["tenants"] as? [[String: Any]])?.first)
            let keys = [
                "tenant", "revision", "observedDigest", "policyDigest", "planDigest", "verdict", "summary", "changes",
                "unmanaged", "guards",
            ]
            #expect(keys.filter { tenant[$0] == nil } == [])
            let change = try #require((tenant["changes"] as? [[String: Any]])?.first)
            let members = [
                "action", "kind", "name", "displayName", "cause", "risk", "risks", "effect", "source", "fields",
                "verdict", "findings",
            ]
            #expect(members.filter { change[$0] == nil } == [])
            #expect((tenant["summary"] as? [String: Int])?["create"] == 1)
            #expect((change["source"] as? [String: Any])?["file"] as? String == "fabrikam.yaml")
        }
    }
}
