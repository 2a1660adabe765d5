import ExchangeSimulator
import Foundation
import Laboratory
import TestSupport
import Testing

/// Exchange's own validation of a connector, as a real process.
@Suite struct ValidateConnectorTests {
    private static let outbound = """
        apiVersion: mitregate.dev/v1
        kind: OutboundConnector
        metadata: {name: adatum}
        spec: {name: To Adatum, connectorType: Partner, useMXRecord: true, recipientDomains: [adatum.example],
          tlsSettings: EncryptionOnly, validationRecipients: [tls@adatum.example]}
        """
    private static let failing =
        #""validations": {"To Adatum": [{"TaskName": "Check connectivity", "IsTaskSuccessful": true}, {"TaskName": "Send test email", "IsTaskSuccessful": false}]}"#

    /// A tenant with the connector, whose partner cannot be asked here.
    private static func with(tenant: String = "", _ body: @Sendable (Laboratory) async throws -> Void) async throws {
        try await Laboratory.with(
            tenant: tenant,
            gate: "resolver: 127.0.0.1@1, timeout: 1s, unknown: warn",
            files: ["adatum.yaml": outbound]
        ) { laboratory in
            let applied = try await laboratory.mitregate("apply", "--auto-approve")
            try #require(applied.code == 0, "\(applied)")
            try await body(laboratory)
        }
    }

    @Test func `what passed is said with each test, and stands in the history`() async throws {
        try await Self.with { laboratory in
            let ending = try await laboratory.mitregate("validate-connector", "adatum", "--auto-approve")
            #expect(ending.code == 0 && ending.errors.isEmpty, "\(ending)")
            let text = ending.output.replacing(/Run\s+\w{26}/, with: "Run ID").replacing(
                /validated at\s+\S+\./,
                with: "validated at TIME."
            )
            try expectGolden(text, "validate-connector.txt")
            #expect(Program.Ending.wideLines(ending.output) == [])
            let history = try await laboratory.mitregate("history", "--limit", "1")
            #expect(history.output.contains("mitregate validate-connector: Exchange's own validation of"), "\(history)")
        }
    }

    private static let question = "Only \"yes\" is accepted: "

    @Test func `without a terminal it needs --auto-approve, and sends nothing`() async throws {
        try await Self.with { laboratory in
            laboratory.simulator.clearRequests()
            let ending = try await laboratory.mitregate("validate-connector", "adatum")
            #expect(ending.code == 64 && ending.output.isEmpty, "\(ending)")
            #expect(ending.errors.contains("no test message was sent") && ending.errors.contains("--auto-approve"))
            #expect(laboratory.simulator.requests().isEmpty)
        }
    }

    @Test(
        .enabled(if: FileManager.default.fileExists(atPath: "/usr/bin/script"), "script makes the terminal (bsdutils)"),
        arguments: [("yes\n", 0, 1), ("no\n", 4, 0), ("\u{3}", 130, 0)] as [(String, Int32, Int)]
    )
    func `it asks, naming tenant, connector and addresses, and sends only after a yes`(
        answer: String,
        code: Int32,
        messages: Int
    ) async throws {
        try await Self.with { laboratory in
            let ending = try await laboratory.mitregate.onTerminal(
                ["validate-connector", "adatum"],
                answers: [(Self.question, answer)]
            )
            #expect(ending.code == code, "\(ending)")
            let asked = ending.output.replacing(/\s+/, with: " ")
            #expect(
                asked.contains("through \"To Adatum\" of contoso to tls@adatum.example, and have contoso record"),
                "\(ending)"
            )
            #expect(laboratory.simulator.requests().count { $0.cmdlet == "Validate-OutboundConnector" } == messages)
            if code == 4 { #expect(asked.contains("no message was sent and nothing was written")) }
        }
    }

    @Test(
        .enabled(if: Validator.isAtHand, "needs python3 with jsonschema (python3-jsonschema)"),
        arguments: ["", failing]
    )
    func `as JSON it is as its schema says`(tenant: String) async throws {
        try await Self.with(tenant: tenant) { laboratory in
            let mitregate = laboratory.mitregate
            #expect(try await mitregate("schema", "--outputs", "--out", "schemas").code == 0)
            let ending = try await mitregate("validate-connector", "adatum", "--auto-approve", "-o", "json")
            #expect(ending.code == (tenant.isEmpty ? 0 : 1) && ending.errors.isEmpty == tenant.isEmpty, "\(ending)")
            let document = try ending.document("ConnectorValidation")
            #expect(document["passed"] as? Bool == tenant.isEmpty)
            #expect(document["recipients"] as? [String] == ["tls@adatum.example"])
            #expect((document["recordedAt"] as? String != nil) == tenant.isEmpty)
            #expect((document["tasks"] as? [[String: Any]])?.count == 2)
            #expect((document["errors"] != nil) == !tenant.isEmpty)
            let schema = laboratory.folder.appending(path: "schemas/connectorvalidation.output.schema.json")
            #expect(try await Validator.problems(of: ending.output, by: schema, in: laboratory.folder) == "")
        }
    }
}
