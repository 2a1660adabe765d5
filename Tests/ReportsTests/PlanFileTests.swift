import Foundation
import Planning
import Reports
import Testing

struct PlanFileTests {
    @Test(arguments: [
        ("", "plan-file-unreadable"),
        ("[]", "plan-file-unreadable"),
        ("{\"kind\": \"Plan\"", "plan-file-unreadable"),
        ("{\"kind\": \"Drift\", \"formatVersion\": \"1.0\"}", "plan-file-unreadable"),
        ("{\"kind\": \"Plan\"}", "plan-file-version"),
        ("{\"kind\": \"Plan\", \"formatVersion\": \"2.0\", \"tenants\": []}", "plan-file-version"),
        ("{\"kind\": \"Plan\", \"formatVersion\": \"1.0\"}", "plan-file-damaged"),
        ("{\"kind\": \"Plan\", \"formatVersion\": \"1.0\", \"tenants\": [{\"tenant\": 3}]}", "plan-file-damaged"),
    ])
    func `a file that is no plan is refused`(text: String, id: String) {
        let error = #expect(throws: ReportError.self) { try PlanDocument.read(Array(text.utf8), file: "plan.json") }
        #expect(error?.entry.id == id)
        #expect(error?.entry.file == "plan.json")
    }

    @Test(arguments: [
        ("\"action\" : \"create\"", "\"action\" : \"destroy\"", ".tenants[0].changes[0].action has no meaning"),
        ("\"planDigest\"", "\"planDigset\"", ".tenants[0].planDigest is missing"),
        ("\"unchanged\" : 3", "\"unchanged\" : \"3\"", ".tenants[0].summary.unchanged has the wrong type"),
        ("\"exitCode\" : 4", "\"exitCode\" : 44", ".tenants[0].exitCode has no meaning"),
    ])
    func `a damaged plan says where`(old: String, new: String, reason: String) {
        let document = PlanDocument(tenants: [TenantPlan(plan: .everything, judgements: nil, exitStatus: .held)])
        let damaged = document.json.replacing(old, with: new)
        #expect(damaged != document.json)
        let error = #expect(throws: ReportError.self) { try PlanDocument.read(Array(damaged.utf8), file: "plan.json") }
        #expect(error?.entry.message == "The plan is damaged: \(reason).")
    }

    @Test func `a plan of a later minor version is read, with what is new in it ignored`() throws {
        let document = PlanDocument(tenants: [TenantPlan(plan: .fixture(), judgements: [], exitStatus: .done)])
        let later = document.json.replacing(
            "\"formatVersion\" : \"1.1\"",
            with: "\"formatVersion\" : \"1.7\", \"more\" : []"
        )
        #expect(try PlanDocument.read(Array(later.utf8), file: "plan.json") == document)
    }

    @Test func `each change has its digest, and a tenant that of all its changes`() throws {
        let plan = Planning.Plan.everything
        let text = PlanDocument(tenants: [TenantPlan(plan: plan, judgements: nil, exitStatus: .held)]).json
        let document = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        let tenant = try #require((document["tenants"] as? [[String: Any]])?.first)
        #expect(document["formatVersion"] as? String == "1.1")
        #expect(tenant["changesDigest"] as? String == plan.changesDigest)
        let digests = (tenant["changes"] as? [[String: Any]])?.compactMap { $0["digest"] as? String }
        #expect(digests == plan.changes.map(\.digest))
    }

    @Test func `a plan of an earlier minor version, which has no digests of changes, is read`() throws {
        let document = PlanDocument(tenants: [TenantPlan(plan: .fixture(), judgements: [], exitStatus: .done)])
        let earlier = document.json.replacing("\"formatVersion\" : \"1.1\"", with: "\"formatVersion\" : \"1.0\"")
            .replacing(/\n {10}"digest" : "sha256:[0-9a-f]+",/, with: "")
            .replacing(/\n {6}"changesDigest" : "sha256:[0-9a-f]+",/, with: "")
        #expect(!earlier.contains("changesDigest"))
        #expect(try PlanDocument.read(Array(earlier.utf8), file: "plan.json") == document)
    }

    @Test func `two entries for one tenant are refused`() {
        let entry = TenantPlan(plan: .fixture(), judgements: nil, exitStatus: .done)
        let text = PlanDocument(tenants: [entry, entry]).json
        let error = #expect(throws: ReportError.self) { try PlanDocument.read(Array(text.utf8), file: "plan.json") }
        #expect(error?.entry.id == "plan-file-damaged")
    }

    @Test(arguments: [[], ["contoso"], ["adatum"], ["adatum", "contoso", "lucerne"]])
    func `a plan from which a tenant was taken, or to which one was added, is refused`(left: [String]) throws {
        func document(_ names: [String]) -> PlanDocument {
            PlanDocument(
                tenants: names.map { TenantPlan(plan: .fixture($0), judgements: nil, exitStatus: .done) }
            )
        }
        func tenants(_ text: String) throws -> Substring {
            let start = try #require(text.range(of: "\"tenants\" :")).lowerBound
            return text[start...]
        }
        let whole = document(["adatum", "contoso"]).json
        let forged = whole.replacing(try tenants(whole), with: try tenants(document(left).json))
        #expect(forged != whole)
        #expect(try PlanDocument.read(Array(whole.utf8), file: "plan.json").tenants.count == 2)
        let error = #expect(throws: ReportError.self) { try PlanDocument.read(Array(forged.utf8), file: "plan.json") }
        #expect(error?.entry.id == "plan-file-damaged")
        #expect(error?.entry.message == "The plan is damaged: .tenants is not as it was saved.")
    }

    @Test func `a version is not told at any length`() {
        let version = String(repeating: "9", count: 100_000)
        let text = "{\"kind\": \"Plan\", \"formatVersion\": \"\(version)\", \"tenants\": []}"
        let error = #expect(throws: ReportError.self) { try PlanDocument.read(Array(text.utf8), file: "plan.json") }
        #expect(error?.entry.id == "plan-file-version")
        #expect((error?.entry.message.count ?? 0) < 200)
    }

    @Test func `a file beyond all measure is not read`() {
        let bytes = [UInt8](repeating: 32, count: PlanDocument.maximumSize + 1)
        let error = #expect(throws: ReportError.self) { try PlanDocument.read(bytes, file: "plan.json") }
        #expect(error?.entry.id == "plan-file-too-large")
    }
}
