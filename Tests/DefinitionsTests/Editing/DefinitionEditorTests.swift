import Connectors
import Definitions
import Foundation
import TestSupport
import Testing

struct DefinitionEditorTests {
    private static let connector = """
        # Fabrikam, since 2019
        apiVersion: mitregate.dev/v1
        kind: OutboundConnector
        metadata:
          name: fabrikam   # the slug
        spec:
          name: "To Fabrikam"
          enabled: true
          connectorType: Partner
          recipientDomains: [fabrikam.com, "*.Fabrikam.com"]   # all of them
          useMXRecord: true
          # agreed with Ms Frei
          tlsSettings: DomainValidation
          tlsDomain: '*.fabrikam.com'

        """

    @Test func `a field is set in its line, and comments and quoting stay`() {
        let (text, unmet) = edited(
            Self.connector,
            [fields(["tlsSettings": "CertificateValidation", "tlsDomain": .none, "enabled": false])]
        )
        #expect(unmet == [])
        #expect(
            text
                == Self.connector.replacing("enabled: true", with: "enabled: false")
                .replacing("tlsSettings: DomainValidation", with: "tlsSettings: CertificateValidation")
                .replacing("'*.fabrikam.com'", with: "null")
        )
    }

    @Test func `of a set only the entries that differ are touched, in the order in which they stand`() {
        let (text, unmet) = edited(
            Self.connector,
            [fields(["recipientDomains": ["*.fabrikam.com", "fabrikam.com", "fabrikam.ch"]])]
        )
        #expect(unmet == [])
        #expect(text == Self.connector.replacing("Fabrikam.com\"]", with: "Fabrikam.com\", fabrikam.ch]"))
    }

    @Test func `a field that is not there is added where the table of fields has it`() {
        let (text, unmet) = edited(Self.connector, [fields(["smartHosts": ["mx.fabrikam.com"], "useMXRecord": false])])
        #expect(unmet == [])
        #expect(
            text
                == Self.connector.replacing(
                    "  useMXRecord: true\n",
                    with: "  useMXRecord: false\n  smartHosts: [mx.fabrikam.com]\n"
                )
        )
    }

    @Test func `a name is set, or added before all`() {
        let (text, unmet) = edited(Self.connector, [fields(["name": "Fabrikam: new"])])
        #expect(unmet == [])
        #expect(text == Self.connector.replacing("\"To Fabrikam\"", with: "\"Fabrikam: new\""))
        let nameless = Self.connector.replacing("  name: \"To Fabrikam\"\n", with: "")
        let (added, none) = edited(nameless, [fields(["name": "To Fabrikam AG"])])
        #expect(none == [])
        #expect(added == nameless.replacing("spec:\n", with: "spec:\n  name: To Fabrikam AG\n"))
    }

    @Test func `a connector that is gone takes its document, or its file, with it`() {
        let two = Self.connector + "---\n" + outbound("", name: "northwind")
        #expect(edited(two, [DefinitionWish(fabrikam, .removal)]).text == outbound("", name: "northwind"))
        #expect(edited(Self.connector, [DefinitionWish(fabrikam, .removal)]).text == nil)
    }

    @Test func `what a rule of Exchange forbids is not written`() {
        let (text, unmet) = edited(Self.connector, [fields(["tlsDomain": .none])])
        #expect(text == Self.connector)
        #expect(unmet.count == 1)
    }

    @Test func `what would break another document is left out, and the rest is done`() {
        let rule = """
            apiVersion: mitregate.dev/v1
            kind: TransportRule
            metadata: {name: archive}
            spec: {routeMessageOutboundConnector: fabrikam, sentToScope: NotInOrganization}

            """
        let scoped = Self.connector.replacing(
            "  recipientDomains: [fabrikam.com, \"*.Fabrikam.com\"]   # all of them\n",
            with: "  isTransportRuleScoped: true\n"
        )
        let northwind = ConnectorKey(kind: .outboundConnector, name: "northwind")
        let (result, unmet) = edited(
            scoped + "---\n" + outbound("", name: "northwind"),
            [DefinitionWish(fabrikam, .removal), fields(northwind, ["enabled": false])],
            others: ["rule.yaml": rule]
        )
        #expect(unmet.count == 1)
        #expect(unmet.first?.hasPrefix("OutboundConnector.*: it would not validate in git: ") == true)
        let expected = outbound("", name: "northwind").replacing("enabled: true", with: "enabled: false")
        #expect(result == scoped + "---\n" + expected)
    }

    @Test func `an alias is refused with the reason, and the other fields are set`() {
        let text = Self.connector.replacing("\"To Fabrikam\"", with: "&n \"To Fabrikam\"")
            .replacing("  tlsDomain: '*.fabrikam.com'\n", with: "  tlsDomain: '*.fabrikam.com'\n  comment: *n\n")
        let (result, unmet) = edited(text, [fields(["comment": "new", "name": "New", "enabled": false])])
        #expect(
            unmet == [
                "OutboundConnector.name: the value is also used by every alias *n, so they would change with it",
                "OutboundConnector.comment: the value comes from the alias *n, so it is written elsewhere",
            ]
        )
        #expect(result == text.replacing("enabled: true", with: "enabled: false"))
    }

    @Test func `files with an error are not edited at all`() {
        let text = Self.connector.replacing("enabled", with: "enabeld")
        let (result, unmet) = edited(text, [fields(["useMXRecord": false])])
        #expect(result == text)
        #expect(unmet.count == 1)
    }

    @Test func `what git has no definition of is told`() {
        let (_, unmet) = edited(Self.connector, [fields(fabrikamInbound, ["enabled": false])])
        #expect(unmet == ["InboundConnector.*: no definition in git is of it"])
    }

    // MARK: Templates

    private static let template = """
        apiVersion: mitregate.dev/v1
        kind: Template
        metadata: {name: partner}
        spec: {parameters: {domain: {type: domain}}}
        ---
        apiVersion: mitregate.dev/v1
        kind: OutboundConnector
        metadata: {name: fabrikam}
        spec:
          connectorType: Partner
          useMXRecord: true
          recipientDomains: ["${domain}"]
          tlsSettings: CertificateValidation

        """

    @Test(arguments: [true, false])
    func `what a template makes is not edited, and the reason says where it is`(isConfigured: Bool) throws {
        let instance = """
            # Fabrikam, since 2019
            apiVersion: mitregate.dev/v1
            kind: TemplateInstance
            metadata: {name: fabrikam}
            spec: {template: partner, values: {domain: fabrikam.com}}

            """
        let parsed = DefinitionReader.parse(DefinitionFile(path: "partner.yaml", bytes: Array(Self.template.utf8)))
        let library = TemplateLibrary(below: "tenants/contoso", files: ["partner": parsed], names: ["partner"])
        let configured = TemplateInstance(
            configured: "partner",
            values: [given("domain", .cell("fabrikam.com"))],
            position: SourcePosition(file: "tenants.csv", line: 3, column: 1)
        )
        let scope = DefinitionScope(templates: library, instances: isConfigured ? [configured] : [])
        let files = isConfigured ? [] : [DefinitionFile(path: "a.yaml", bytes: Array(instance.utf8))]
        var editor = DefinitionEditor(files, now: now, scope: scope)
        #expect(editor.problem == nil)
        for wish in [fields(["enabled": false]), DefinitionWish(fabrikam, .removal)] {
            let unmet = editor.fulfil([wish])
            let place = isConfigured ? "tenants.csv:3:1" : "a.yaml:2:1"
            #expect(
                unmet.map(\.reason) == [
                    "a template makes it: edit its values at \(place), or for all that use it, ../../templates/partner.yaml:6:1"
                ]
            )
            #expect(unmet.allSatisfy { $0.field == nil && $0.position?.file == "../../templates/partner.yaml" })
            #expect(editor.editedFiles.isEmpty)
        }
    }
}
