import Foundation
import Laboratory
import Testing

/// The JSON Schemas of the commands' output, and real output held to them by another program.
@Suite(.enabled(if: Validator.isAtHand, "needs python3 with jsonschema (python3-jsonschema)"))
struct OutputSchemaTests {
    /// What is asked, in this order, and the kind of the answer.
    private static let questions: [(arguments: [String], kind: String)] = [
        (["plan"], "Plan"), (["plan", "--no-gate"], "Plan"), (["drift"], "Drift"),
        (["status", "--observe"], "Status"), (["history"], "History"), (["show", "0"], "Run"),
        (["gate"], "Gate"), (["gate", "--only-problems"], "Gate"), (["probe", "127.0.0.1:1"], "Probe"),
        (["doctor"], "Doctor"), (["retry"], "Retry"), (["state", "export"], "State"),
        (["partner", "fabrikam"], "PartnerSheet"), (["partner", "adatum"], "PartnerSheet"),
        (["import"], "Import"), (["validate", "mail-flow"], "Validation"),
        (["report", "audit"], "Audit"), (["apply", "--auto-approve"], "Apply"),
        (["certificate", "verify", "--chain", "chain.pem"], "Certificate"),
        (["show", "zzz"], "Error"), (["plan", "--bogus"], "Error"),
        (["break-glass", "disable", "fabrikam", "--reason", "A breach.", "--auto-approve"], "BreakGlass"),
        (["status"], "Status"), (["history", "--limit", "1"], "History"), (["drift"], "Drift"),
        (["validate-connector", "adatum", "--auto-approve"], "ConnectorValidation"),
        (["validate-connector", "missing", "--auto-approve"], "ConnectorValidation"),
        (["break-glass", "enable", "missing", "--reason", "x", "--auto-approve"], "Error"),
    ]

    /// What other tests hold to its schema: a comment needs a forge, an answer of the controller a controller.
    private static let elsewhere: [(command: String, kind: String)] = [
        ("comment", "Comment"), ("status", "Tenants"), ("events", "Events"), ("reconcile", "Requests"),
        ("approve", "Approvals"), ("suspend", "Suspension"), ("suspend", "Suspensions"), ("watch list", "Watches"),
        ("template", "TemplateInstances"),
    ]

    /// `rollback` prints what `apply` prints, and `schema` the schemas.
    @Test(arguments: HelpTests.commands)
    func `whatever command prints JSON is held to a schema`(command: String) async throws {
        let program = Program(in: FileManager.default.temporaryDirectory)
        let help = try await program.run(command.split(separator: " ").map(String.init) + ["--help"]).output
        guard let option = help.firstRange(of: "--output <"), help[option.upperBound...].contains("json") else {
            return
        }
        let isAsked = Self.questions.contains { "\($0.arguments.joined(separator: " ")) ".hasPrefix("\(command) ") }
        let isHeld = isAsked || Self.elsewhere.contains { $0.command == command }
        #expect(isHeld || ["rollback", "schema"].contains(command))
    }

