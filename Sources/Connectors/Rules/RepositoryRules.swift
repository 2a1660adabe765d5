/// A rule that two or more documents break together.
package struct RepositoryViolation: Hashable, Sendable {
    package let violation: Violation
    /// The document to point at.
    package let connector: ConnectorKey
    package let position: SourcePosition
    /// The other place, where there is one.
    package let other: SourcePosition?
}

/// Rules over all definitions of one tenant: who competes with whom, and who points at what is not there.
package enum RepositoryRules {
    /// All violations, in the order of the places that they point at.
    package static func violations(_ connectors: [DesiredConnector]) -> [RepositoryViolation] {
        (duplicateKeys(connectors) + duplicateNames(connectors) + competingDomains(connectors) + references(connectors)
            + centralizedRouting(connectors))
            .sorted { ($0.position, $0.violation.rule) < ($1.position, $1.violation.rule) }
    }

    private static func duplicateKeys(_ connectors: [DesiredConnector]) -> [RepositoryViolation] {
        var first = FirstOf<ConnectorKey>(connectors)
        return connectors.indices.compactMap { index in
            let connector = connectors[index]
            guard let earlier = first.earlier(connector.key, than: index) else { return nil }
            return RepositoryViolation(
                violation: Violation(
                    "duplicate-identity",
                    field: nil,
                    "\(connector.key) is defined twice, first at \(earlier.source): which of the two holds is unclear",
                    remedy: "Remove one, or give it another metadata.name."
                ),
                connector: connector.key,
                position: connector.source,
                other: earlier.source
            )
        }
    }

    /// Exchange compares names without regard to case, per kind.
    private static func duplicateNames(_ connectors: [DesiredConnector]) -> [RepositoryViolation] {
        var first = FirstOf<String>(connectors)
        return connectors.indices.compactMap { index in
            let connector = connectors[index]
            let id = connector.kind.rawValue + " " + connector.displayName.lowercased()
            guard let earlier = first.earlier(id, than: index), earlier.key != connector.key else { return nil }
            return RepositoryViolation(
                violation: Violation(
                    "duplicate-name",
                    field: "name",
                    "\"\(connector.displayName.escapingControls)\" is also the name of \(earlier.key), at \(earlier.source), and Exchange allows a name once",
                    remedy: "Give one of them another spec.name."
                ),
                connector: connector.key,
                position: connector.fieldSources["name"] ?? connector.source,
                other: earlier.source
            )
        }
    }

    private static func competingDomains(_ connectors: [DesiredConnector]) -> [RepositoryViolation] {
        var first = FirstOf<String>(connectors)
        var found: [RepositoryViolation] = []
        for (index, connector) in connectors.enumerated() where isInUse(connector) {
            guard let field = competitionField(of: connector) else { continue }
            let type = connector.settings["connectorType"].map { Field.connectorType.normal($0) }
            let lane = connector.kind.rawValue + " " + (type?.description ?? "Partner") + " "
            for domain in connector.settings.words(field).map(Term.domainPattern.normal) {
                guard let earlier = first.earlier(lane + domain, than: index), earlier.key != connector.key else {
                    continue
                }
                found.append(
                    RepositoryViolation(
                        violation: Violation(
                            "competing-connectors",
                            field: field,
                            "\"\(domain)\" is also claimed by \(earlier.key), at \(earlier.source); which of the two Exchange chooses is not defined",
                            remedy: "Leave the domain in one of them, or disable the other."
                        ),
                        connector: connector.key,
                        position: connector.fieldSources[field] ?? connector.source,
                        other: earlier.source
                    )
                )
            }
        }
        return found
    }

    private static func isInUse(_ connector: DesiredConnector) -> Bool {
        connector.settings["enabled"] != .boolean(false) && !connector.settings.flag("testMode")
    }

    /// All mail through one's own servers needs a way back in; the tenant may have one that git does not know of.
    ///
    /// Source: the rules of the connector classes that the on-premises product shares with the service.
    private static func centralizedRouting(_ connectors: [DesiredConnector]) -> [RepositoryViolation] {
        let hasInbound = connectors.contains { connector in
            connector.kind == .inboundConnector && isInUse(connector)
                && connector.settings.word("connectorType")?.asciiLowercased == "onpremises"
        }
        guard !hasInbound else { return [] }
        return connectors.filter { $0.kind == .outboundConnector && $0.settings.flag("routeAllMessagesViaOnPremises") }
            .map { connector in
                RepositoryViolation(
                    violation: Violation(
                        "outbound-route-all-without-inbound",
                        severity: .warning,
                        field: "routeAllMessagesViaOnPremises",
                        "all mail goes through your own servers, and no enabled OnPremises InboundConnector here lets it back in",
                        remedy: "Define that InboundConnector too, unless the tenant has one that is not managed here."
                    ),
                    connector: connector.key,
                    position: connector.fieldSources["routeAllMessagesViaOnPremises"] ?? connector.source,
                    other: nil
                )
            }
    }

    private static func competitionField(of connector: DesiredConnector) -> String? {
        switch connector.kind {
        case .outboundConnector: "recipientDomains"
        case .inboundConnector where connector.settings["connectorType"].map(Field.connectorType.normal) != "OnPremises":
            "senderDomains"
        case .inboundConnector, .transportRule: nil
        }
    }

    private static func references(_ connectors: [DesiredConnector]) -> [RepositoryViolation] {
        var used: Set<String> = []
        var found: [RepositoryViolation] = []
        let outbound = OutboundReferences(connectors)
        for rule in connectors where rule.kind == .transportRule {
            guard let reference = rule.settings.word("routeMessageOutboundConnector") else { continue }
            guard let target = outbound.target(of: reference) else {
                found.append(unknownTarget(reference, of: rule))
                continue
            }
            used.insert(target.key.name)
            if let problem = unusableTarget(target, of: rule) { found.append(problem) }
        }
        for connector in connectors
        where connector.kind == .outboundConnector && connector.settings.flag("isTransportRuleScoped")
            && !used.contains(connector.key.name)
        {
            found.append(
                RepositoryViolation(
                    violation: Violation(
                        "scoped-without-rule",
                        severity: .warning,
                        field: "isTransportRuleScoped",
                        "only a transport rule leads mail to this connector, and none of these definitions does",
                        remedy: "Write a TransportRule with routeMessageOutboundConnector: \(connector.key.name)."
                    ),
                    connector: connector.key,
                    position: connector.fieldSources["isTransportRuleScoped"] ?? connector.source,
                    other: nil
                )
            )
        }
        return found
    }

    private static func unknownTarget(_ reference: String, of rule: DesiredConnector) -> RepositoryViolation {
        RepositoryViolation(
            violation: Violation(
                "rule-target-missing",
                field: "routeMessageOutboundConnector",
                "no OutboundConnector here is called \"\(reference.escapingControls)\", so the rule would lead mail nowhere",
                remedy: "Write its metadata.name, or define the connector in this folder."
            ),
            connector: rule.key,
            position: rule.fieldSources["routeMessageOutboundConnector"] ?? rule.source,
            other: nil
        )
    }

    private static func unusableTarget(_ target: DesiredConnector, of rule: DesiredConnector) -> RepositoryViolation? {
        let isEnabled = rule.settings["enabled"] != .boolean(false)
        let problem: (reason: String, remedy: String)?
        if !target.settings.flag("isTransportRuleScoped") {
            problem = (
                "is not scoped to transport rules", "Set isTransportRuleScoped: true there, without recipientDomains."
            )
        } else if isEnabled && target.settings["enabled"] == .boolean(false) {
            problem = ("is disabled", "Enable it, or disable the rule too.")
        } else {
            problem = nil
        }
        guard let problem else { return nil }
        return RepositoryViolation(
            violation: Violation(
                "rule-target-unusable",
                field: "routeMessageOutboundConnector",
                "the rule leads mail to \(target.key), at \(target.source), which \(problem.reason)",
                remedy: problem.remedy
            ),
            connector: rule.key,
            position: rule.fieldSources["routeMessageOutboundConnector"] ?? rule.source,
            other: target.source
        )
    }
}

extension Field {
    fileprivate static let connectorType = Field(
        "connectorType",
        "ConnectorType",
        .choice(["Partner", "OnPremises"], allowsNone: false),
        default: "Partner",
        ""
    )
}

/// Which connector had an identity first; it holds places in the list, as copies of connectors cost.
private struct FirstOf<ID: Hashable> {
    private let connectors: [DesiredConnector]
    private var places: [ID: Int] = [:]

    init(_ connectors: [DesiredConnector]) {
        self.connectors = connectors
        places.reserveCapacity(connectors.count)
    }

    /// The connector that had the identity before; `nil`, and from now on this one, where none had.
    mutating func earlier(_ id: ID, than place: Int) -> DesiredConnector? {
        if let earlier = places[id] { return connectors[earlier] }
        places[id] = place
        return nil
    }
}
