import Connectors
import Definitions
import Foundation
import YAML

/// A template with a parameter of nearly every use.
let partnerTemplate = """
    apiVersion: mitregate.dev/v1
    kind: Template
    metadata: {name: partner}
    spec:
      description: Forced TLS with one partner.
      parameters:
        partner: {type: slug, description: The partner's short name.}
        domain: {type: domain}
        addresses: {type: sender-network, list: true, default: []}
        trust: {type: choice, values: [certificate-validation, domain-validation], default: domain-validation}
        enabled: {type: boolean, default: true}
    # What each instance stands for.
    ---
    apiVersion: mitregate.dev/v1
    kind: ForcedTLSPartner
    metadata: {name: "${partner}-tls", labels: {partner: "${partner}"}}
    spec:
      domains: ["${domain}", "*.${domain}"]
      trust: "${trust}"
      tlsDomain: "*.${domain}"
      senderIPAddresses: [203.0.113.7, "${addresses}"]
      enabled: ${enabled}
    """

func instance(_ metadata: String, _ values: String) -> String {
    """
    apiVersion: mitregate.dev/v1
    kind: TemplateInstance
    metadata: {\(metadata)}
    spec:
      template: partner
      values: {\(values)}

    """
}

func given(_ name: String, _ content: GivenValue.Content) -> GivenValue {
    GivenValue(name: name, content: content, position: SourcePosition(file: "tenants.csv", line: 3, column: 9))
}

/// As `read`, with templates by their names.
func read(
    _ files: [String: String],
    templates: [String: String],
    below tenant: String = "tenants/contoso",
    configured: [GivenValue]? = nil
) -> DefinitionSet {
    let parsed = templates.map { name, text in
        (name, DefinitionReader.parse(DefinitionFile(path: "\(name).yaml", bytes: Array(text.utf8))))
    }
    let library = TemplateLibrary(
        below: tenant,
        files: Dictionary(uniqueKeysWithValues: parsed),
        names: templates.keys.sorted()
    )
    let position = SourcePosition(file: "tenants.csv", line: 3, column: 1)
    let instances = configured.map { [TemplateInstance(configured: "partner", values: $0, position: position)] } ?? []
    let files = files.sorted { $0.key < $1.key }.map { DefinitionFile(path: $0.key, bytes: Array($0.value.utf8)) }
    return DefinitionReader.read(files, now: now, scope: DefinitionScope(templates: library, instances: instances))
}
