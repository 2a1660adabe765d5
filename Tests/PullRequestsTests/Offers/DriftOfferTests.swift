import Connectors
import Definitions
import Forges
import Foundation
import Planning
import PullRequests
import Reports
import TestSupport
import Testing

/// From drift to the change that makes git say it.
struct DriftOfferTests {
    private static let files = ["fabrikam.yaml": OfferExample.fabrikam, "northwind.yaml": OfferExample.northwind]

    private func whole(_ draft: OfferDraft<OfferText.Left>) throws -> String {
        let offer = try #require(draft.offer)
        var text = "Branch: \(offer.branch)\nTitle: \(offer.title)\n\n\(offer.body)\n"
        if let comment = offer.comment { text += "\n=== comment ===\n\(comment)\n" }
        return text + "\n=== commit ===\n\(offer.commitMessage)"
    }

    @Test func `drift becomes the smallest change of the file`() throws {
        var bed = DriftBed(Self.files)
        bed.change(.fromFabrikam, ["enabled": false])
        bed.change(.toNorthwind, ["smartHosts": ["mx2.northwindtraders.com", "mx3.northwindtraders.com"]], by: nil)
        let draft = bed.draft()
        #expect(draft.left == [])
        let offer = try #require(draft.offer)
        #expect(offer.files.map(\.path) == ["tenants/contoso/fabrikam.yaml", "tenants/contoso/northwind.yaml"])
        bed.merge(offer)
        #expect(bed.text("fabrikam.yaml") == OfferExample.fabrikam.replacing("enabled: true", with: "enabled: false"))
        #expect(bed.text("northwind.yaml") == OfferExample.northwind.replacing("- mx1.", with: "- mx3."))
        let texts = offer.files.compactMap(\.content).map { String(decoding: $0, as: UTF8.self) }
        #expect(texts.filter { $0.contains("accept-risk") } == [])
    }

    @Test func `one connector is named in the title`() throws {
        var bed = DriftBed(Self.files)
        bed.change(.toNorthwind, ["enabled": false])
        #expect(bed.draft().offer?.title == "Drift in contoso: enabled of OutboundConnector/northwind")
    }

