import ExchangeSimulator
import Foundation
import Laboratory
import TestSupport
import Testing

/// Which controller a command asks, and what it says when none answers.
@Suite struct AskingTests {
    /// A configuration with a server at which nothing listens, or at this address.
    private static func withoutController(
        listen: String? = "127.0.0.1:1",
        _ body: @Sendable (Laboratory) async throws -> Void
    ) async throws {
        try await Laboratory.with(files: Sample.fabrikam) { laboratory in
            if let listen {
                let file = laboratory.folder.appending(path: "mitregate.yaml")
                let text = try String(contentsOf: file, encoding: .utf8)
                try Data("\(text)\nserver: {listen: \"\(listen)\"}\n".utf8).write(to: file)
            }
            try await body(laboratory)
        }
    }

    @Test func `status asks the controller at server.listen: a line a tenant, in JSON too, and no other tenant`()
        async throws
    {
        try await ControllerBed.with { (bed: ControllerBed, _: Running) async throws in
            try await bed.rest()
            let status = try await bed.command("status")
            #expect(status.code == 0 && status.errors.isEmpty, "\(status)")
            let line = /contoso: in-sync, at [0-9a-f]{12}, since \S+, last read \S+, next look \S+\. (.+)\n/
            #expect(status.output.wholeMatch(of: line)?.1 == "Git and tenant agree.", "\(status)")
            let document = try await bed.command("status", "-o", "json").document("Tenants")
            let tenants = try #require(document["tenants"] as? [[String: Any]])
            #expect(tenants.count == 1)
            let readAt = try #require(tenants.first?["lastReadAt"] as? String, "\(tenants)")
            #expect(readAt.wholeMatch(of: /[0-9-]{10}T[0-9:]{8}Z/) != nil, "\(readAt)")
            let unknown = try await bed.command("status", "--tenant", "nowhere")
            #expect(unknown.code == 64 && unknown.output.isEmpty)
            #expect(unknown.errors.contains("Known tenants: contoso."), "\(unknown)")
        }
    }

    @Test func `connectors that no definition claims are no drift, and are counted`() async throws {
        let others =
            #""inboundConnectors": [{"Name": "Printers", "ConnectorType": "OnPremises", "SenderDomains": ["smtp:*;1"], "SenderIPAddresses": ["203.0.113.7"]}]"#
        try await ControllerBed.with(tenant: others) { (bed: ControllerBed, _: Running) async throws in
            try await bed.until("unmanaged") {
                try await bed.events().contains { $0["reason"] as? String == "Unmanaged" }
            }
            try await bed.rest()
            let status = try await bed.command("status")
            #expect(status.output.contains("Git and tenant agree. 1 connector is not managed."), "\(status)")
        }
    }

    @Test func `who has no token reads the store, and hears of it; what would write is refused`() async throws {
        try await ControllerBed.with { (bed: ControllerBed, _: Running) async throws in
            try await bed.until("in sync") { try await bed.state() == "in-sync" }
            let status = try await bed.laboratory.mitregate("status")
            #expect(status.code == 0 && status.output.hasPrefix("TENANT"), "\(status)")
            #expect(status.errors.contains("token") && status.errors.contains("read from the store instead"))
            let retry = try await bed.laboratory.mitregate("retry")
            #expect(retry.code == 1 && retry.output.isEmpty && retry.errors.contains("token"), "\(retry)")
            let named = try await bed.laboratory.mitregate("status", "--server", "http://127.0.0.1:\(bed.port)")
            #expect(named.code == 1 && named.output.isEmpty, "\(named)")
        }
    }

