import Foundation
import Laboratory
import Testing

/// What must never reach a terminal or a log: secrets, and names that steer the terminal.
@Suite struct SecrecyTests {
    private static let commands = [
        ["plan"], ["plan", "-o", "json"], ["plan", "-o", "markdown"], ["drift"], ["status", "--observe"], ["doctor"],
        ["import"], ["apply", "--auto-approve"],
    ]

    @Test func `no secret is ever printed, right or wrong`() async throws {
        try await Laboratory.with(gate: "resolver: 127.0.0.1@1, timeout: 1s", files: Sample.fabrikam) { laboratory in
            let wrong = "wr0ng-s3cret-of-2026"
            for secret in [Laboratory.secret, wrong] {
                try Data(secret.utf8).write(to: laboratory.folder.appending(path: "secret"))
                for command in Self.commands {
                    let ending = try await laboratory.mitregate.run(command + ["--verbose"])
                    for text in [ending.output, ending.errors] {
                        #expect(!text.contains(secret), "\(command)")
                        #expect(!text.contains("eyJ"), "no token either: \(command)")
                    }
                    guard secret == wrong, command == ["plan"] else { continue }
                    #expect(ending.code == 6)
                    #expect(ending.output.contains("The client secret is wrong."))
                    #expect(!ending.errors.isEmpty, "--verbose tells what was asked")
                }
            }
        }
    }

    @Test func `a name that steers the terminal is shown, not obeyed`() async throws {
        let hostile = #"Eve\u001b]0;owned\u0007\u001b[2J\r\u202eevil\u0085"#
        let tenant = """
            "inboundConnectors": [{"Name": "\(hostile)", "ConnectorType": "Partner", "SenderDomains": ["smtp:eve.example;1"],
              "Comment": "\(hostile)"}]
            """
        try await Laboratory.with(
            tenant: tenant,
            gate: "resolver: 127.0.0.1@1, timeout: 1s",
            files: ["fabrikam.yaml": Sample.inbound("fabrikam", "From Fabrikam", "192.0.2.1", more: "  comment: Ours")]
        ) { laboratory in
            #expect(try await laboratory.mitregate("apply", "--auto-approve").code == 0)
            try laboratory.edit("Set-InboundConnector", #"{"Identity": "From Fabrikam", "Comment": "\#(hostile)"}"#)
            for command in Self.commands + [["history"], ["gate"], ["status"], ["drift", "-o", "json"]] {
                let ending = try await laboratory.mitregate.run(command)
                for text in [ending.output, ending.errors] {
                    let controls = text.unicodeScalars.filter { scalar in
                        scalar != "\n"
                            && (scalar.properties.generalCategory == .control
                                || scalar.properties.generalCategory == .format)
                    }
                    #expect(controls.isEmpty, "\(command): \(text.debugDescription)")
                }
            }
            #expect(try await laboratory.mitregate("drift").output.contains("eve@contoso.com"))
        }
    }
}
