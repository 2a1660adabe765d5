import Connectors
import Definitions
import Foundation
import TestSupport
import Testing

/// What a template makes, edited at its instance.
struct InstanceEditingTests {
    private static let fabrikam = ConnectorKey(kind: .outboundConnector, name: "fabrikam")
    private static let adatum = ConnectorKey(kind: .outboundConnector, name: "adatum")

    private static let template = """
        apiVersion: mitregate.dev/v1
        kind: Template
        metadata: {name: partner}
        spec:
          parameters:
            partner: {type: slug}
            domains: {type: domain-pattern, list: true}
            enabled: {type: boolean}
            phone: {type: string}
            mx: {type: boolean}
            tests: {type: email-address, list: true, default: [tls@partner.example]}
        ---
        apiVersion: mitregate.dev/v1
        kind: OutboundConnector
        metadata: {name: "${partner}"}
        spec:
          enabled: ${enabled}
          connectorType: Partner
          useMXRecord: ${mx}
          recipientDomains: ${domains}
          validationRecipients: ${tests}
          comment: "Call ${phone}"
          tlsSettings: CertificateValidation
        ---
        apiVersion: mitregate.dev/v1
        kind: OutboundConnector
        metadata: {name: "${partner}-second"}
        spec: {connectorType: Partner, useMXRecord: "${mx}", recipientDomains: ["second.${partner}.example"], tlsSettings: EncryptionOnly}

        """

    private static let instances = """
        # Fabrikam, since 2019
        apiVersion: mitregate.dev/v1
        kind: TemplateInstance
        metadata: {name: fabrikam}
        spec:
          template: partner
          values:
            partner: fabrikam
            domains: [fabrikam.example, "*.Fabrikam.example"]   # both
            enabled: true   # agreed with Ms Frei
            phone: "1"
            mx: true
        ---
        apiVersion: mitregate.dev/v1
        kind: TemplateInstance
        metadata: {name: adatum}
        spec:
          template: partner
          values: {partner: adatum, domains: [adatum.example], enabled: true, phone: "2", mx: true}

        """

    /// What the file says after the wishes, and what they could not have.
    private func edited(_ wishes: [DefinitionWish], template: String = template) -> (text: String, unmet: [String]) {
        let parsed = DefinitionReader.parse(DefinitionFile(path: "partner.yaml", bytes: Array(template.utf8)))
        let library = TemplateLibrary(below: "tenants/contoso", files: ["partner": parsed], names: ["partner"])
        let scope = DefinitionScope(templates: library)
        let file = DefinitionFile(path: "a.yaml", bytes: Array(Self.instances.utf8))
        var editor = DefinitionEditor([file], now: now, scope: scope)
        #expect(editor.problem == nil)
        let unmet = editor.fulfil(wishes)
        #expect(!editor.definitions.hasErrors)
        #expect(unmet.allSatisfy { $0.reason.hasPrefix("a template makes it: edit its values at a.yaml:") }, "\(unmet)")
        let bytes = editor.editedFiles.first.map { $0.bytes ?? [] } ?? file.bytes
        return (String(decoding: bytes, as: UTF8.self), unmet.map { "\($0.key.name).\($0.field ?? "*")" })
    }

    @Test func `a field that is a value and nothing else is set in its instance, and all else stays as it was`() {
        let (text, unmet) = edited([
            DefinitionWish(
                Self.fabrikam,
                .fields(["enabled": false, "recipientDomains": ["fabrikam.example", "*.new.example"]])
            ), DefinitionWish(Self.adatum, .fields(["enabled": false])),
        ])
        #expect(unmet == [])
        #expect(
            text
                == Self.instances.replacing("\"*.Fabrikam.example\"]", with: "\"*.new.example\"]")
                .replacing("enabled: true", with: "enabled: false")
        )
    }

    @Test(
        arguments: [
            ("a value of two connectors", "useMXRecord", FieldValue.boolean(false)),
            ("a part of a text", "comment", "Call 3"),
            ("a value of the template", "validationRecipients", ["a@b.example"]),
            ("the template's own text", "tlsSettings", "EncryptionOnly"),
            ("a field of which the template says nothing", "smartHosts", ["mail.fabrikam.example"]),
            ("what the parameter does not take", "recipientDomains", ["a b"]),
        ] as [(testDescription: String, field: String, value: FieldValue)]
    )
    func `what is more than one instance's value is left, with the places to edit`(
        example: (testDescription: String, field: String, value: FieldValue)
    ) {
        let alone = edited([DefinitionWish(Self.fabrikam, .fields([example.field: example.value]))])
        #expect(alone.text == Self.instances && alone.unmet == ["fabrikam.*"], "\(example)")
        let wish = DefinitionWish(Self.fabrikam, .fields([example.field: example.value, "enabled": false]))
        let (text, unmet) = edited([wish])
        #expect(unmet == ["fabrikam.\(example.field)"], "\(example)")
        let wanted = Self.instances.replacing("enabled: true   #", with: "enabled: false   #")
        #expect(text == wanted, "\(example)")
    }

    @Test func `a document that a template makes is not removed`() {
        let (text, unmet) = edited([DefinitionWish(Self.fabrikam, .removal)])
        #expect(text == Self.instances && unmet == ["fabrikam.*"])
    }

    @Test func `a value that stands in a second field as well is left`() {
        let twice = Self.template.replacing(
            "spec: {connectorType: Partner",
            with: "spec: {enabled: \"${enabled}\", connectorType: Partner"
        )
        let (text, unmet) = edited([DefinitionWish(Self.fabrikam, .fields(["enabled": false]))], template: twice)
        #expect(text == Self.instances && unmet == ["fabrikam.*"])
    }

    @Test func `a value that an approval says as well is left`() {
        let approved = Self.template.replacing(
            "metadata: {name: \"${partner}\"}",
            with: "metadata: {name: \"${partner}\", annotations: {mitregate.dev/accept-risk: \"${phone}\"}}"
        ).replacing("comment: \"Call ${phone}\"", with: "comment: ${phone}")
        let wish = DefinitionWish(Self.fabrikam, .fields(["comment": "3"]))
        let (text, unmet) = edited([wish], template: approved)
        #expect(text == Self.instances && unmet == ["fabrikam.*"])
        let alone = Self.template.replacing("comment: \"Call ${phone}\"", with: "comment: ${phone}")
        #expect(edited([wish], template: alone).text == Self.instances.replacing("phone: \"1\"", with: "phone: \"3\""))
    }
}
