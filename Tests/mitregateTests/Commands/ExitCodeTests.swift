import ExchangeSimulator
import Foundation
import Laboratory
import TestSupport
import Testing

/// The exit codes that scripts rely on, each from the situation that earns it.
@Suite struct ExitCodeTests {
    @Test func `plan tells a change, a sync, and why it has none`() async throws {
        try await Laboratory.with(files: Sample.fabrikam) { laboratory in
            let mitregate = laboratory.mitregate
            #expect(try await mitregate("plan").code == 0)
            #expect(try await mitregate("plan", "--detailed-exitcode").code == 2)
            #expect(try await mitregate("apply", "--auto-approve").code == 0)
            let synced = try await mitregate("plan", "--detailed-exitcode")
            #expect(synced.code == 0 && synced.output.contains("No changes"))

            try laboratory.simulator.setFaults(
                #"[{"match": {"cmdlet": "Get-*"}, "times": "always", "effect": {"forbidden": "empty"}}]"#
            )
            let unread = try await mitregate("plan", "--detailed-exitcode")
            #expect(unread.code == 6 && !unread.output.contains("No changes"))
            #expect(try await mitregate("drift").code == 6)
            #expect(try await mitregate("apply", "--auto-approve").code == 6)
            #expect(try await mitregate("status", "--observe").code == 6)
            #expect(try await mitregate("import").code == 6)
            #expect(try await mitregate("status").code == 0, "it does not read the tenant")
            try laboratory.simulator.setFaults("[]")

            try laboratory.repository.write(Sample.unbound, to: "tenants/contoso/unbound.yaml")
            try await laboratory.repository.commit()
            let held = try await mitregate("plan", "--detailed-exitcode")
            #expect(held.code == 4 && held.output.contains("mitregate.dev/accept-risk"))
            #expect(try await mitregate("apply", "--auto-approve").code == 4)

            try laboratory.repository.write("kind: Nonsense\n", to: "tenants/contoso/unbound.yaml")
            try await laboratory.repository.commit()
            #expect(try await mitregate("plan").code == 1)
            #expect(try await mitregate("apply", "--auto-approve").code == 1)
            #expect(laboratory.changes.count == 1, "only the first apply wrote anything")
        }
    }

