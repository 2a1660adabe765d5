import Connectors
import YAML

/// What every document says of itself.
struct Metadata {
    /// Empty when it is absent or unusable, which the findings then say.
    var name = ""
    var namePlace: YAMLPlace
    var labels: [String: String] = [:]
    var annotations: [String: String] = [:]

    init(place: YAMLPlace) { namePlace = place }

    /// - Parameter fields: `nil` when there is no `metadata`, which was reported.
    init(_ fields: YAMLFields, of kind: DefinitionKind?) {
        let findings = fields.findings
        namePlace = fields.place(of: "name")
        if let node = fields.required(
            "name",
            remedy: "Give the document a short name, such as \"fabrikam-forced-tls\"."
        ),
            let text = node.text(fields.path("name"), findings)
        {
            if Slug.isValid(text) {
                name = text
            } else {
                findings.add(
                    "slug-syntax",
                    at: node.place,
                    "metadata.name is \"\(node.scalar?.shown ?? "")\", and a name in git has only lower-case letters, digits and hyphens",
                    remedy: "Write \"\(Slug.from(text))\" here, and what people read as spec.name."
                )
            }
        }
        for (key, keyPlace, text, place) in fields.textMap("labels") {
            Self.checkLabel(key, keyPlace, text, place, findings)
            labels[key] = text
        }
        for (key, keyPlace, text, place) in fields.textMap("annotations") {
            Self.checkAnnotation(key, keyPlace, text, place, kind, findings)
            annotations[key] = text
        }
        fields.reportUnknownKeys()
    }

    private static func checkLabel(
        _ key: String,
        _ keyPlace: YAMLPlace,
        _ text: String,
        _ place: YAMLPlace,
        _ findings: Findings
    ) {
        if key.hasPrefix(ownPrefix) {
            findings.add(
                "unknown-annotation",
                at: keyPlace,
                "\"\(key.escapingControls)\" stands among the labels, where it has no effect",
                remedy: "Move it to metadata.annotations."
            )
        }
        checkKey(key, keyPlace, findings)
        if let problem = Term.text(maximumLength: 256).problem(with: text) { findings.add(problem, at: place) }
    }

    private static func checkAnnotation(
        _ key: String,
        _ keyPlace: YAMLPlace,
        _ text: String,
        _ place: YAMLPlace,
        _ kind: DefinitionKind?,
        _ findings: Findings
    ) {
        checkKey(key, keyPlace, findings)
        if let problem = Term.text(maximumLength: 4_096).problem(with: text) { findings.add(problem, at: place) }
        guard key.hasPrefix(ownPrefix) else { return }
        guard Annotation.all.contains(key) else {
            let all = "The known ones are \(Annotation.all.joined(separator: ", "))."
            findings.add(
                "unknown-annotation",
                at: keyPlace,
                "unknown annotation \"\(key.escapingControls)\", which would have no effect",
                remedy: Nearest.question(key, among: Annotation.all) ?? all
            )
            return
        }
        if [.waiver, .acceptedDrift, .template, .tombstone].contains(kind) {
            findings.add(
                "annotation-without-effect",
                .warning,
                at: keyPlace,
                "\"\(key)\" is about a connector, and this document is none",
                remedy: "Move it to the connector's document."
            )
        }
        checkValue(of: key, text, place, findings)
    }

    private static func checkValue(of key: String, _ text: String, _ place: YAMLPlace, _ findings: Findings) {
        let remedy: String?
        switch key {
        case Annotation.prune: remedy = text == "disabled" ? nil : "Write disabled, or remove the annotation."
        case Annotation.adopt: remedy = text == "enabled" ? nil : "Write enabled, or remove the annotation."
        default: remedy = text.trimmingSpaces().isEmpty ? "Write why the risk is accepted, and by whom." : nil
        }
        guard let remedy else { return }
        let shown = YAMLScalar(text: text, isQuoted: true).shown
        findings.add("annotation-value", at: place, "\(key) cannot be \"\(shown)\"", remedy: remedy)
    }

    /// Source: the syntax of keys is that of kubernetes.io/docs/concepts/overview/working-with-objects/labels, loosely.
    private static func checkKey(_ key: String, _ place: YAMLPlace, _ findings: Findings) {
        let isPlain = key.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"),
                UInt8(ascii: "/"):
                true
            default: false
            }
        }
        guard key.isEmpty || key.utf8.count > 253 || !isPlain else { return }
        findings.add(
            "label-syntax",
            at: place,
            "\"\(YAMLScalar(text: key, isQuoted: true).shown)\" is not a name for a label or an annotation",
            remedy: "Use letters, digits, dots, hyphens and underscores, as in \"example.com/owner\"."
        )
    }

    private static let ownPrefix = "mitregate.dev/"
}
