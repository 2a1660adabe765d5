import Foundation
import Laboratory
import TestSupport
import Testing

/// What a template stands for, as people and scripts see it.
struct TemplateCommandTests {
    private static let template = """
        apiVersion: mitregate.dev/v1
        kind: Template
        metadata: {name: partner}
        spec:
          description: Mail from one partner, and no other.
          parameters:
            partner: {type: slug}
            domains: {type: domain-pattern, list: true}
            network: {type: sender-network}
            enabled: {type: boolean, default: true}
        ---
        apiVersion: mitregate.dev/v1
        kind: InboundConnector
        metadata: {name: "${partner}-in"}
        spec:
          name: From ${partner}
          enabled: ${enabled}
          connectorType: Partner
          senderDomains: ${domains}
          requireTls: true
          restrictDomainsToIPAddresses: true
          senderIPAddresses: ["${network}", 203.0.113.7]
          comment: "Costs $${5}, not ${partner}"
        ---
        apiVersion: mitregate.dev/v1
        kind: AcceptedDrift
        metadata: {name: "${partner}-comment"}
        spec:
          kind: InboundConnector
          connector: ${partner}-in
          field: comment
          value: null
          owner: ops
          reason: "written by hand: see #12"
          until: 2026-12-31
        """

    private static let instance = """
        # The hospital's laboratory.
        apiVersion: mitregate.dev/v1
        kind: TemplateInstance
        metadata: {name: fabrikam}
        spec:
          template: partner
          values:
            partner: fabrikam
            domains: [fabrikam.example, "*.fabrikam.example"]
            network: 192.0.2.0/28

        """

    private static func with(_ body: @Sendable (Laboratory) async throws -> Void) async throws {
        try await Laboratory.with(files: ["fabrikam.yaml": instance]) { laboratory in
            try laboratory.repository.write(template, to: "templates/partner.yaml")
            try await laboratory.repository.commit("Add a template")
            try await body(laboratory)
        }
    }

    @Test func `what a template stands for is shown with where it comes from`() async throws {
        try await Self.with { laboratory in
            let ending = try await laboratory.mitregate("template", "partner", "--tenant", "contoso")
            #expect(ending.code == 0 && ending.errors.isEmpty, "\(ending)")
            let text = ending.output.replacing(/commit [0-9a-f]{12}/, with: "commit 0123456789ab")
            try expectGolden(text, "template.txt")
            let other = try await laboratory.mitregate("template", "partner", "--working-tree")
            #expect(other.output.replacing("the work tree", with: "commit 0123456789ab") == text)
        }
    }

    @Test func `scripts get the documents with their places`() async throws {
        try await Self.with { laboratory in
            let ending = try await laboratory.mitregate("template", "partner", "-o", "json")
            let text = ending.output.replacing(/[0-9a-f]{40}/, with: "0123456789abcdef0123456789abcdef01234567")
            try expectGolden(text, "template.json")
            try await Validator.hold(ending, to: "TemplateInstances", of: laboratory.mitregate)
            let folder = try await laboratory.mitregate("template", "partner", "--working-tree", "-o", "json")
            try await Validator.hold(folder, to: "TemplateInstances", of: laboratory.mitregate)
        }
    }

    @Test func `a template without an instance, and a wrong one, say so`() async throws {
        try await Self.with { laboratory in
            let none = try await laboratory.mitregate("template", "partners", "-o", "json")
            #expect(none.code == 64)
            #expect(try none.errorIDs() == ["template-unknown"])
            let wrong = Self.template.replacing("${network}", with: "${netwrok}")
            try laboratory.repository.write(wrong, to: "templates/partner.yaml")
            let ending = try await laboratory.mitregate("template", "partner", "--working-tree", "-o", "json")
            #expect(ending.code == 1)
            #expect(try ending.errorIDs().contains("template-parameter"), "\(ending)")
            #expect(ending.output.contains("../../templates/partner.yaml"), "\(ending)")
        }
    }

    @Test func `validate finds the templates from a tenant's folder and from the repository`() async throws {
        try await Self.with { laboratory in
            let repository = laboratory.repository.folder.path(percentEncoded: false)
            for path in [repository, "\(repository)/tenants/contoso"] {
                let right = try await laboratory.mitregate("validate", path)
                #expect(right.code == 0, "\(right)")
            }
            let configured = try await laboratory.mitregate("validate")
            #expect(configured.code == 0, "\(configured)")
            try laboratory.repository.write(Self.template + "\n---\nkind: Waiver\n", to: "templates/unused.yaml")
            try laboratory.repository.write(
                Self.instance.replacing("192.0.2.0/28", with: "10.0.0.0/8"),
                to: "tenants/contoso/fabrikam.yaml"
            )
            let wrong = try await laboratory.mitregate("validate", repository, "-o", "json")
            #expect(wrong.code == 1)
            for id in ["template-name", "template-value"] { #expect(wrong.output.contains("\"\(id)\""), "\(wrong)") }
            #expect(wrong.output.contains("/templates/unused.yaml\""), "\(wrong)")
            #expect(!wrong.output.contains(".."), "paths are those that an editor finds: \(wrong)")
        }
    }
}
