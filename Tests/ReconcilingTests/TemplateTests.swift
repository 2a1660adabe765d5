import Configuration
import Connectors
import Definitions
import Foundation
import GitRepositories
import Laboratory
import Planning
import Reconciling
import Reports
import StateStore
import TLSGate
import Testing
import YAML

/// Templates in the repository, from the commit to the tenant.
@Suite struct TemplateTests {
    private static let folder = "templates"

    private static func template(_ name: String = "partner", _ comment: String = "one", more: String = "") -> String {
        """
        apiVersion: mitregate.dev/v1
        kind: Template
        metadata: {name: \(name)}
        spec: {parameters: {partner: {type: slug}}}
        ---

        """
            + Definition.inbound("fabrikam", "comment: \"\(comment)\"\(more.isEmpty ? "" : ", \(more)")")
            .replacing("fabrikam", with: "${partner}")
            .replacing("[${partner}.example]", with: "[\"${partner}.example\"]")
            .replacing("{name: ${partner}}", with: "{name: \"${partner}\"}")
            .replacing("mail.${partner}.example", with: "\"mail.${partner}.example\"")
    }

    private static func instance(_ template: String = "partner", _ partner: String = "fabrikam") -> String {
        Definition.document("TemplateInstance", partner, "template: \(template), values: {partner: \(partner)}")
    }

    private static func write(_ files: [String: String?], _ bench: Bench) async throws {
        for (path, text) in files { try bench.repository.write(text, to: path) }
        try await bench.repository.commit("Change")
    }

    @Test func `a plan is that of the definitions that a template stands for, and says where both stand`() async throws
    {
        try await Bench.with(files: ["a.yaml": Self.instance()]) { bench in
            try await Self.write(["templates/partner.yaml": Self.template()], bench)
            let plan = try #require(try await bench.plan().plan)
            #expect(plan.changes.map(\.key.description) == ["InboundConnector/fabrikam"])
            let source = try #require(plan.changes.first?.source)
            #expect(source.description == "../../templates/partner.yaml:6:1 for a.yaml:1:1")
            #expect(try await bench.apply().exitStatus == .done)
            #expect(try await bench.plan().plan?.changes.isEmpty == true)
            #expect(try await bench.remembered() == ["fabrikam"])
        }
    }

    @Test func `a saved plan is stale when the template moved, and not when another one did`() async throws {
        try await Bench.with(files: ["a.yaml": Self.instance()]) { bench in
            try await Self.write(["templates/partner.yaml": Self.template()], bench)
            let saved = try await bench.planDocument()
            try await Self.write(["templates/partner.yaml": Self.template("partner", "two")], bench)
            let stale = try await bench.apply(saved: saved)
            #expect(stale.exitStatus == .stale, "\(stale.message)")
            #expect(stale.message.contains("the definitions of contoso changed"), "\(stale.message)")
            let again = try await bench.planDocument()
            try await Self.write(["templates/other.yaml": Self.template("other", "three")], bench)
            #expect(try await bench.apply(saved: again).exitStatus == .done)
        }
    }

