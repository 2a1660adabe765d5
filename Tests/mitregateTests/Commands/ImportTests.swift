import ExchangeSimulator
import Foundation
import Laboratory
import TestSupport
import Testing

@Suite struct ImportTests {
    private static let tenant = """
        "inboundConnectors": [
          {"Name": "From Fabrikam", "ConnectorType": "Partner", "SenderDomains": ["smtp:fabrikam.com;1"], "RequireTls": true,
           "RestrictDomainsToIPAddresses": true, "SenderIPAddresses": ["192.0.2.1"]},
          {"Name": "Inbound from 6f1d0c9e-70f4-4f6c-9d3f-1f6f1f3b2a10", "ConnectorType": "OnPremises",
           "ConnectorSource": "HybridWizard", "SenderDomains": ["smtp:*;1"], "RequireTls": true,
           "TlsSenderCertificateName": "mail.contoso.com", "CloudServicesMailEnabled": true}],
        "outboundConnectors": [
          {"Name": "To Fabrikam", "ConnectorType": "Partner", "RecipientDomains": ["fabrikam.com"], "UseMXRecord": true,
           "TlsSettings": "CertificateValidation"}]
        """

    @Test func `what was imported has no changes, and nothing is overwritten unasked`() async throws {
        try await Laboratory.with(tenant: Self.tenant) { laboratory in
            let mitregate = laboratory.mitregate
            let folder = "mail-flow/tenants/contoso"
            let first = try await mitregate("import", "--out", folder)
            #expect(first.code == 0 && first.output.isEmpty, "\(first)")
            #expect(first.errors.contains("Wrote 2 definitions to \(folder).") && first.errors.contains("Left alone"))
            #expect(try await mitregate("validate", folder).code == 0)
            try await laboratory.repository.commit()
            let plan = try await mitregate("plan", "--no-gate", "--detailed-exitcode")
            #expect(plan.code == 0 && plan.output.contains("No changes"), "\(plan)")

            let file = laboratory.folder.appending(path: "\(folder)/inboundconnector-from-fabrikam.yaml")
            try Data("mine".utf8).write(to: file)
            let refused = try await mitregate("import", "--out", folder, "-o", "json")
            #expect(refused.code == 1)
            #expect(try refused.errorIDs() == ["file-exists"])
            #expect(try String(contentsOf: file, encoding: .utf8) == "mine")
            #expect(try await mitregate("import", "--out", folder, "--force").code == 0)
            #expect(try String(contentsOf: file, encoding: .utf8).contains("From Fabrikam"))

            let own = laboratory.folder.appending(path: "\(folder)/schemas/inboundconnector.schema.json")
            #expect(
                try String(contentsOf: file, encoding: .utf8).contains("$schema=schemas/inboundconnector.schema.json")
            )
            #expect(FileManager.default.fileExists(atPath: own.path(percentEncoded: false)))

            _ = try await mitregate("schema", "--out", "mail-flow/schemas")
            try FileManager.default.removeItem(at: own.deletingLastPathComponent())
            #expect(try await mitregate("import", "--out", folder, "--force").code == 0)
            #expect(try String(contentsOf: file, encoding: .utf8).contains("$schema=../../schemas/inboundconnector"))
            #expect(!FileManager.default.fileExists(atPath: own.path(percentEncoded: false)))

            let printed = try await mitregate("import")
            #expect(!printed.output.contains("$schema"))
            #expect(printed.code == 0 && printed.errors.isEmpty && printed.output.contains("kind: OutboundConnector"))
            #expect(laboratory.changes.isEmpty)
        }
    }

    @Test func `a tenant is adopted by what import says next, and nothing is written to it`() async throws {
        try await Laboratory.with(tenant: Self.tenant) { laboratory in
            let mitregate = laboratory.mitregate
            let imported = try await mitregate("import", "--repository", "mail-flow")
            #expect(imported.code == 0 && imported.output.isEmpty, "\(imported)")
            try expectGolden(imported.errors, "import.txt")
            let file = laboratory.repository.folder.appending(
                path: "tenants/contoso/outboundconnector-to-fabrikam.yaml"
            )
            let modeline = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").first
            let schema = try #require(modeline?.split(separator: "=").last)
            let target = URL(filePath: String(schema), relativeTo: file.deletingLastPathComponent())
            #expect(FileManager.default.fileExists(atPath: target.path(percentEncoded: false)), "an editor finds it")

            // What it says to do next, word by word.
            let steps = imported.errors.split(separator: "\n").filter {
                $0.hasPrefix("  git ") || $0.hasPrefix("  mitre")
            }
            #expect(steps.count == 4)
            let shell = Program("/bin/bash", in: laboratory.folder)
            for step in steps {
                let words = step.contains("apply") ? "\(step) --auto-approve" : String(step)
                let command = words.replacing("mitregate", with: "'\(mitregate.path)'")
                let ending = try await shell("-c", command)
                #expect(ending.code == 0, "\(step): \(ending)")
                if step.contains("plan") { #expect(ending.output.contains("No changes")) }
            }
            #expect(laboratory.changes.isEmpty)
            // From now on a change by hand is seen.
            try laboratory.edit(
                "Set-OutboundConnector",
                #"{"Identity": "To Fabrikam", "TlsSettings": "EncryptionOnly"}"#
            )
            let drift = try await mitregate("drift", "--detailed-exitcode")
            #expect(drift.code == 2 && drift.output.contains("EncryptionOnly"), "\(drift)")
        }
    }

    @Test func `a folder that is not a clone is refused before the tenant is asked`() async throws {
        try await Laboratory.with(tenant: Self.tenant) { laboratory in
            for (folder, words) in [
                ("nowhere", "is not the top of a git"), ("mail-flow/tenants", "is not the top of a git"),
            ] {
                let ending = try await laboratory.mitregate("import", "--repository", folder)
                #expect(ending.code == 1 && ending.errors.contains(words), "\(ending)")
            }
            _ = try await laboratory.repository.git("clone", "--quiet", "--bare", ".", "../bare.git")
            let bare = try await laboratory.mitregate("import", "--repository", "bare.git")
            #expect(bare.code == 1 && bare.errors.contains("is a bare repository"), "\(bare)")
            #expect(laboratory.simulator.requests().isEmpty)
        }
    }
}
