import ExchangeSimulator
import Foundation
import Laboratory
import Testing
import Transfers

/// A run that a person has the controller roll back.
@Suite struct RollbackByRequestTests {
    @Test func `it restores what the run changed, and history and events say whose token asked, and why`() async throws
    {
        try await ControllerBed.with { (bed: ControllerBed, _: Running) async throws in
            try await bed.until("in sync") { try await bed.state() == "in-sync" }
            try bed.laboratory.repository.write(
                Sample.inbound("fabrikam", "From Fabrikam", "192.0.2.1", more: "  comment: Another"),
                to: "tenants/contoso/fabrikam.yaml"
            )
            try await bed.laboratory.repository.commit("Another comment")
            try await bed.until("changed") { bed.laboratory.changes.count == 2 }
            try await bed.until("in sync") { try await bed.state() == "in-sync" }
            #expect(try Self.comment(bed) == "Another")

            let id = try #require(try await bed.runs().first?["run"] as? String)
            let answer = try await bed.send(.post, "/api/v1/runs/\(id)/rollback", ["reason": "It was the wrong one."])
            #expect(answer.status == 202)
            let document = try JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: Any]
            let request = try #require(document?["id"] as? String)
            #expect((document?["request"] as? [String: Any])?["by"] as? String == "ops")
            try await bed.until("done") {
                let status = try await bed.object("/api/v1/requests/\(request)")["request"] as? [String: Any]
                return status?["state"] as? String == "done" && status?["exitCode"] as? Int == 0
            }
            #expect(try Self.comment(bed) != "Another")
            let run = try #require(try await bed.runs().first { $0["command"] as? String == "rollback" })
            #expect(run["startedBy"] as? String == "ops", "\(run)")
            #expect(run["reason"] as? String == "ops: It was the wrong one.", "\(run)")
            let event = try #require(try await bed.lastEvent("RolledBack"))
            let words = "ops had run \(id) rolled back: It was the wrong one."
            #expect((event["message"] as? String)?.hasPrefix(words) == true, "\(event)")
            #expect(event["run"] as? String == run["run"] as? String)
            #expect(try await bed.metrics().contains(#"mitregate_rollback_total{reason="by-hand",tenant="contoso"} 1"#))
            // The commit is left alone from now on.
            let count = bed.laboratory.changes.count
            _ = try await bed.command("reconcile", "--tenant", "contoso", "--wait")
            #expect(bed.laboratory.changes.count == count)
        }
    }

    private static func comment(_ bed: ControllerBed) throws -> String? {
        let rows = try bed.laboratory.tenantState()["inboundConnectors"] as? [[String: Any]]
        return rows?.first?["Comment"] as? String
    }
}
