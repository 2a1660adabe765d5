import ExchangeSimulator
import Foundation
import Laboratory
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
}
