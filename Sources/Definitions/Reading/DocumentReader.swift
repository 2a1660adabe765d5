import Connectors
import YAML

/// Reads the documents of one file, one after the other.
struct DocumentReader {
    let findings: Findings
    private(set) var documents = 0
    private(set) var connectors: [DesiredConnector] = []
    private(set) var approvals = Approvals()

    init(_ findings: Findings) { self.findings = findings }

    mutating func read(_ document: YAMLDocument) {
        documents += 1
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
