import Connectors
import YAML

/// Reads the documents of one file, one after the other.
struct DocumentReader {
    let findings: Findings
    private(set) var documents = 0
    private(set) var connectors: [DesiredConnector] = []
    private(set) var approvals = Approvals()
    private(set) var instances: [TemplateInstance] = []
    /// The file is a template: what stands behind its first document is not read as it stands.
    private(set) var template: TemplateReader?

    init(_ findings: Findings) { self.findings = findings }

    mutating func read(_ document: YAMLDocument) {
        documents += 1
        guard template == nil else {
            template?.add(document.root)
            return
        }
        guard let top = YAMLFields(document.root, YAMLFields.document, findings) else { return }
        checkVersion(top)
        let kind = kind(top)
        var metadata = Metadata(place: top.place)
        if let node = top.required("metadata", remedy: "Write metadata: {name: …}."),
            let fields = YAMLFields(node, "metadata", findings)
        {
            metadata = Metadata(fields, of: kind)
        }
        let specPlace = top.keyPlace(of: "spec")
        let spec = top.required("spec", remedy: "Write spec: and what is wanted below it.")
            .flatMap { YAMLFields($0, "spec", findings) }
        top.reportUnknownKeys(reserved: ["status": "what a tenant has is read from the tenant, never from a file"])
        guard let kind, let spec else { return }
        let source = top.place.position(in: findings.source)
        switch kind {
        case .outboundConnector, .inboundConnector, .transportRule:
            guard let connectorKind = kind.connectorKind else { return }
            let reader = ConnectorReader(findings: findings, kind: connectorKind, metadata: metadata, source: source)
            add([reader.read(spec, at: specPlace)])
        case .forcedTLSPartner:
            add(PartnerReader(findings: findings, metadata: metadata, source: source).read(spec, at: specPlace))
        case .waiver: approvals.addWaiver(spec, metadata, source)
        case .acceptedDrift: approvals.addAcceptedDrift(spec, metadata, source)
        case .tombstone: approvals.addTombstone(spec, metadata, source)
        case .templateInstance:
            if let instance = TemplateInstance(spec, metadata, source) { instances.append(instance) }
        case .template: beginTemplate(spec, metadata, at: top.place)
        }
    }

    private mutating func beginTemplate(_ spec: YAMLFields, _ metadata: Metadata, at place: YAMLPlace) {
        guard documents == 1 else {
            findings.add(
                "template-place",
                at: place,
                "the template stands behind other documents, and what stands behind it is meant as its own",
                remedy: "Begin a file of its own with it, in the folder \(Template.folder) at the repository's top."
            )
            return
        }
        template = TemplateReader(spec, metadata)
    }

    /// What all connectors that were read have in addition to their own; these win.
    mutating func add(labels: [String: String], annotations: [String: String]) {
        for index in connectors.indices {
            connectors[index].labels.merge(labels) { _, given in given }
            connectors[index].annotations.merge(annotations) { _, given in given }
        }
    }

    private mutating func add(_ read: [DesiredConnector]) {
        connectors += read.filter { !$0.key.name.isEmpty }
    }

    private func checkVersion(_ top: YAMLFields) {
        let remedy = "Write apiVersion: \(DefinitionKind.apiVersion)."
        guard let node = top.required("apiVersion", remedy: remedy), let text = node.text("apiVersion", findings),
            text != DefinitionKind.apiVersion
        else { return }
        findings.add(
            "api-version",
            at: node.place,
            "\"\(node.scalar?.shown ?? "")\" is not a version that is read here",
            remedy: text.hasPrefix("mitregate.dev/") ? "\(remedy) A later one needs a later Mitregate." : remedy
        )
    }

    private func kind(_ top: YAMLFields) -> DefinitionKind? {
        let words = DefinitionKind.allCases.map(\.rawValue)
        let all = "The kinds are \(words.joined(separator: ", "))."
        guard let node = top.required("kind", remedy: all), let text = node.text("kind", findings) else { return nil }
        if let kind = DefinitionKind(rawValue: text) { return kind }
        let remedy =
            text == "Configuration"
            ? "Keep the operator's file out of the folder of definitions."
            : Nearest.question(text, among: words) ?? all
        findings.add(
            "unknown-kind",
            at: node.place,
            "\"\(node.scalar?.shown ?? "")\" is not a kind of definition",
            remedy: remedy
        )
        return nil
    }
}
