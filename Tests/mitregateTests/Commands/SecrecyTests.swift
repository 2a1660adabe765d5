import ExchangeSimulator
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

    private static let heldRead = #"[{"match": {"cmdlet": "Get-InboundConnector"}, "effect": {"hold": "head"}}]"#

    @Test func `what a running command holds in memory goes into no core file`() async throws {
        try await Laboratory.with(files: Sample.fabrikam) { laboratory in
            try laboratory.simulator.setFaults(Self.heldRead)
            _ = try await laboratory.mitregate.run(["plan"]) { running in
                try await laboratory.struck()
                let limits = try String(contentsOfFile: "/proc/\(running.process)/limits", encoding: .utf8)
                let core = try #require(limits.split(separator: "\n").first { $0.hasPrefix("Max core file size") })
                #expect(core.split(separator: " ").dropFirst(4).prefix(2) == ["0", "0"])
                laboratory.simulator.release()
            }
        }
    }

    /// Another process of the same user may not read what belongs to root: proc(5), "/proc/pid".
    @Test(.enabled(if: geteuid() == 0, "only root can be another user"))
    func `no other process of the same user can read a running command's memory`() async throws {
        try await Laboratory.with(files: Sample.fabrikam) { laboratory in
            try laboratory.simulator.setFaults(Self.heldRead)
            let user: uid_t = 65_534
            _ = try await Program("/usr/bin/chown", in: laboratory.folder).run(["-R", "\(user)", "."])
            let other = Program("/usr/bin/setpriv", in: laboratory.folder)
            let arguments = ["--reuid=\(user)", "--clear-groups", laboratory.mitregate.path, "plan"]
            let ending = try await other.run(arguments) { running in
                try await laboratory.struck()
                let status = try String(contentsOfFile: "/proc/\(running.process)/status", encoding: .utf8)
                #expect(status.contains("Uid:\t\(user)"))
                let memory = try FileManager.default.attributesOfItem(atPath: "/proc/\(running.process)/mem")
                #expect(memory[.ownerAccountID] as? Int == 0)
                laboratory.simulator.release()
            }
            #expect(ending.code == 4 || ending.code == 0 || ending.code == 3, "\(ending)")
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
