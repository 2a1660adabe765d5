package import Connectors
import YAML

/// One use of a template: which, and with what values.
package struct TemplateInstance: Sendable {
    package let template: String
    package let values: [GivenValue]
    /// Where the instance stands.
    package let position: SourcePosition
    /// Whether the operator's configuration has it, and not a document of the tenant's folder.
    package let isConfigured: Bool
    /// Where the template is named.
    let templatePosition: SourcePosition
    /// What the connectors of the instance have in addition to what the template gives them.
    let labels: [String: String]
    let annotations: [String: String]

    /// An instance of the operator's configuration.
    package init(configured template: String, values: [GivenValue], position: SourcePosition) {
        self.init(
            template: template,
            values: values,
            position: position,
            isConfigured: true,
            templatePosition: position,
            labels: [:],
            annotations: [:]
        )
    }

    init(
        template: String,
        values: [GivenValue],
        position: SourcePosition,
        isConfigured: Bool,
        templatePosition: SourcePosition,
        labels: [String: String],
        annotations: [String: String]
    ) {
        self.template = template
        self.values = values
        self.position = position
        self.isConfigured = isConfigured
        self.templatePosition = templatePosition
        self.labels = labels
        self.annotations = annotations
    }

    /// The instance as the places of what it makes name it.
    var origin: SourcePosition.Instance {
        SourcePosition.Instance(position, isConfigured: isConfigured)
    }

    /// Reads the `spec` of a TemplateInstance; `nil` when it names no template.
    init?(_ spec: YAMLFields, _ metadata: Metadata, _ position: SourcePosition) {
        let findings = spec.findings
        let name = spec.required(
            "template",
            remedy: "Name it, as its file in the folder templates is called without .yaml."
        )
        let values = spec.node("values").flatMap { YAMLFields($0, spec.path("values"), findings) }
        spec.reportUnknownKeys()
        guard let name, let text = name.text(spec.path("template"), findings) else { return nil }
        guard Slug.isValid(text) else {
            findings.add(
                "slug-syntax",
                at: name.place,
                "\"\(name.scalar?.shown ?? "")\" is not the name of a template",
                remedy: "Write \"\(Slug.from(text))\", as its file in the folder templates is called without .yaml."
            )
            return nil
        }
        self.init(
            template: text,
            values: (values?.entries ?? []).map { entry in
                let place = entry.value.place.line == 0 ? entry.keyPlace : entry.value.place
                return GivenValue(
                    name: entry.key,
                    content: GivenValue.Content(entry.value),
                    position: place.position(in: findings.source)
                )
            },
            position: position,
            isConfigured: false,
            templatePosition: name.place.position(in: findings.source),
            labels: metadata.labels,
            annotations: metadata.annotations
        )
    }
}
