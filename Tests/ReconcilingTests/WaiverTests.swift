import Connectors
import Foundation
import Laboratory
import Reconciling
import Reports
import TLSGate
import Testing

/// A waiver counts for the connector as it was when the waiver was written.
@Suite struct WaiverTests {
    private static let check = "inbound-evidence-missing"

    private static let until = Timestamp.text(Date().addingTimeInterval(30 * 86_400))

    private static func waiver(_ reason: String = "Confirmed by phone.") -> String {
        Definition.document(
            "Waiver",
            "by-phone",
            "check: \(check), connector: fabrikam, owner: mail team, reason: \"\(reason)\", until: \"\(until)\""
        )
    }

    /// What the gate says now: whether the finding is waived, and whether the waiver is told to be outdated.
    private func seen(_ bench: Bench) async throws -> (isWaived: Bool, status: Reports.ExitStatus, outdated: [String]) {
        let (reconciler, tenants) = try bench.reconciler()
        let tenant = try #require(await reconciler.gate(tenants, names: []).tenants.first)
        #expect(tenant.errors.first == nil)
        let findings = tenant.judgements.flatMap(\.findings)
        let finding = try #require(findings.first { $0.check == Self.check })
        let outdated = findings.filter { $0.check == "policy-waiver-outdated" }.map(\.message)
        return (finding.waived, tenant.exitStatus, outdated)
    }

    private func commit(_ files: [String: String], _ bench: Bench) async throws {
        for (path, text) in files { try bench.repository.write(text, to: "tenants/contoso/\(path)") }
        try await bench.repository.commit("Change")
    }

    private static let renamed = Definition.inbound("fabrikam", "tlsSenderCertificateName: smtp.fabrikam.example")
        .replacing("tlsSenderCertificateName: mail.fabrikam.example, ", with: "")
        .replacing(", tlsSenderCertificateName: mail.fabrikam.example", with: "")

    @Test func `a waiver ends when what it was given for changes, and counts again once it is written again`()
        async throws
    {
        let files = ["fabrikam.yaml": Definition.inbound("fabrikam"), "waivers.yaml": Self.waiver()]
        try await Bench.with(files: files) { bench in
            #expect(try await seen(bench).isWaived)
            try await commit(["fabrikam.yaml": Definition.inbound("fabrikam", "comment: new")], bench)
            #expect(try await seen(bench).isWaived, "nothing that is judged has changed")

            try await commit(["fabrikam.yaml": Self.renamed], bench)
            let after = try await seen(bench)
            #expect(!after.isWaived)
            #expect(after.status == .held)
            #expect(after.outdated.count == 1)
            #expect(after.outdated.first?.contains("tlsSenderCertificateName") == true)
            try await commit(["other.yaml": Definition.outbound("other")], bench)
            #expect(try await !seen(bench).isWaived, "commits behind the change don't hide it")

            try await commit(["waivers.yaml": Self.waiver("Confirmed again.")], bench)
            let again = try await seen(bench)
            #expect(again.isWaived)
            #expect(again.outdated.isEmpty)
        }
    }

    /// A connector and the waiver in one file.
    private static func file(_ connector: String) -> String { connector + "---\n" + waiver() }

    @Test func `a waiver that is moved, or stands in the connector's own file, was not written again`() async throws {
        try await Bench.with(files: ["fabrikam.yaml": Self.file(Definition.inbound("fabrikam"))]) { bench in
            #expect(try await seen(bench).isWaived)
            try await commit(["fabrikam.yaml": Self.file(Self.renamed)], bench)
            #expect(try await !seen(bench).isWaived)
            try await commit(["fabrikam.yaml": Self.renamed, "moved.yaml": Self.waiver()], bench)
            #expect(try await !seen(bench).isWaived)
        }
    }

    @Test func `a waiver that comes with the change counts for it`() async throws {
        try await Bench.with(files: ["fabrikam.yaml": Definition.inbound("fabrikam")]) { bench in
            try await commit(["fabrikam.yaml": Self.renamed, "waivers.yaml": Self.waiver()], bench)
            #expect(try await seen(bench).isWaived)
        }
    }
}
