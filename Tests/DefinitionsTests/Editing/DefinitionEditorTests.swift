import Connectors
import Definitions
import Foundation
import TestSupport
import Testing

struct DefinitionEditorTests {
    private static let fabrikam = ConnectorKey(kind: .outboundConnector, name: "fabrikam")
    private static let inbound = ConnectorKey(kind: .inboundConnector, name: "fabrikam")

    /// What the one file says after the wishes, and what they could not have.
    private func edited(
        _ text: String,
        _ wishes: [DefinitionWish],
        others: [String: String] = [:]
    ) -> (text: String?, unmet: [String]) {
        var files = [DefinitionFile(path: "a.yaml", bytes: Array(text.utf8))]
        files += others.map { DefinitionFile(path: $0.key, bytes: Array($0.value.utf8)) }
        var editor = DefinitionEditor(files, now: now)
        let unmet = editor.fulfil(wishes)
        #expect(!editor.definitions.hasErrors || editor.problem != nil)
        let edited = editor.editedFiles.first { $0.path == "a.yaml" }
        let shown = unmet.map { "\($0.key.kind.rawValue).\($0.field ?? "*"): \($0.reason)" }
        guard let edited else { return (text, shown) }
        return (edited.bytes.map { String(decoding: $0, as: UTF8.self) }, shown)
    }

    private func fields(_ values: [String: FieldValue]) -> DefinitionWish { fields(Self.fabrikam, values) }

    private func fields(_ key: ConnectorKey, _ values: [String: FieldValue]) -> DefinitionWish {
        DefinitionWish(key, .fields(values))
    }