    @Test func `merged, git says what the tenant says, nothing is written, and nothing more is offered`() throws {
        var bed = DriftBed(Self.files)
        bed.change(.fromFabrikam, ["enabled": false], name: "From Fabrikam AG")
        bed.change(.toNorthwind, ["smartHosts": ["mx9.northwindtraders.com"], "tlsSettings": .none])
        bed.merge(try #require(bed.draft().offer))
        #expect(bed.plan.changes == [])
        #expect(Set(bed.plan.guards.map(\.id)) == ["approval-missing"], "as the request says")
        #expect(bed.draft().offer == nil)
        #expect(bed.draft().left == [])
    }

    @Test func `a connector that is gone loses its definition`() throws {
        var bed = DriftBed(Self.files)
        bed.delete(.toNorthwind)
        let offer = try #require(bed.draft().offer)
        #expect(offer.title == "Drift in contoso: OutboundConnector/northwind is gone")
        #expect(offer.files == [ChangeOffer.File(path: "tenants/contoso/northwind.yaml", content: nil)])
        #expect(offer.body.contains("kind: Tombstone\n"), "\(offer.body)")
        #expect(offer.body.contains("  connector: northwind\n"), "\(offer.body)")
        #expect(!offer.body.contains("accept-risk"), "its document goes, so nothing can be written into it")
        bed.merge(offer)
        #expect(bed.plan.changes == [])
        #expect(bed.plan.guards.map(\.id) == ["approval-missing"], "as the request says")
        #expect(bed.draft().offer == nil)
        let tombstone = try #require(offer.body.firstMatch(of: /```yaml\n(apiVersion(.|\n)*?)```/)?.output.1)
        bed.files.append(DefinitionFile(path: "gone.yaml", bytes: Array(tombstone.utf8)))
        #expect(bed.plan.guards == [], "and the document that it shows approves it")
    }

    @Test func `what a template makes is changed at the instance, where the field is a value of it alone`() throws {
        let template = """
            apiVersion: mitregate.dev/v1
            kind: Template
            metadata: {name: partner}
            spec: {parameters: {partner: {type: slug}, enabled: {type: boolean}}}
            ---
            apiVersion: mitregate.dev/v1
            kind: OutboundConnector
            metadata: {name: "${partner}"}
            spec: {enabled: "${enabled}", connectorType: Partner, useMXRecord: true, recipientDomains: ["${partner}.example"], tlsSettings: EncryptionOnly}

            """
        let instance = """
            apiVersion: mitregate.dev/v1
            kind: TemplateInstance
            metadata: {name: adatum}
            spec:
              template: partner
              values: {partner: adatum, enabled: true}   # since 2019

            """
        let parsed = DefinitionReader.parse(DefinitionFile(path: "partner.yaml", bytes: Array(template.utf8)))
        let library = TemplateLibrary(below: "tenants/contoso", files: ["partner": parsed], names: ["partner"])
        var bed = DriftBed(["adatum.yaml": instance], scope: DefinitionScope(templates: library))
        let key = ConnectorKey(kind: .outboundConnector, name: "adatum")
        bed.change(key, ["enabled": false, "tlsSettings": "CertificateValidation"])
        let draft = bed.draft()
        #expect(draft.left.map(\.field) == ["tlsSettings"])
        let offer = try #require(draft.offer)
        #expect(offer.files.map(\.path) == ["tenants/contoso/adatum.yaml"])
        #expect(
            offer.body.contains(
                "<code>tenants/contoso/adatum.yaml&#58;1&#58;1</code>: <code>OutboundConnector/adatum</code>"
            ),
            "\(offer.body)"
        )
        bed.merge(offer)
        #expect(bed.text("adatum.yaml") == instance.replacing("enabled: true", with: "enabled: false"))
        #expect(bed.desired.connectors.first?.settings["enabled"] == .boolean(false))
    }