    @Test func `history and show say the same by the controller as by the store`() async throws {
        try await ControllerBed.with { (bed: ControllerBed, _: Running) async throws in
            try await bed.until("in sync") { try await bed.state() == "in-sync" }
            let document = try await bed.command("history", "-o", "json").document("History")
            let run = try #require((document["runs"] as? [[String: Any]])?.first?["run"] as? String)
            for arguments in [
                ["history"], ["history", "-o", "json"], ["history", "--limit", "1", "--tenant", "contoso"],
                ["history", "--result", "applied", "--author", "example", "--since", "1d", "-o", "json"],
                ["history", "--connector", "fabrikam", "--until", "1d"], ["show", run], ["show", run, "-o", "json"],
            ] {
                let asked = try await bed.command(arguments)
                let read = try await bed.laboratory.mitregate.run(arguments)
                #expect(asked.code == 0 && asked.errors.isEmpty, "\(asked)")
                #expect(read.errors.contains("read from the store instead"), "\(read)")
                #expect(asked.output == read.output, "\(arguments)")
            }
            let none = try await bed.command("history", "--result", "blocked")
            #expect(none.output == "Nothing was done yet.\n", "\(none)")
            let unknown = try await bed.command("show", "zz", "-o", "json")
            #expect(unknown.code == 1, "\(unknown)")
            #expect(try unknown.errorIDs() == ["run-not-found"])
            #expect(try await bed.command("show", "no id at all", "-o", "json").errorIDs() == ["run-not-found"])
            #expect(try await bed.command("history", "--tenant", "nowhere").code == 64)
        }
    }

    @Test func `retry asks the controller for what was named, or for all that waits for it`() async throws {
        try await ControllerBed.with { (bed: ControllerBed, _: Running) async throws in
            try await bed.until("in sync") { try await bed.state() == "in-sync" }
            let all = try await bed.command("retry")
            #expect(all.code == 0 && all.output == "No commit is quarantined, and no rollout is stopped.\n", "\(all)")
            let one = try await bed.command("retry", "--tenant", "contoso")
            #expect(one.code == 0 && one.output.hasPrefix("contoso: will be tried again (request "), "\(one)")
            let wrong = try await bed.command("retry", "--tenant", "nowhere")
            #expect(wrong.code == 64, "\(wrong)")
        }
    }

    /// A second tenant next to the laboratory's, of whose folder the simulator knows nothing.
    static func twoTenants(_ text: String) -> String {
        guard let start = text.range(of: "      - {name: contoso"), let end = text.range(of: "\nstore:") else {
            return text
        }
        let second = text[start.lowerBound..<end.lowerBound]
            .replacing("contoso", with: "woodgrove").replacing("tenants/woodgrove", with: "tenants/contoso")
            .replacing(Laboratory.tenantID, with: "22222222-2222-3333-4444-555555555555")
        return text.replacingCharacters(in: end.lowerBound..<end.lowerBound, with: "\n\(second)")
    }

    @Test(arguments: [["--tenant", "*"], ["--tenant", "woodgrove", "--tenant", "contoso"]])
    func `several suspensions are one document`(selection: [String]) async throws {
        try await ControllerBed.with(edit: Self.twoTenants) { (bed: ControllerBed, _: Running) async throws in
            var program = bed.laboratory.mitregate
            program.environment["MITREGATE_SERVER_TOKEN"] = ControllerBed.token
            let options = ["--until", "2099-01-01", "--reason", "audit", "-o", "json"]
            let ending = try await program.run(["suspend"] + selection + options)
            let suspensions = try ending.document("Suspensions")["suspensions"] as? [[String: Any]] ?? []
            #expect(suspensions.compactMap { $0["tenant"] as? String }.sorted() == ["contoso", "woodgrove"])
            #expect(suspensions.allSatisfy { $0["reason"] as? String == "audit" }, "\(ending)")
            try await Validator.hold(ending, to: "Suspensions", of: program)
            #expect(Set(suspensions.compactMap { $0["until"] as? String }) == ["2099-01-02T00:00:00Z"])
            let known = try await bed.object("/api/v1/tenants")["tenants"] as? [[String: Any]] ?? []
            #expect(known.count == 2, "the bed has two tenants")
        }
    }

    @Test func `a tenant that is named twice is suspended once, and told in one document`() async throws {
        try await ControllerBed.with { (bed: ControllerBed, _: Running) async throws in
            let options = ["--until", "2099-01-01", "--reason", "audit", "-o", "json"]
            func suspend(_ tenants: String...) async throws -> Program.Ending {
                var program = bed.laboratory.mitregate
                program.environment["MITREGATE_SERVER_TOKEN"] = ControllerBed.token
                return try await program.run(["suspend"] + tenants.flatMap { ["--tenant", $0] } + options)
            }
            for ending in [try await suspend("contoso"), try await suspend("contoso", "contoso")] {
                let suspension = try ending.document("Suspension")["suspension"] as? [String: Any]
                #expect(suspension?["tenant"] as? String == "contoso")
            }
        }
    }

