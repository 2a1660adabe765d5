import Connectors
import FoundationEssentials
import Planning
import TestSupport

let now = Date(timeIntervalSince1970: 1_795_000_000)  // 2026-11-18T11:06:40Z
let revision = String(repeating: "a", count: 40)

extension DesiredConnector {
    /// A valid definition; a test states only what it is about.
    static func outbound(
        _ slug: String = "fabrikam",
        name: String? = nil,
        _ settings: Settings = [:],
        annotations: [String: String] = [:]
    ) -> DesiredConnector {
        var all: Settings = ["recipientDomains": ["fabrikam.com"], "tlsSettings": "CertificateValidation"]
        for (field, value) in settings { all[field] = value }
        return make(.outboundConnector, slug, name ?? slug, all, annotations)
    }

    static func inbound(
        _ slug: String = "fabrikam",
        name: String? = nil,
        _ settings: Settings = [:],
        annotations: [String: String] = [:]
    ) -> DesiredConnector {
        var all: Settings = [
            "senderDomains": ["fabrikam.com"], "requireTls": true, "restrictDomainsToCertificate": true,
            "tlsSenderCertificateName": "mail.fabrikam.com",
        ]
        for (field, value) in settings { all[field] = value }
        return make(.inboundConnector, slug, name ?? slug, all, annotations)
    }

    static func rule(_ slug: String = "courts", name: String? = nil, _ settings: Settings = [:]) -> DesiredConnector {
        var all: Settings = ["recipientDomainIs": ["court.example"], "routeMessageOutboundRequireTls": true]
        for (field, value) in settings { all[field] = value }
        return make(.transportRule, slug, name ?? slug, all, [:])
    }

    static func outbound(_ settings: Settings) -> DesiredConnector { outbound("fabrikam", settings) }
    static func inbound(_ settings: Settings) -> DesiredConnector { inbound("fabrikam", settings) }
    static func rule(_ settings: Settings) -> DesiredConnector { rule("courts", settings) }

    private static func make(
        _ kind: ConnectorKind,
        _ slug: String,
        _ name: String,
        _ settings: Settings,
        _ annotations: [String: String]
    ) -> DesiredConnector {
        DesiredConnector(
            key: ConnectorKey(kind: kind, name: slug),
            displayName: name,
            settings: settings,
            annotations: annotations,
            source: SourcePosition(file: "\(slug).yaml", line: 3, column: 1)
        )
    }

    func annotated(_ annotations: [String: String]) -> DesiredConnector {
        var copy = self
        copy.annotations.merge(annotations) { _, new in new }
        return copy
    }

    /// The definition without some fields.
    func without(_ fields: String...) -> DesiredConnector {
        var copy = self
        for field in fields { copy.settings[field] = nil }
        return copy
    }

    /// The object as the tenant shows it once the definition is applied, with some fields set by another hand.
    func observed(_ edits: Settings = [:], guid: String? = nil, name: String? = nil) -> ObservedConnector {
        ObservedConnector(
            kind: kind,
            guid: guid ?? "guid-of-\(kind)-\(key.name)".lowercased(),
            displayName: name ?? displayName,
            settings: settings.overDefaults(of: kind).merging(edits) { _, new in new }
        )
    }

    /// What is remembered once the definition is applied.
    func applied(guid: String? = nil) -> AppliedConnector {
        AppliedConnector(
            key: key,
            guid: guid ?? observed().guid,
            displayName: displayName,
            settings: settings,
            isKept: annotations[Annotation.prune] == "disabled",
            acceptedRisk: annotations[Annotation.acceptRisk],
            revision: revision,
            run: "run-0",
            at: now
        )
    }
}

let approved = [Annotation.acceptRisk: "agreed with the partner"]

/// A plan of these, all else being usual.
func planned(
    _ desired: [DesiredConnector],
    _ observed: [ObservedConnector] = [],
    _ applied: [AppliedConnector] = [],
    policy: TenantPolicy = TenantPolicy(),
    accepted: [AcceptedDrift] = [],
    quarantine: Quarantine? = nil,
    revision: String = revision,
    at instant: Date = now,
    guards: [Guard] = []
) -> Plan {
    Planner.plan(
        PlanInput(
            tenant: "contoso",
            revision: revision,
            desired: DesiredTenant(connectors: desired, acceptedDrifts: accepted),
            observed: ObservedTenant(connectors: observed, readAt: instant),
            applied: AppliedTenant(connectors: applied),
            policy: policy,
            quarantine: quarantine,
            now: instant,
            guards: guards
        )
    )
}

extension Change {
    /// Action, key, cause and paths, as in `update OutboundConnector/fabrikam git tlsSettings tlsDomain`.
    var outline: String {
        (["\(action)", "\(key)", "\(cause)"] + fields.map(\.path)).joined(separator: " ")
    }
}

extension Plan {
    var outline: [String] { changes.map(\.outline) }
    var guardIDs: [String] { guards.map(\.id) }
    var riskIDs: [String] { changes.flatMap(\.risks).map { "\($0.id) \($0.level)" } }
}

extension SeededRandom {
    /// Random numbers of one case of a table.
    init(_ number: Int) { self.init(seed: UInt64(truncatingIfNeeded: number) &* 0x9E37_79B9_7F4A_7C15 &+ 1) }
}