    @Test func `removing an instance removes its definitions, and moving them to another template does not`()
        async throws
    {
        try await Bench.with(settings: "prune: delete", files: ["a.yaml": Self.instance()]) { bench in
            try await Self.write(["templates/partner.yaml": Self.template()], bench)
            try #require(try await bench.apply().exitStatus == .done)
            let renamed: [String: String?] = [
                "templates/partner.yaml": nil, "templates/friend.yaml": Self.template("friend"),
                "tenants/contoso/a.yaml": Self.instance("friend"),
            ]
            try await Self.write(renamed, bench)
            let plan = try #require(try await bench.plan().plan)
            #expect(plan.changes.isEmpty)
            try await Self.write(
                ["tenants/contoso/a.yaml": nil, "tenants/contoso/b.yaml": Definition.outbound("other")],
                bench
            )
            let changes = try #require(try await bench.plan().plan).changes
            #expect(
                changes.map { "\($0.action) \($0.key)" }.sorted() == [
                    "create OutboundConnector/other", "delete InboundConnector/fabrikam",
                ]
            )
        }
    }

    @Test func `a template that is taken away stops the tenant, and removes nothing`() async throws {
        try await Bench.with(settings: "prune: delete", files: ["a.yaml": Self.instance()]) { bench in
            try await Self.write(["templates/partner.yaml": Self.template()], bench)
            try #require(try await bench.apply().exitStatus == .done)
            try await Self.write(["templates/partner.yaml": nil], bench)
            let ended = try await bench.plan()
            #expect(ended.plan == nil)
            #expect(ended.errors.map(\.id) == ["unknown-template"])
        }
    }

    @Test func `values of the configuration make a plan stale as well`() async throws {
        let settings = "templates: [partner], values: {partner: fabrikam}"
        try await Bench.with(settings: settings, files: ["a.yaml": Definition.outbound("other")]) { bench in
            try await Self.write(["templates/partner.yaml": Self.template()], bench)
            let saved = try await bench.planDocument()
            let changes = try #require(saved.tenants.first?.plan).changes
            #expect(changes.map(\.name).sorted() == ["fabrikam", "other"])
            let file = bench.laboratory.folder.appending(path: "mitregate.yaml")
            let text = try String(contentsOf: file, encoding: .utf8)
            try Data(text.replacing("{partner: fabrikam}", with: "{partner: adatum}").utf8).write(to: file)
            let stale = try await bench.apply(saved: saved)
            #expect(stale.exitStatus == .stale)
            #expect(stale.message.contains("the values that the configuration gives"), "\(stale.message)")
        }
    }

    @Test func `a waiver ends when the template changes what it was given for`() async throws {
        let until = Timestamp.text(Date().addingTimeInterval(30 * 86_400))
        let waiver = Definition.document(
            "Waiver",
            "by-phone",
            "check: inbound-evidence-missing, connector: fabrikam, owner: team, reason: x, until: \"\(until)\""
        )
        try await Bench.with(files: ["a.yaml": Self.instance()]) { bench in
            try await Self.write(
                ["templates/partner.yaml": Self.template(), "tenants/contoso/waiver.yaml": waiver],
                bench
            )
            #expect(try await isWaived(bench))
            try await Self.write(["templates/partner.yaml": Self.template("partner", "two")], bench)
            #expect(try await isWaived(bench), "nothing that is judged has changed")
            let renamed = Self.template().replacing("mail.${partner}.example", with: "smtp.${partner}.example")
            try await Self.write(["templates/partner.yaml": renamed], bench)
            #expect(try await !isWaived(bench))
        }
    }

    private func isWaived(_ bench: Bench) async throws -> Bool {
        let (reconciler, tenants) = try bench.reconciler()
        let tenant = try #require(await reconciler.gate(tenants, names: []).tenants.first)
        #expect(tenant.errors.isEmpty)
        let findings = tenant.judgements.flatMap(\.findings)
        return try #require(findings.first { $0.check == "inbound-evidence-missing" }).waived
    }

    @Test func `a work tree's templates count where its files do`() async throws {
        try await Bench.with(files: ["a.yaml": Self.instance()]) { bench in
            try bench.repository.write(Self.template(), to: "templates/partner.yaml")
            let plan = try await bench.plan(Bench.options { $0.reference = .workingTree }).plan
            #expect(plan?.changes.map(\.name) == ["fabrikam"])
            #expect(try await bench.plan().errors.map(\.id) == ["unknown-template"], "the commit has no template")
        }
    }

    @Test func `a commit touches the tenants that use what it changes, and no others`() async throws {
        try await Bench.with(files: ["a.yaml": Self.instance()]) { bench in
            let repository = bench.repository
            try await Self.write(["tenants/plain/a.yaml": Definition.outbound("plain")], bench)
            var configured = try #require(try bench.environment().configuration.tenants.first).tenant
            configured.name = "configured"
            configured.path = "tenants/plain"
            configured.templates = [TenantTemplate(name: "other", position: SourcePosition(file: "x"))]
            configured.values = [Self.value("fabrikam")]
            var plain = configured
            plain.name = "plain"
            plain.templates = []
            var using = plain
            using.name = "using"
            using.path = "tenants/contoso"
            let tenants = [configured, plain, using]
            let storage = LocalRepository(path: repository.folder.path(percentEncoded: false))
            func ids(_ tenants: [TenantConfiguration]) async throws -> [String: String] {
                let head = String(try await repository.git("rev-parse", "HEAD").prefix(40))
                // Every look is by another process, which knows nothing of the last.
                return try await TenantDefinitions.ids(of: tenants, at: head, in: storage, ParsedFiles())
            }
            func moved(_ one: [String: String], _ other: [String: String]) -> [String] {
                tenants.map(\.name).filter { one[$0] != other[$0] }
            }
            let none = try await ids(tenants)
            let tree = String(try await repository.git("rev-parse", "HEAD:tenants/plain").prefix(40))
            #expect(none["plain"] == tree)
            try await Self.write(["templates/partner.yaml": Self.template()], bench)
            let first = try await ids(tenants)
            #expect(moved(none, first) == ["using"])
            try await Self.write(["templates/other.yaml": Self.template("other")], bench)
            let second = try await ids(tenants)
            #expect(moved(first, second) == ["configured"])
            try await Self.write(["templates/unused.yaml": Self.template("unused"), "README.md": "x"], bench)
            #expect(try await ids(tenants) == second)
            configured.values = [Self.value("adatum")]
            #expect(moved(second, try await ids([configured, plain, using])) == ["configured"])
            #expect(second["plain"] == tree && Set(second.values).count == 3)
            try await Self.write(["tenants/contoso/b.yaml": Definition.outbound("b")], bench)
            #expect(moved(second, try await ids(tenants)) == ["using"])
        }
    }

    @Test(arguments: ["HEAD:templates", "HEAD:tenants/contoso/a.yaml"])
    func `what git cannot read gives no id, and not another one`(object: String) async throws {
        try await Bench.with(files: ["a.yaml": Self.instance()]) { bench in
            try await Self.write(
                ["templates/partner.yaml": Self.template(), "tenants/plain/a.yaml": Definition.outbound("plain")],
                bench
            )
            let repository = bench.repository
            let using = try #require(try bench.environment().configuration.tenants.first).tenant
            var plain = using
            (plain.name, plain.path) = ("plain", "tenants/plain")
            let storage = LocalRepository(path: repository.folder.path(percentEncoded: false))
            let head = String(try await repository.git("rev-parse", "HEAD").prefix(40))
            let before = try await TenantDefinitions.ids(of: [using, plain], at: head, in: storage, ParsedFiles())
            #expect(before.count == 2)
            let id = String(try await repository.git("rev-parse", object).prefix(40))
            let file = ".git/objects/\(id.prefix(2))/\(id.dropFirst(2))"
            try FileManager.default.removeItem(at: repository.folder.appending(path: file))
            await #expect(throws: GitError.self) {
                try await TenantDefinitions.ids(of: [using, plain], at: head, in: storage, ParsedFiles())
            }
        }
    }

    @Test func `where a template is not a file its tenants hang on all templates, and other tenants on none`()
        async throws
    {
        try await Bench.with(files: ["a.yaml": Self.instance()]) { bench in
            try await Self.write(
                ["templates/partner.yaml": Self.template(), "tenants/plain/a.yaml": Definition.outbound("plain")],
                bench
            )
            let repository = bench.repository
            let using = try #require(try bench.environment().configuration.tenants.first).tenant
            var plain = using
            (plain.name, plain.path) = ("plain", "tenants/plain")
            let storage = LocalRepository(path: repository.folder.path(percentEncoded: false))
            func ids() async throws -> [String: String] {
                let head = String(try await repository.git("rev-parse", "HEAD").prefix(40))
                return try await TenantDefinitions.ids(of: [using, plain], at: head, in: storage, ParsedFiles())
            }
            let before = try await ids()
            let link = repository.folder.appending(path: "templates/link.yaml").path(percentEncoded: false)
            try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "/etc/passwd")
            try await repository.commit("A link")
            let after = try await ids()
            #expect(after[using.name] != before[using.name] && after["plain"] == before["plain"])
            #expect(try await ids() == after)
        }
    }

    private static func value(_ text: String) -> TenantValue {
        TenantValue(
            name: "partner",
            content: .scalar(YAMLScalar(text: text, isQuoted: false)),
            position: SourcePosition(file: "x")
        )
    }
}
