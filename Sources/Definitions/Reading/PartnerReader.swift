import Connectors
import YAML

/// Reads a `ForcedTLSPartner`, and makes the connectors that it stands for.
struct PartnerReader {
    let findings: Findings
    let metadata: Metadata
    let source: SourcePosition

    func read(_ fields: YAMLFields, at specPlace: YAMLPlace) -> [DesiredConnector] {
        let spec = SpecReader(fields, SpecFields.forcedTLSPartner, and: [Evidence.key])
        let errors = findings.errors
        let partner = Self.partner(spec)
        spec.require("domains")
        if partner.direction != .inbound { spec.require("trust") }
        for violation in partner.violations where !isDoubtful(violation, partner, spec) {
            let place = violation.field.map { fields.has($0) ? fields.keyPlace(of: $0) : specPlace } ?? specPlace
            findings.add(violation, at: place)
        }
        reportIdle(partner, fields)
        let names = partner.displayNames(slug: metadata.name)
        let sample = fields.entries.first { $0.key == Evidence.key }.flatMap { Evidence.certificate($0, findings) }
        var connectors = [
            partner.outbound.map { expand($0, .outboundConnector, names.outbound, fields, specPlace) },
            partner.inbound.map { expand($0, .inboundConnector, names.inbound, fields, specPlace) },
        ].compactMap(\.self)
        for index in connectors.indices where connectors[index].kind == .inboundConnector {
            connectors[index].evidenceCertificate = sample
        }
        if findings.errors == errors, spec.suspects.isEmpty {
            for connector in connectors { ask(connector, partner, fields, specPlace) }
        }
        return connectors
    }

    /// What a spec says, with what it leaves out as it then is.
    static func partner(_ spec: SpecReader) -> ForcedTLSPartner {
        ForcedTLSPartner(
            name: spec.text("name"),
            comment: spec.text("comment"),
            domains: spec.list("domains"),
            trust: spec.word("trust", as: ForcedTLSPartner.Trust.self) ?? .encryptionOnly,
            tlsDomain: spec.text("tlsDomain"),
            smartHosts: spec.list("smartHosts"),
            testRecipients: spec.list("testRecipients"),
            certificateName: spec.text("certificateName"),
            senderIPAddresses: spec.list("senderIPAddresses"),
            direction: spec.word("direction", as: ForcedTLSPartner.Direction.self) ?? .both,
            transportRuleScoped: spec.flag("transportRuleScoped") ?? false,
            enabled: spec.flag("enabled") ?? true
        )
    }

    /// Whether a rule complains of the absence of what was given and could not be taken.
    private func isDoubtful(_ violation: Violation, _ partner: ForcedTLSPartner, _ spec: SpecReader) -> Bool {
        let touched: Set<String> =
            switch violation.rule {
            case "partner-without-domains": ["domains"]
            case "partner-tls-domain": ["trust", "tlsDomain"]
            case "partner-unbound": ["certificateName", "senderIPAddresses", "direction"]
            default: []
            }
        if violation.rule == "partner-without-domains", !spec.spec.has("domains") { return true }
        if violation.rule == "partner-unbound", partner.domains.isEmpty { return true }
        if violation.field == "trust" || violation.field == "tlsDomain", !spec.spec.has("trust") { return true }
        return !touched.isDisjoint(with: spec.suspects)
    }

    /// What is said about a direction that is not taken has no effect, and its author should know.
    private func reportIdle(_ partner: ForcedTLSPartner, _ fields: YAMLFields) {
        let idle: [String]
        switch partner.direction {
        case .both: idle = []
        case .outbound: idle = ["certificateName", "senderIPAddresses", Evidence.key]
        case .inbound: idle = ["trust", "tlsDomain", "smartHosts", "testRecipients", "transportRuleScoped"]
        }
        for key in idle where fields.has(key) {
            findings.add(
                "partner-idle-field",
                .warning,
                at: fields.keyPlace(of: key),
                "\(key) has no effect with direction: \(partner.direction.rawValue)",
                remedy: "Remove it, or set direction: both."
            )
        }
    }

    private func expand(
        _ fields: [(field: String, value: FieldValue, from: String)],
        _ kind: ConnectorKind,
        _ displayName: String,
        _ spec: YAMLFields,
        _ specPlace: YAMLPlace
    ) -> DesiredConnector {
        var settings: Settings = [:]
        var sources = FieldPlaces(of: findings.source, capacity: fields.count)
        for (field, value, from) in fields {
            settings[field] = value
            let place = spec.has(from) ? spec.keyPlace(of: from) : specPlace
            sources[field] = place.position(in: findings.source)
        }
        return DesiredConnector(
            key: ConnectorKey(kind: kind, name: metadata.name),
            displayName: displayName,
            settings: settings,
            labels: metadata.labels,
            annotations: metadata.annotations,
            source: source,
            fieldSources: sources
        )
    }

    /// Asks Exchange's rules of a connector, and points at what in this document it comes from.
    private func ask(
        _ connector: DesiredConnector,
        _ partner: ForcedTLSPartner,
        _ spec: YAMLFields,
        _ specPlace: YAMLPlace
    ) {
        let origins = (connector.kind == .outboundConnector ? partner.outbound : partner.inbound) ?? []
        let violations = ExchangeRules.violations(
            connector.kind,
            displayName: connector.displayName,
            settings: connector.settings.overDefaults(of: connector.kind)
        )
        for violation in violations {
            let place: YAMLPlace
            if violation.field == "name" {
                place = spec.has("name") ? spec.keyPlace(of: "name") : metadata.namePlace
            } else if let from = origins.first(where: { $0.field == violation.field })?.from, spec.has(from) {
                place = spec.keyPlace(of: from)
            } else {
                place = specPlace
            }
            findings.add(violation, at: place)
        }
    }
}