    @Test func `what the gate blocks is exit code 3 and is not written`() async throws {
        try await Laboratory.with(files: ["fabrikam.yaml": try await Self.wrongCertificate()]) { laboratory in
            let plan = try await laboratory.mitregate("plan", "--detailed-exitcode")
            #expect(plan.code == 3, "\(plan)")
            #expect(try await laboratory.mitregate("gate").code == 3)
            #expect(
                try await laboratory.mitregate("plan", "--no-gate", "--detailed-exitcode", "--out", "p.json").code == 2
            )
            #expect(try await laboratory.mitregate("apply", "--auto-approve").code == 3)
            let saved = try await laboratory.mitregate("apply", "p.json")
            #expect(saved.code == 3, "a plan that was made without the gate does not get around it: \(saved)")
            #expect(laboratory.changes.isEmpty)
        }
    }

    @Test func `a saved plan is applied exactly or not at all`() async throws {
        try await Laboratory.with(files: Sample.fabrikam) { laboratory in
            let mitregate = laboratory.mitregate
            let saved = try await mitregate("plan", "--out", "plan.json")
            #expect(saved.code == 0 && saved.output.contains("To apply exactly this: mitregate apply plan.json"))
            let file = laboratory.folder.appending(path: "plan.json")
            let mode = try FileManager.default.attributesOfItem(atPath: file.path(percentEncoded: false))[
                .posixPermissions
            ]
            #expect(mode as? Int == 0o600)
            let plan = try String(contentsOf: file, encoding: .utf8)

            func apply(_ text: String) async throws -> Program.Ending {
                try Data(text.utf8).write(to: file)
                return try await mitregate("apply", "plan.json", "-o", "json")
            }
            let tampered = try await apply(plan.replacing("192.0.2.1", with: "192.0.2.66"))
            #expect(tampered.code == 5, "\(tampered)")
            #expect(try await apply(plan.replacing("\"changes\"", with: "\"chances\"")).code == 1)
            #expect(try await apply("{}").errorIDs() == ["plan-file-unreadable"])
            #expect(try await apply(plan.replacing("\"1.1\"", with: "\"2.0\"")).errorIDs() == ["plan-file-version"])
            let renamed = plan.replacing("\"contoso\"", with: "\"woodgrove\"")
            #expect(try await apply(renamed).errorIDs() == ["plan-file-damaged"])
            try Data(plan.utf8).write(to: file)
            let configuration = try String(
                contentsOf: laboratory.folder.appending(path: "mitregate.yaml"),
                encoding: .utf8
            )
            try Data(configuration.replacing("name: contoso", with: "name: woodgrove").utf8).write(
                to: laboratory.folder.appending(path: "other.yaml")
            )
            let elsewhere = try await mitregate("apply", "plan.json", "--config", "other.yaml", "-o", "json")
            #expect(try elsewhere.errorIDs() == ["plan-file-tenant"], "\(elsewhere)")
            #expect(try await mitregate("apply", "none.json", "-o", "json").errorIDs() == ["plan-file-missing"])
            #expect(laboratory.changes.isEmpty)

            let fresh = try await apply(plan)
            #expect(fresh.code == 0 && laboratory.changes.count == 1, "\(fresh)")
            #expect(try await apply(plan).code == 5, "it was applied already")
            #expect(laboratory.changes.count == 1)
        }
    }

    @Test func `without a terminal nothing is asked and nothing is done`() async throws {
        try await Laboratory.with(files: Sample.fabrikam) { laboratory in
            let apply = try await laboratory.mitregate("apply", "-o", "json")
            #expect(try apply.errorIDs() == ["approval-impossible"])
            #expect(apply.code == 64)
            #expect(
                try await laboratory.mitregate("rollback", "01", "-o", "json").errorIDs() == ["approval-impossible"]
            )
            #expect(laboratory.simulator.requests().isEmpty)
        }
    }

    @Test func `a run that fails is rolled back, or says what is left to do`() async throws {
        try await FiveChanges.with { laboratory in
            try await laboratory.twin(settings: FiveChanges.settings) { twin in
                try twin.simulator.setFaults("[\(FiveChanges.refusedDelete)]")
                let ending = try await twin.mitregate("apply", "--auto-approve")
                #expect(ending.code == 8, "\(ending)")
                #expect(!ending.output.contains("✓"), "a refusal never prints a word of success")
                #expect(try await twin.mitregate("plan").code == 4, "the commit is quarantined")
                let retry = try await twin.mitregate("retry", "-o", "json").document("Retry")
                #expect((retry["lifted"] as? [Any])?.count == 1)
                #expect(try await twin.mitregate("retry").output == "No commit is quarantined.\n")
                #expect(try await twin.mitregate("apply", "--auto-approve").code == 0)
            }
            try await laboratory.twin(settings: FiveChanges.settings) { twin in
                let edit = """
                    "editAfter": {"userId": "eve@contoso.com", "cmdlet": "Set-InboundConnector",
                      "parameters": {"Identity": "New", "Comment": "Mine now"}}
                    """
                try twin.simulator.setFaults(
                    "[\(FiveChanges.refusedDelete.replacing(#""effect": {"#, with: #""effect": {\#(edit), "#))]"
                )
                let ending = try await twin.mitregate("apply", "--auto-approve")
                #expect(ending.code == 7, "\(ending)")
                #expect(ending.output.contains("New"))
                #expect(try twin.objects().contains { $0.contains("Mine now") }, "someone else's change is left alone")
            }
        }
    }

    @Test func `drift is exit code 2 where it was asked for`() async throws {
        try await Laboratory.with(files: Sample.fabrikam) { laboratory in
            #expect(try await laboratory.mitregate("apply", "--auto-approve").code == 0)
            #expect(try await laboratory.mitregate("drift", "--detailed-exitcode").code == 0)
            try laboratory.edit(
                "Set-InboundConnector",
                #"{"Identity": "From Fabrikam", "SenderIPAddresses": ["192.0.2.99"]}"#
            )
            let drift = try await laboratory.mitregate("drift", "--detailed-exitcode")
            #expect(drift.code == 2 && drift.output.contains("eve@contoso.com"), "\(drift)")
            #expect(try await laboratory.mitregate("drift").code == 0)
            let plan = try await laboratory.mitregate("plan", "--detailed-exitcode")
            #expect(
                plan.code == 0 && !plan.output.contains("No changes: the tenant is as"),
                "drift: report changes nothing"
            )
        }
    }

    @Test func `a run is taken back by the beginning of its id, unless someone changed it since`() async throws {
        try await Laboratory.with(files: Sample.fabrikam) { laboratory in
            let mitregate = laboratory.mitregate
            #expect(try await mitregate("apply", "--auto-approve").code == 0)
            try laboratory.repository.write(Sample.rule("courts", "court.example"), to: "tenants/contoso/rule.yaml")
            try await laboratory.repository.commit()
            #expect(try await mitregate("apply", "--auto-approve").code == 0)
            let runs =
                try await mitregate("history", "-o", "json").document("History")["runs"] as? [[String: Any]] ?? []
            let ids = runs.compactMap { $0["run"] as? String }
            #expect(ids.count == 2 && runs.first?["result"] as? String == "applied")
            let limited = try await mitregate("history", "--limit", "1", "-o", "json").document("History")["runs"]
            #expect((limited as? [[String: Any]])?.map { $0["run"] as? String } == [ids[0]])

            // Both were made within the same second or so, and their ids begin with the time.
            #expect(try await mitregate("show", String(ids[0].prefix(2)), "-o", "json").errorIDs() == ["run-ambiguous"])
            #expect(try await mitregate("show", "zz", "-o", "json").errorIDs() == ["run-not-found"])
            let show = try await mitregate("show", String(ids[0].dropLast(2)), "-o", "json")
            #expect(show.code == 0)
            _ = try show.document("Run")

            let back = try await mitregate("rollback", String(ids[0].dropLast(2)), "--auto-approve", "--accept-weaker")
            #expect(back.code == 0, "\(back)")
            #expect(try !laboratory.objects().contains { $0.contains("Rule courts") })
            #expect(
                try await mitregate("rollback", ids[0], "--auto-approve", "-o", "json").errorIDs() == [
                    "nothing-to-restore"
                ]
            )
            #expect(try await mitregate("plan").code == 4, "its commit is quarantined")

            try laboratory.edit("Set-InboundConnector", #"{"Identity": "From Fabrikam", "Comment": "Mine now"}"#)
            let refused = try await mitregate("rollback", ids[1], "--auto-approve", "-o", "json")
            #expect(refused.code == 4)
            #expect(try refused.errorIDs() == ["changed-since"])
        }
    }

    @Test func `a selection that means nothing is told with what there is`() async throws {
        try await Laboratory.with(files: Sample.fabrikam) { laboratory in
            let mitregate = laboratory.mitregate
            for command in ["plan", "drift", "status", "history", "gate"] {
                let ending = try await mitregate(command, "--tenant", "woodgrove", "-o", "json")
                #expect(ending.code == 64)
                #expect(try ending.errorIDs() == ["tenant-unknown"])
            }
            #expect(try await mitregate("plan", "--source", "nowhere").errors.contains("Known sources: mail-flow."))
            #expect(try await mitregate("gate", "missing", "-o", "json").errorIDs() == ["name-unknown"])
            #expect(try await mitregate("partner", "missing", "-o", "json").errorIDs() == ["name-unknown"])
        }
    }

    @Test func `a bare repository is named as such, whether by its path or as a source`() async throws {
        try await Laboratory.with(files: Sample.fabrikam) { laboratory in
            try await laboratory.repository.git("clone", "-q", "--bare", ".", "../bare.git")
            try laboratory.configure(url: "bare.git")
            for arguments in [["validate"], ["validate", "bare.git"]] {
                let ending = try await laboratory.mitregate.run(arguments + ["-o", "json"])
                #expect(ending.code == 64, "\(ending)")
                #expect(try ending.errorIDs() == ["repository-bare"])
            }
            #expect(try await laboratory.mitregate("validate", "mail-flow").code == 0)
        }
    }

    @Test func `the configuration's faults are told with their place`() async throws {
        try await withTemporaryFolder { folder in
            let mitregate = Program(in: folder)
            let missing = try await mitregate("plan")
            #expect(missing.code == 1 && missing.output.isEmpty && missing.errors.contains("MITREGATE_CONFIG"))
            #expect(try await mitregate("plan", "--config", "none.yaml", "-o", "json").errorIDs() == ["config-missing"])
            #expect(try await mitregate("validate", "-o", "json").errorIDs() == ["nothing-to-validate"])
            let text = "apiVersion: mitregate.dev/v1\nkind: Configuration\nsauces: []\n"
            try Data(text.utf8).write(to: folder.appending(path: "mitregate.yaml"))
            let wrong = try await mitregate("drift", "-o", "json")
            let errors = try wrong.document("Error")["errors"] as? [[String: Any]] ?? []
            #expect(wrong.code == 1 && wrong.errors.isEmpty)
            #expect(
                errors.contains { $0["file"] as? String == "mitregate.yaml" && $0["line"] as? Int == 3 },
                "\(errors)"
            )
        }
    }

    /// An inbound connector that asks for a name that the partner's certificate, which is at hand, does not carry.
    private static func wrongCertificate() async throws -> String {
        try await withTemporaryFolder { folder in
            let made = try await Program("/usr/bin/openssl", in: folder).run([
                "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=mail.fabrikam.com", "-days", "90",
                "-addext", "subjectAltName=DNS:mail.fabrikam.com", "-keyout", "key.pem", "-out", "chain.pem",
            ])
            try #require(made.code == 0, "\(made)")
            let pem = try String(contentsOf: folder.appending(path: "chain.pem"), encoding: .utf8)
            let lines = pem.split(separator: "\n").map { "      \($0)" }.joined(separator: "\n")
            return """
                apiVersion: mitregate.dev/v1
                kind: InboundConnector
                metadata: {name: fabrikam}
                spec:
                  name: From Fabrikam
                  connectorType: Partner
                  senderDomains: [fabrikam.com]
                  requireTls: true
                  restrictDomainsToCertificate: true
                  tlsSenderCertificateName: smtp.fabrikam.com
                  evidence:
                    certificate: |
                \(lines)

                """
        }
    }
}

extension Laboratory {
    /// Another administrator's change.
    func edit(_ cmdlet: String, _ parameters: String) throws {
        try simulator.edit(tenant: Self.tenantID, userId: "eve@contoso.com", cmdlet: cmdlet, parameters: parameters)
    }
}
