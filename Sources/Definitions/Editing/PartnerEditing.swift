import Connectors
import YAML

/// A `ForcedTLSPartner` says several fields of two connectors in one: what maps back exactly is edited, and the rest is not.
extension DocumentEditing {
    /// What two connectors say, by kind and field.
    private typealias Values = [ConnectorKind: [String: FieldValue]]

    mutating func fulfil(
        _ wishes: [DefinitionWish],
        for old: ForcedTLSPartner
    ) throws(YAMLEditRefusal) -> [UnmetWish] {
        var partner = old
        let removed = Set(wishes.filter { $0.change == .removal }.map(\.key.kind))
        let kinds = Set(partner.kinds)
        if !removed.isEmpty, removed.isSuperset(of: kinds) {
            try removeDocument()
            return []
        }
        if !removed.isEmpty { partner.direction = removed.contains(.inboundConnector) ? .outbound : .inbound }
        let slug = wishes.first?.key.name ?? ""
        var wanted: Values = [:]
        for wish in wishes {
            if case .fields(let values) = wish.change { wanted[wish.key.kind] = values }
        }
        var unmet: [UnmetWish] = []
        for group in PartnerGroup.allCases {
            let fields = group.fields.filter { wanted[$0.kind]?[$0.name] != nil }
            guard !fields.isEmpty else { continue }
            var changed = partner
            let target = group.target(wanted, partner)
            if group.take(target, into: &changed), group.target([:], changed) == target {
                partner = changed
            } else {
                unmet += fields.map {
                    UnmetWish(
                        ConnectorKey(kind: $0.kind, name: slug),
                        field: $0.name,
                        reason: group.refusal,
                        position: source
                    )
                }
            }
        }
        let known = Set(PartnerGroup.allCases.flatMap(\.fields))
        for (kind, values) in wanted {
            for name in values.keys where !known.contains(PartnerGroup.Place(kind: kind, name: name)) {
                let reason =
                    name == SpecFields.displayName.name
                    ? "a ForcedTLSPartner names its connectors itself"
                    : "a ForcedTLSPartner always says the same of it"
                unmet.append(
                    UnmetWish(ConnectorKey(kind: kind, name: slug), field: name, reason: reason, position: source)
                )
            }
        }
        try write(partner, over: old)
        return unmet.sorted { ($0.key, $0.field ?? "") < ($1.key, $1.field ?? "") }
    }

    /// Writes what differs; what a partner needs not say is taken out rather than written as nothing.
    private mutating func write(_ new: ForcedTLSPartner, over former: ForcedTLSPartner) throws(YAMLEditRefusal) {
        let spec = YAMLPath(document: index, keys: "spec")
        let order = SpecFields.forcedTLSPartner.map(\.name)
        let old = former.fields
        for field in SpecFields.forcedTLSPartner {
            guard let value = new.fields[field.name], let former = old[field.name], !field.isSame(value, former) else {
                continue
            }
            if field.isNone(value), editor.keys(at: spec).contains(field.name) {
                try editor.remove(spec.key(field.name))
            } else {
                try put(field.name, field.asWritten(value, over: former), in: spec, order: order)
            }
        }
        guard let written = editor.partner(in: index), written.isSame(as: new) else {
            throw YAMLEditRefusal(.unfaithful, at: source)
        }
    }
}

/// Fields of the two connectors that hang together, as one or two fields of the document say them all.
private enum PartnerGroup: CaseIterable {
    case enabled
    case domains
    case smartHosts
    case trust
    case testRecipients
    case origin
    case comment

    struct Place: Hashable {
        let kind: ConnectorKind
        let name: String
    }

    var fields: [Place] {
        switch self {
        case .enabled: [out("enabled"), into("enabled")]
        case .domains: [out("recipientDomains"), out("isTransportRuleScoped"), into("senderDomains")]
        case .smartHosts: [out("smartHosts"), out("useMXRecord")]
        case .trust: [out("tlsSettings"), out("tlsDomain")]
        case .testRecipients: [out("validationRecipients")]
        case .origin:
            [
                into("tlsSenderCertificateName"), into("restrictDomainsToCertificate"), into("senderIPAddresses"),
                into("restrictDomainsToIPAddresses"),
            ]
        case .comment: [out("comment"), into("comment")]
        }
    }

    private func out(_ name: String) -> Place { Place(kind: .outboundConnector, name: name) }
    private func into(_ name: String) -> Place { Place(kind: .inboundConnector, name: name) }