    // MARK: Connectors

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
        #expect(edited(two, [DefinitionWish(Self.fabrikam, .removal)]).text == outbound("", name: "northwind"))
        #expect(edited(Self.connector, [DefinitionWish(Self.fabrikam, .removal)]).text == nil)
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
            [DefinitionWish(Self.fabrikam, .removal), fields(northwind, ["enabled": false])],
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
        let (_, unmet) = edited(Self.connector, [fields(Self.inbound, ["enabled": false])])
        #expect(unmet == ["InboundConnector.*: no definition in git is of it"])
    }

    // MARK: Partners

    struct PartnerCase: CustomTestStringConvertible {
        let testDescription: String
        var before = DefinitionEditorTests.partner
        let outbound: [String: FieldValue]
        let inbound: [String: FieldValue]
        /// What the lines of the document become.
        let replaced: [(String, String)]
        var unmet: [String] = []
    }

    static let partner = """
        apiVersion: mitregate.dev/v1
        kind: ForcedTLSPartner
        metadata:
          name: fabrikam
        spec:
          domains: [fabrikam.com]   # theirs
          trust: domain-validation
          tlsDomain: mail.fabrikam.com
          testRecipients: [tls-test@fabrikam.com]
          certificateName: mail.fabrikam.com

        """

    static let partners: [PartnerCase] = [
        PartnerCase(
            testDescription: "both connectors off",
            outbound: ["enabled": false],
            inbound: ["enabled": false],
            replaced: [
                ("certificateName: mail.fabrikam.com\n", "certificateName: mail.fabrikam.com\n  enabled: false\n")
            ]
        ),
        PartnerCase(
            testDescription: "one of both off cannot be said",
            outbound: ["enabled": false],
            inbound: [:],
            replaced: [],
            unmet: [
                "OutboundConnector.enabled: a ForcedTLSPartner says it once for both of its connectors, and they differ in it now"
            ]
        ),
        PartnerCase(
            testDescription: "a domain more, both ways",
            outbound: ["recipientDomains": ["fabrikam.ch", "fabrikam.com"]],
            inbound: ["senderDomains": ["fabrikam.ch", "fabrikam.com"]],
            replaced: [("[fabrikam.com]   # theirs", "[fabrikam.com, fabrikam.ch]   # theirs")]
        ),
        PartnerCase(
            testDescription: "a domain more one way cannot be said",
            outbound: ["recipientDomains": ["fabrikam.ch", "fabrikam.com"]],
            inbound: [:],
            replaced: [],
            unmet: [
                "OutboundConnector.recipientDomains: a ForcedTLSPartner says it once for both of its connectors, and they differ in it now"
            ]
        ),
        PartnerCase(
            testDescription: "less TLS, and its name goes with it",
            outbound: ["tlsSettings": "EncryptionOnly", "tlsDomain": .none],
            inbound: [:],
            replaced: [("trust: domain-validation\n  tlsDomain: mail.fabrikam.com\n", "trust: encryption-only\n")]
        ),
        PartnerCase(
            testDescription: "no TLS at all cannot be said",
            outbound: ["tlsSettings": .none, "tlsDomain": .none],
            inbound: ["requireTls": false],
            replaced: [],
            unmet: [
                "InboundConnector.requireTls: a ForcedTLSPartner always says the same of it",
                "OutboundConnector.tlsDomain: a ForcedTLSPartner has no word for this level of TLS with this name",
                "OutboundConnector.tlsSettings: a ForcedTLSPartner has no word for this level of TLS with this name",
            ]
        ),
        PartnerCase(
            testDescription: "smart hosts in place of the MX",
            outbound: ["smartHosts": ["mx.fabrikam.com"], "useMXRecord": false],
            inbound: [:],
            replaced: [
                (
                    "mail.fabrikam.com\n  testRecipients",
                    "mail.fabrikam.com\n  smartHosts: [mx.fabrikam.com]\n  testRecipients"
                )
            ]
        ),
        PartnerCase(
            testDescription: "smart hosts next to the MX cannot be said",
            outbound: ["smartHosts": ["mx.fabrikam.com"]],
            inbound: [:],
            replaced: [],
            unmet: [
                "OutboundConnector.smartHosts: a ForcedTLSPartner uses the MX exactly where it names no smart hosts"
            ]
        ),
        PartnerCase(
            testDescription: "addresses in place of the certificate",
            outbound: [:],
            inbound: [
                "tlsSenderCertificateName": .none, "restrictDomainsToCertificate": false,
                "senderIPAddresses": ["198.51.100.7"], "restrictDomainsToIPAddresses": true,
            ],
            replaced: [("certificateName: mail.fabrikam.com\n", "senderIPAddresses: [198.51.100.7]\n")]
        ),
        PartnerCase(
            testDescription: "a name in Exchange cannot be said, and the rest is",
            outbound: ["name": "Fabrikam", "validationRecipients": ["a@fabrikam.com"]],
            inbound: [:],
            replaced: [("[tls-test@fabrikam.com]", "[a@fabrikam.com]")],
            unmet: ["OutboundConnector.name: a ForcedTLSPartner names its connectors itself"]
        ),
    ]

    @Test(arguments: partners)
    func `a partner's document says what maps back exactly`(example: PartnerCase) {
        var wishes: [DefinitionWish] = []
        if !example.outbound.isEmpty { wishes.append(fields(Self.fabrikam, example.outbound)) }
        if !example.inbound.isEmpty { wishes.append(fields(Self.inbound, example.inbound)) }
        let (text, unmet) = edited(example.before, wishes)
        var expected = example.before
        for (old, new) in example.replaced { expected = expected.replacing(old, with: new) }
        #expect(text == expected)
        #expect(unmet == example.unmet)
    }

    @Test func `a partner whose one connector is gone keeps the other`() {
        let (text, unmet) = edited(Self.partner, [DefinitionWish(Self.inbound, .removal)])
        #expect(unmet == [])
        #expect(text == Self.partner + "  direction: outbound\n")
        let both = [DefinitionWish(Self.fabrikam, .removal), DefinitionWish(Self.inbound, .removal)]
        #expect(edited(Self.partner, both).text == nil)
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
        for wish in [fields(["enabled": false]), DefinitionWish(Self.fabrikam, .removal)] {
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

    // MARK: As the tenant would

    /// What the tenant could say of each example's connectors: edited, the files say it, or the reason is told.
    @Test(arguments: exampleTenants, 0..<6)
    func `edited, the examples say what a tenant says`(folder: String, seed: Int) throws {
        let url = examples.appending(path: folder)
        let files = try FileManager.default.contentsOfDirectory(atPath: url.path).sorted().map {
            DefinitionFile(path: $0, bytes: [UInt8](try Data(contentsOf: url.appending(path: $0))))
        }
        let scope = DefinitionScope(templates: try ExampleTests.templates(for: folder))
        var random = SeededRandom(seed: UInt64(seed))
        let before = DefinitionReader.read(files, now: now, scope: scope).desired.connectors
        var wishes: [DefinitionWish] = []
        for connector in before {
            if Int.random(in: 0..<8, using: &random) == 0 {
                wishes.append(DefinitionWish(connector.key, .removal))
                continue
            }
            var values: [String: FieldValue] = [:]
            for (name, value) in connector.settings where Int.random(in: 0..<3, using: &random) == 0 {
                switch value {
                case .boolean(let flag): values[name] = .boolean(!flag)
                case .list(let texts):
                    values[name] = .list(Array(texts.dropFirst(Int.random(in: 0...1, using: &random))) + ["z.example"])
                default: continue
                }
            }
            if !values.isEmpty { wishes.append(DefinitionWish(connector.key, .fields(values))) }
        }
        var editor = DefinitionEditor(files, now: now, scope: scope)
        let unmet = editor.fulfil(wishes)
        let after = Dictionary(uniqueKeysWithValues: editor.definitions.desired.connectors.map { ($0.key, $0) })
        #expect(!editor.definitions.hasErrors)
        for wish in wishes {
            let left = unmet.filter { $0.key == wish.key }
            if left.contains(where: { $0.field == nil }) { continue }
            switch wish.change {
            case .removal: #expect(after[wish.key] == nil)
            case .fields(let values):
                for (name, value) in values where !left.contains(where: { $0.field == name }) {
                    let said = try #require(after[wish.key]?.settings[name])
                    #expect(try #require(wish.key.kind.field(name)).isSame(said, value))
                }
            }
        }
        // What a template makes, and is not one instance's value, is answered with the places to edit.
        for connector in before where connector.source.instance != nil {
            let answers = unmet.filter { $0.key == connector.key }
            #expect(answers.allSatisfy { $0.reason.hasPrefix("a template makes it: ") })
        }
        let touched = Set(wishes.map(\.key))
        for connector in before where !touched.contains(connector.key) {
            // A partner's two connectors share a document, so one may be touched through the other.
            guard !touched.contains(where: { $0.name == connector.key.name }) else { continue }
            #expect(after[connector.key]?.settings == connector.settings)
        }
    }
}
