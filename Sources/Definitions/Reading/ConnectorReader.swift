import Connectors
import YAML

/// Reads the `spec` of a connector or a rule, and asks Exchange's own rules of it.
struct ConnectorReader {
    let findings: Findings
    let kind: ConnectorKind
    let metadata: Metadata
    let source: SourcePosition

    func read(_ spec: YAMLFields, at specPlace: YAMLPlace) -> DesiredConnector {
        let decoder = FieldDecoder(findings: findings)
        var settings: Settings = [:]
        settings.reserveCapacity(spec.entries.count)
        var sources = FieldPlaces(of: findings.source, capacity: spec.entries.count)
        var guessed: Settings = [:]
        var displayName = metadata.name
        var certificate: String?
        for entry in spec.entries {
            if entry.key == SpecFields.displayName.name {
                displayName = name(entry, decoder) ?? displayName
                sources[SpecFields.displayName.name] = entry.keyPlace.position(in: findings.source)
            } else if entry.key == Evidence.key, kind == .inboundConnector {
                certificate = Evidence.certificate(entry, findings)
            } else if let field = kind.field(entry.key) {
                guard !entry.value.isMissing else {
                    findings.addMissingValue(entry.key, at: entry.keyPlace)
                    continue
                }
                sources[field.name] = entry.keyPlace.position(in: findings.source)
                settings[field.name] = decoder.value(of: field, from: entry.value, named: "spec." + field.name)
            } else if let meant = reportUnknown(entry) {
                guessed[meant.name] = FieldDecoder(findings: Findings(findings.source))
                    .value(of: meant, from: entry.value, named: meant.name)
            }
        }
        let whole = settings.merging(guessed) { own, _ in own }.overDefaults(of: kind)
        for violation in ExchangeRules.violations(kind, displayName: displayName, settings: whole)
        where !(violation.field == "name" && metadata.name.isEmpty) {
            findings.add(violation, at: place(of: violation.field, spec, specPlace))
        }
        return DesiredConnector(
            key: ConnectorKey(kind: kind, name: metadata.name),
            displayName: displayName,
            settings: settings,
            labels: metadata.labels,
            annotations: metadata.annotations,
            source: source,
            fieldSources: sources,
            evidenceCertificate: certificate
        )
    }

    private func name(_ entry: YAMLMapping.Entry, _ decoder: FieldDecoder) -> String? {
        guard !entry.value.isMissing else {
            findings.addMissingValue(entry.key, at: entry.keyPlace)
            return nil
        }
        // What a name may be is asked by ExchangeRules, which also judges the names that slugs give.
        return entry.value.text("spec.name", findings) ?? entry.value.scalar?.text
    }

    private func place(of field: String?, _ spec: YAMLFields, _ specPlace: YAMLPlace) -> YAMLPlace {
        guard let field else { return specPlace }
        if field == "name", !spec.has("name") { return metadata.namePlace }
        return spec.has(field) ? spec.keyPlace(of: field) : specPlace
    }

    /// - Returns: The field that was probably meant.
    private func reportUnknown(_ entry: YAMLMapping.Entry) -> Field? {
        if let reason = kind.reservedFields[entry.key] {
            findings.add(
                "reserved-field",
                at: entry.keyPlace,
                "spec.\(entry.key) may not be set: \(reason)",
                remedy: "Remove the line."
            )
            return nil
        }
        guard !findings.isFull else { return nil }
        let others = ConnectorKind.allCases.filter { $0 != kind && $0.field(entry.key) != nil }
        if !others.isEmpty {
            let names = others.map(\.rawValue).joined(separator: " and ")
            findings.add(
                "unknown-key",
                at: entry.keyPlace,
                "\(kind) has no field \"\(entry.key)\"; \(names) has",
                remedy: "Remove the line, or correct the kind."
            )
            return nil
        }
        let names = kind.fields.map(\.name) + [SpecFields.displayName.name]
        let meant = Nearest.word(to: entry.key, among: names)
        findings.add(
            "unknown-key",
            at: entry.keyPlace,
            "\(kind) has no field \"\(YAMLScalar(text: entry.key, isQuoted: true).shown)\"",
            remedy: meant.map { "Did you mean \"\($0)\"?" }
                ?? "Remove it; `mitregate schema` prints the fields of every kind."
        )
        return meant.flatMap { kind.field($0) }
    }
}