    /// What the fields of the group are to be, in normal form, for the connectors that there are.
    func target(_ wanted: [ConnectorKind: [String: FieldValue]], _ partner: ForcedTLSPartner) -> [Place: FieldValue] {
        var values: [Place: FieldValue] = [:]
        for (kind, fields) in [
            (ConnectorKind.outboundConnector, partner.outbound), (.inboundConnector, partner.inbound),
        ] {
            for (name, value, _) in fields ?? [] {
                let place = Place(kind: kind, name: name)
                guard self.fields.contains(place), let field = kind.field(name) else { continue }
                values[place] = field.normal(wanted[kind]?[name] ?? value)
            }
        }
        return values
    }

    /// Makes a partner say what is wished.
    ///
    /// - Returns: False where it has no word for it.
    func take(_ target: [Place: FieldValue], into partner: inout ForcedTLSPartner) -> Bool {
        switch self {
        case .enabled:
            guard case .boolean(let flag)? = target[into("enabled")] ?? target[out("enabled")] else { return false }
            partner.enabled = flag
        case .domains:
            partner.transportRuleScoped = target[out("isTransportRuleScoped")] == .boolean(true)
            let domains = target[into("senderDomains")] ?? target[out("recipientDomains")]
            if let domains, !(partner.transportRuleScoped && domains.strings.isEmpty) {
                partner.domains = domains.strings
            }
        case .smartHosts: partner.smartHosts = target[out("smartHosts")]?.strings ?? []
        case .trust:
            let word = target[out("tlsSettings")]?.strings.first
            guard let trust = ForcedTLSPartner.Trust.allCases.first(where: { $0.tlsSettings == word }) else {
                return false
            }
            partner.trust = trust
            partner.tlsDomain = target[out("tlsDomain")]?.strings.first
            // What another level leaves behind means nothing, and the document may not say it.
            guard trust == .domainValidation || partner.tlsDomain == nil else { return false }
            guard trust != .domainValidation || partner.tlsDomain != nil else { return false }
        case .testRecipients: partner.testRecipients = target[out("validationRecipients")]?.strings ?? []
        case .origin:
            partner.certificateName = target[into("tlsSenderCertificateName")]?.strings.first
            partner.senderIPAddresses = target[into("senderIPAddresses")]?.strings ?? []
            guard partner.certificateName == nil || partner.senderIPAddresses.isEmpty else { return false }
        case .comment: partner.comment = (target[out("comment")] ?? target[into("comment")])?.strings.first
        }
        return true
    }

    var refusal: String {
        switch self {
        case .enabled, .domains, .comment:
            "a ForcedTLSPartner says it once for both of its connectors, and they differ in it now"
        case .smartHosts: "a ForcedTLSPartner uses the MX exactly where it names no smart hosts"
        case .trust: "a ForcedTLSPartner has no word for this level of TLS with this name"
        case .testRecipients: "a ForcedTLSPartner has no word for it"
        case .origin: "a ForcedTLSPartner ties the partner's mail to the certificate or to the addresses that it names"
        }
    }
}

extension ForcedTLSPartner {
    /// The connectors that it stands for.
    fileprivate var kinds: [ConnectorKind] {
        switch direction {
        case .both: [.outboundConnector, .inboundConnector]
        case .outbound: [.outboundConnector]
        case .inbound: [.inboundConnector]
        }
    }

    /// Its fields as a document has them.
    fileprivate var fields: [String: FieldValue] {
        [
            "name": name.map(FieldValue.text) ?? .none,
            "comment": comment.map(FieldValue.text) ?? .none,
            "domains": .list(domains),
            "trust": .text(trust.rawValue),
            "tlsDomain": tlsDomain.map(FieldValue.text) ?? .none,
            "smartHosts": .list(smartHosts),
            "testRecipients": .list(testRecipients),
            "certificateName": certificateName.map(FieldValue.text) ?? .none,
            "senderIPAddresses": .list(senderIPAddresses),
            "direction": .text(direction.rawValue),
            "transportRuleScoped": .boolean(transportRuleScoped),
            "enabled": .boolean(enabled),
        ]
    }

    fileprivate func isSame(as other: ForcedTLSPartner) -> Bool {
        SpecFields.forcedTLSPartner.allSatisfy { field in
            guard let own = fields[field.name], let its = other.fields[field.name] else { return false }
            return field.isSame(own, its)
        }
    }
}