    @Test func `what git has changed since is left to the commit`() throws {
        var bed = DriftBed(Self.files)
        bed.change(.toNorthwind, ["enabled": false, "tlsSettings": "EncryptionOnly"])
        bed.files[1] = .init(
            path: "northwind.yaml",
            bytes: Array(
                OfferExample.northwind.replacing(
                    "CertificateValidation",
                    with: "DomainValidation\n  tlsDomain: x.example"
                ).utf8
            )
        )
        let draft = bed.draft()
        #expect(draft.left.map(\.field) == ["tlsSettings"])
        #expect(draft.left.first?.reason == "git has changed it since it was last written; the commit decides")
        bed.merge(try #require(draft.offer))
        let text = try #require(bed.text("northwind.yaml"))
        #expect(text.contains("enabled: false") && text.contains("tlsSettings: DomainValidation"))
    }

    @Test func `a connector that is gone and that git has changed since is left to the commit`() {
        var bed = DriftBed(Self.files)
        bed.delete(.toNorthwind)
        let text = OfferExample.northwind.replacing("- mx1.", with: "- mx3.")
        bed.files[1] = .init(path: "northwind.yaml", bytes: Array(text.utf8))
        let draft = bed.draft()
        #expect(draft.offer == nil)
        let reason = "it is gone from the tenant, and git has changed it since it was last written; the commit decides"
        #expect(draft.left.map(\.reason) == [reason])
    }

    @Test func `an object that someone created again is not taken over`() {
        var bed = DriftBed(Self.files)
        bed.observed.connectors = bed.observed.connectors.map { object in
            var object = object
            if object.kind == .outboundConnector { object.guid = "another" }
            return object
        }
        let draft = bed.draft()
        #expect(draft.offer == nil)
        #expect(draft.left.count == 1)
        #expect(draft.left.first?.reason.contains("mitregate.dev/adopt: enabled") == true)
    }

    @Test func `what was accepted is not offered`() {
        let accepted = """
            apiVersion: mitregate.dev/v1
            kind: AcceptedDrift
            metadata:
              name: northwind-off
            spec:
              kind: OutboundConnector
              connector: northwind
              field: enabled
              value: false
              owner: Ms Frei
              reason: They move house.
              until: 2026-12-31

            """
        var bed = DriftBed(Self.files.merging(["accepted.yaml": accepted]) { $1 })
        bed.change(.toNorthwind, ["enabled": false])
        #expect(bed.draft() == OfferDraft(offer: nil, left: []))
        bed.change(.toNorthwind, ["tlsSettings": "EncryptionOnly"])
        #expect(bed.draft().offer?.title == "Drift in contoso: tlsSettings of OutboundConnector/northwind")
    }

    @Test func `what no edit can say is told with the reason and the place`() throws {
        var bed = DriftBed(["tailspin.yaml": OfferExample.partner, "northwind.yaml": OfferExample.northwind])
        let inbound = ConnectorKey(kind: .inboundConnector, name: "tailspin")
        bed.change(inbound, ["requireTls": false])
        bed.change(.toNorthwind, ["enabled": false])
        let draft = bed.draft()
        #expect(draft.offer?.files.map(\.path) == ["tenants/contoso/northwind.yaml"])
        #expect(draft.left.map(\.reason) == ["a ForcedTLSPartner always says the same of it"])
        #expect(draft.left.first?.place?.file == "tenants/contoso/tailspin.yaml")
        try expectGolden(try whole(draft), "drift-left.md")
    }

    @Test func `both connectors of a partner change in one document`() throws {
        var bed = DriftBed(["tailspin.yaml": OfferExample.partner])
        for kind in [ConnectorKind.inboundConnector, .outboundConnector] {
            bed.change(ConnectorKey(kind: kind, name: "tailspin"), ["enabled": false])
        }
        let draft = bed.draft()
        #expect(draft.left == [])
        bed.merge(try #require(draft.offer))
        #expect(bed.text("tailspin.yaml") == OfferExample.partner + "  enabled: false\n")
        #expect(bed.plan.changes == [])
    }

    @Test func `definitions with an error are not edited`() {
        var bed = DriftBed(Self.files)
        bed.change(.toNorthwind, ["enabled": false])
        bed.files.append(.init(path: "broken.yaml", bytes: Array("kind: [\n".utf8)))
        let draft = bed.draft()
        #expect(draft.offer == nil)
        #expect(draft.left.first?.reason.hasPrefix("the definitions have an error: ") == true)
        #expect(draft.left.first?.place?.file == "tenants/contoso/broken.yaml")
    }

    @Test func `an offer is the same thing as long as the deviation is, whoever caused it and wherever git stands`()
        throws
    {
        var bed = DriftBed(Self.files)
        bed.change(.toNorthwind, ["enabled": false], by: nil)
        let first = try #require(bed.draft().offer)
        bed.change(.toNorthwind, [:], by: "eve@contoso.com")
        bed.place.base = CommitID(digit: "2")
        bed.files[1] = .init(path: "northwind.yaml", bytes: Array(("# new head\n" + OfferExample.northwind).utf8))
        let second = try #require(bed.draft().offer)
        #expect(first.parts == second.parts)
        #expect(first.body != second.body)
        bed.change(.toNorthwind, ["tlsSettings": "EncryptionOnly"])
        #expect(try #require(bed.draft().offer).parts != first.parts)
    }

    @Test func `what finds no room in a short description is told in a comment`() throws {
        var files: [String: String] = [:]
        for number in 0..<30 {
            files["n\(number).yaml"] = OfferExample.northwind.replacing("northwindtraders", with: "northwind\(number)")
                .replacing("name: northwind\n", with: "name: northwind-\(number)\n").replacing(
                    "To Northwind",
                    with: "To \(number)"
                )
        }
        var bed = DriftBed(files, limits: OfferText.Limits(body: 4_000, comment: 150_000))
        for number in 0..<30 {
            bed.change(ConnectorKey(kind: .outboundConnector, name: "northwind-\(number)"), ["tlsSettings": .none])
        }
        let offer = try #require(bed.draft().offer)
        #expect(offer.files.count == 30)
        #expect(offer.body.unicodeScalars.count <= 4_000)
        #expect(offer.body.contains("This weakens security"))
        #expect(offer.body.contains("To put the tenant back instead"))
        let comment = try #require(offer.comment)
        for number in 0..<30 { #expect(comment.contains("northwind-\(number)</code>")) }
    }

    @Test func `of several people each is named with the fields that they changed last`() throws {
        var bed = DriftBed(Self.files)
        bed.change(.toNorthwind, ["smartHosts": ["mx3.northwindtraders.com"], "enabled": false])
        func offer(_ changes: [String: (String, TimeInterval)]) throws -> String {
            bed.fieldChanges[.toNorthwind] = changes.mapValues { .init(by: $0.0, at: .fixture.after($0.1)) }
            return try #require(bed.draft().offer).body.replacing("&#64;&#8203;", with: "@")
                .replacing("&#58;&#8203;", with: ":").replacing(/<\/?code>/, with: "`")
        }
        let (eve, mallory) = ("eve@contoso.com", "mallory@contoso.com")
        let two = try offer(["smartHosts": (mallory, 100), "enabled": (eve, 300)])
        #expect(two.contains("| eve@contoso.com at 2026-11-23T23:33:57Z: `enabled`<br>"), "\(two)")
        #expect(two.contains("mallory@contoso.com at 2026-11-23T23:30:37Z: `smartHosts` |"))
        #expect(two.contains("- last changed by mallory@contoso.com at 2026-11-23T23:30:37Z: `smartHosts`\n"))

        let one = try offer(["smartHosts": (eve, 300), "enabled": (eve, 300)])
        #expect(one.contains("| eve@contoso.com at 2026-11-23T23:33:57Z |"))
        #expect(one.contains("- last changed by eve@contoso.com at 2026-11-23T23:33:57Z\n"))

        let half = try offer(["smartHosts": (mallory, 100)])
        #expect(half.contains("mallory@contoso.com at 2026-11-23T23:30:37Z: `smartHosts`<br>not told: `enabled` |"))

        // Where no field is named it is the connector's last author.
        let none = try offer([:])
        #expect(none.contains("- last changed by eve@contoso.com at 2026-11-23T23:33:57Z\n"))
    }

    @Test func `in summary neither persons nor values are told`() throws {
        var bed = DriftBed(Self.files)
        bed.place.visibility = .summary
        bed.change(.toNorthwind, ["smartHosts": ["mx3.northwindtraders.com"]])
        let body = try #require(bed.draft().offer).body
        #expect(
            !body.contains("eve@") && !body.contains("eve&") && !body.contains("mx3") && !body.contains("To Northwind")
        )
    }

    @Test(arguments: [
        "@admin", "#1", "/approve", "</code>@admin", "https://evil.example", "<!-- x", "![a](http://e)",
    ])
    func `a stranger's string stays a string`(text: String) throws {
        var bed = DriftBed(Self.files)
        bed.change(.toNorthwind, ["comment": .text(text)], name: text, by: text)
        bed.applied.connectors = bed.applied.connectors.map { connector in
            var connector = connector
            if connector.key == .toNorthwind { connector.settings["comment"] = "x" }
            return connector
        }
        bed.files[1] = .init(path: "northwind.yaml", bytes: Array((OfferExample.northwind + "  comment: x\n").utf8))
        let offer = try #require(bed.draft().offer)
        // What stands in a block of code is shown as it is.
        let prose = offer.body.replacing(/```diff[\s\S]*?```/, with: "")
        for line in prose.split(separator: "\n") { #expect(!line.hasPrefix("/")) }
        #expect(!prose.contains("![") && !prose.contains("https://") && !prose.contains("</code>@"))
        #expect(!offer.title.contains(text) && !offer.commitMessage.contains(text))
        // In the file it is a quoted text, which reads as what it is.
        bed.merge(offer)
        #expect(bed.desired.connectors.first { $0.key == .toNorthwind }?.displayName == text)
    }
}