    @Test func `where no controller answers, status and retry use the store and say so`() async throws {
        try await Self.withoutController { laboratory in
            let status = try await laboratory.mitregate("status")
            #expect(status.code == 0 && status.output.hasPrefix("TENANT"), "\(status)")
            #expect(status.errors.hasPrefix("! The controller at http://127.0.0.1:1 did not answer."), "\(status)")
            #expect(status.errors.contains("read from the store instead"))
            _ = try await laboratory.mitregate("status", "-o", "json").document("Status")
            let retry = try await laboratory.mitregate("retry")
            #expect(retry.code == 0 && retry.output == "No commit is quarantined.\n", "\(retry)")
            #expect(retry.errors.contains("did not answer"))
            let named = try await laboratory.mitregate("status", "--server", "http://127.0.0.1:2")
            #expect(named.code == 0 && named.errors.contains("http://127.0.0.1:2 did not answer"), "\(named)")
            let told = try await laboratory.mitregate("retry", "--server", "http://127.0.0.1:2")
            #expect(told.code == 1 && told.output.isEmpty && told.errors.contains("did not answer"), "\(told)")
        }
    }

    @Test func `whoever configured no server hears of none`() async throws {
        try await Self.withoutController(listen: nil) { laboratory in
            let status = try await laboratory.mitregate("status")
            #expect(status.code == 0 && status.output.hasPrefix("TENANT") && status.errors.isEmpty, "\(status)")
        }
    }

    @Test func `a server that is no controller is not taken for one`() async throws {
        try await Self.withoutController(listen: nil) { laboratory in
            let file = laboratory.folder.appending(path: "mitregate.yaml")
            let text = try String(contentsOf: file, encoding: .utf8)
            let place = laboratory.simulator.url.replacingOccurrences(of: "http://", with: "")
            try Data("\(text)\nserver: {listen: \"\(place)\"}\n".utf8).write(to: file)
            let status = try await laboratory.mitregate("status")
            #expect(status.code == 0 && status.output.hasPrefix("TENANT"), "\(status)")
            #expect(status.errors.contains("which is not how Mitregate's controller answers"))
            let named = try await laboratory.mitregate("status", "--server", laboratory.simulator.url)
            #expect(named.code == 1 && named.output.isEmpty, "\(named)")
        }
    }

    static let asking = [
        ["approve", "000000000000", "--reason", "seen"], ["resume", "--tenant", "contoso"],
        ["suspend", "--tenant", "contoso", "--until", "2099-01-01", "--reason", "audit"], ["reconcile"], ["watch"],
        ["watch", "end", "01KD3V", "--reason", "enough"], ["events"], ["events", "-f"],
    ]

    @Test("What only a controller can do says that none answers, and what to do", arguments: asking)
    func unanswered(_ arguments: [String]) async throws {
        try await Self.withoutController { laboratory in
            let ending = try await laboratory.mitregate.run(arguments)
            #expect(ending.code == 1 && ending.output.isEmpty, "\(ending)")
            #expect(ending.errors.contains("The controller at http://127.0.0.1:1 did not answer."), "\(ending)")
            #expect(ending.errors.contains("mitregate controller"))
        }
    }

    @Test func `without a configuration the controller that was named is all there is`() async throws {
        try await withTemporaryFolder { folder in
            let ending = try await Program(in: folder)("status", "--server", "http://127.0.0.1:1")
            #expect(ending.code == 1 && ending.output.isEmpty, "\(ending)")
            #expect(ending.errors.contains("did not answer"), "\(ending)")
        }
    }

    @Test func `an address that is none, and a token that would travel in clear, are refused before anything is sent`()
        async throws
    {
        try await withTemporaryFolder { folder in
            var program = Program(in: folder)
            program.environment["MITREGATE_SERVER_TOKEN"] = ControllerBed.token
            let wrong = try await program("events", "--server", "127.0.0.1:8080")
            #expect(wrong.code == 64 && wrong.errors.contains("http://127.0.0.1:8080"), "\(wrong)")
            let open = try await program("status", "--server", "http://mitregate.contoso.example")
            #expect(open.code == 64 && open.errors.contains("in the clear"), "\(open)")
            #expect(!open.errors.contains(ControllerBed.token))
            let both = try await program("status", "--observe", "--server", "http://127.0.0.1:1")
            #expect(both.code == 64, "\(both)")
        }
    }
}