    @Test func `each command's output has the form that its schema says, and no member that it does not say`()
        async throws
    {
        try await Laboratory.with(gate: "resolver: 127.0.0.1@1, timeout: 1s", files: Sample.fabrikam) { laboratory in
            let schemas = laboratory.folder.appending(path: "schemas")
            let written = try await laboratory.mitregate("schema", "--outputs", "--out", "schemas")
            #expect(written.code == 0, "\(written)")
            #expect(try await laboratory.mitregate("apply", "--auto-approve").code == 0)
            try laboratory.edit(
                "Set-InboundConnector",
                #"{"Identity": "From Fabrikam", "SenderIPAddresses": ["192.0.2.99"]}"#
            )
            let partner = """
                apiVersion: mitregate.dev/v1
                kind: OutboundConnector
                metadata: {name: adatum}
                spec: {connectorType: Partner, useMXRecord: true, recipientDomains: [adatum.example],
                  tlsSettings: EncryptionOnly}
                """
            try laboratory.repository.write(partner, to: "tenants/contoso/adatum.yaml")
            try await laboratory.repository.commit("Add adatum")
            try Data(Certificate.pem.utf8).write(to: laboratory.folder.appending(path: "chain.pem"))
            var kinds: Set<String> = []
            for question in Self.questions {
                let ending = try await laboratory.mitregate.run(question.arguments + ["-o", "json"])
                let document = try ending.document(question.kind)
                kinds.insert(document["kind"] as? String ?? "")
                let file = schemas.appending(path: "\(question.kind.lowercased()).output.schema.json")
                let problems = try await Validator.problems(of: ending.output, by: file, in: laboratory.folder)
                #expect(problems.isEmpty, "\(question.arguments): \(problems)")
            }
            let all = try FileManager.default.contentsOfDirectory(atPath: schemas.path(percentEncoded: false))
            let asked = kinds.union(Self.elsewhere.map(\.kind)).map { "\($0.lowercased()).output.schema.json" }
            #expect(Set(all) == Set(asked), "every kind was asked for")
        }
    }

    @Test func `a schema refuses what has lost a member or changed a type`() async throws {
        try await Laboratory.with(files: Sample.fabrikam) { laboratory in
            #expect(try await laboratory.mitregate("schema", "--outputs", "--out", "schemas").code == 0)
            let schema = laboratory.folder.appending(path: "schemas/plan.output.schema.json")
            let plan = try await laboratory.mitregate("plan", "-o", "json").output
            for (old, new) in [
                ("\"planDigest\"", "\"digestOfPlan\""), ("\"create\"", "\"made\""), ("\"low\"", "\"none\""),
            ] {
                let problems = try await Validator.problems(
                    of: plan.replacing(old, with: new),
                    by: schema,
                    in: laboratory.folder
                )
                #expect(!problems.isEmpty, "\(old)")
            }
        }
    }

    @Test func `all schemas are one document, and one kind is a schema`() async throws {
        let mitregate = Program(in: FileManager.default.temporaryDirectory)
        let all = try await mitregate("schema", "--outputs").document("Schemas")
        let schemas = try #require(all["schemas"] as? [String: Any])
        #expect(schemas["Plan"] != nil && schemas["BreakGlass"] != nil)
        let one = try await mitregate("schema", "--outputs", "plan")
        #expect(one.output.contains("\"Mitregate Plan, format 1.1\""))
    }
}

private enum Certificate {
    /// Self-signed, made once for this test.
    static let pem = """
        -----BEGIN CERTIFICATE-----
        MIIBkTCCATegAwIBAgIUAsQRK/qcsrKbYIrjtdtCFBWQ9NswCgYIKoZIzj0EAwIw
        HjEcMBoGA1UEAwwTbWFpbC5hZGF0dW0uZXhhbXBsZTAeFw0yNjExMjkxODQzNTFa
        Fw0zNjExMjYxODQzNTFaMB4xHDAaBgNVBAMME21haWwuYWRhdHVtLmV4YW1wbGUw
        WTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAQ5iSnGrvnUmD0JrvmNkXUfsIC+QETD
        pWddoNqdHzNabDmjTwx5ONLLw9N8CGbcVCSlUYH/J5AiH7IkfE2PNaIqo1MwUTAd
        BgNVHQ4EFgQUwCMWsphLkWqUwToA93hBoj5ZSvUwHwYDVR0jBBgwFoAUwCMWsphL
        kWqUwToA93hBoj5ZSvUwDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNIADBF
        AiAQD6vWbCB4THxV2KgwU6F/YqstcF4+Dv/nXi+etf1eQgIhAOJ0NABN/Ldh4UTx
        hw6pZDQTVYuXJa1H9kMBsmQFPx7P
        -----END CERTIFICATE-----
        """
}
