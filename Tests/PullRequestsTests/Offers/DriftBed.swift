import Connectors
import Definitions
import Forges
import Foundation
import Planning
import PullRequests
import Reports

/// A tenant that is as git says, until something changes it by hand.
struct DriftBed {
    var files: [DefinitionFile]
    var applied: AppliedTenant
    var observed: ObservedTenant
    /// By connector, who changed it and when.
    var authors: [ConnectorKey: (String, Date)] = [:]
    /// By connector and field, where the audit log names the field.
    var fieldChanges: [ConnectorKey: [String: AttributedDrift.Change]] = [:]
    var place: OfferPlace
    var policy = TenantPolicy.Drift.propose
    var scope: DefinitionScope

    init(
        _ files: [String: String],
        limits: OfferText.Limits = OfferText.Limits(body: 65_536, comment: 65_536),
        scope: DefinitionScope = DefinitionScope()
    ) {
        self.scope = scope
        self.files = files.sorted { $0.key < $1.key }.map { DefinitionFile(path: $0.key, bytes: Array($0.value.utf8)) }
        let desired = DefinitionReader.read(self.files, now: .fixture, scope: scope).desired
        applied = AppliedTenant()
        observed = ObservedTenant(connectors: [], readAt: .fixture)
        place = OfferPlace(
            tenant: "contoso",
            source: "mail-flow",
            folder: "tenants/contoso",
            base: CommitID(digit: "1"),
            instance: "mitregate",
            limits: limits
        )
        for connector in desired.connectors {
            let guid = "guid-of-\(connector.key)".lowercased()
            applied.connectors.append(
                AppliedConnector(
                    key: connector.key,
                    guid: guid,
                    displayName: connector.displayName,
                    settings: connector.settings,
                    revision: "r",
                    run: "01",
                    at: .fixture
                )
            )
            observed.connectors.append(
                ObservedConnector(
                    kind: connector.kind,
                    guid: guid,
                    displayName: connector.displayName,
                    settings: connector.settings.overDefaults(of: connector.kind)
                )
            )
        }
        applied.revision = "r"
    }

    /// Someone changes a connector in the tenant.
    mutating func change(
        _ key: ConnectorKey,
        _ settings: Settings,
        name: String? = nil,
        by author: String? = "eve@contoso.com"
    ) {
        let guid = "guid-of-\(key)".lowercased()
        guard let index = observed.connectors.firstIndex(where: { $0.guid == guid }) else { return }
        for (field, value) in settings { observed.connectors[index].settings[field] = value }
        if let name { observed.connectors[index].displayName = name }
        authors[key] = author.map { ($0, .fixture.after(300)) }
    }

    mutating func delete(_ key: ConnectorKey) {
        observed.connectors.removeAll { $0.guid == "guid-of-\(key)".lowercased() }
    }

    var drift: [AttributedDrift] {
        DriftComparison.items(
            applied: applied,
            observed: observed,
            acceptedDrifts: desired.acceptedDrifts,
            now: .fixture
        ).map { item in
            AttributedDrift(
                item: item,
                changedBy: authors[item.key]?.0,
                changedAt: authors[item.key]?.1,
                fieldChanges: fieldChanges[item.key] ?? [:]
            )
        }
    }

    var desired: DesiredTenant { DefinitionReader.read(files, now: .fixture, scope: scope).desired }

    func draft() -> OfferDraft<OfferText.Left> {
        DriftOffer(
            place: place,
            applied: applied,
            drift: drift,
            files: files,
            policy: policy,
            scope: scope,
            now: .fixture
        ).draft()
    }

    /// The files once the offer is merged.
    mutating func merge(_ offer: ChangeOffer) {
        for file in offer.files {
            let path = String(file.path.dropFirst("tenants/contoso/".count))
            files.removeAll { $0.path == path }
            if let content = file.content { files.append(DefinitionFile(path: path, bytes: content)) }
        }
        files.sort { $0.path < $1.path }
    }

    /// What applying git would do now.
    var plan: Plan {
        Planner.plan(
            PlanInput(
                tenant: "contoso",
                revision: String(repeating: "c", count: 40),
                desired: desired,
                observed: observed,
                applied: applied,
                now: .fixture
            )
        )
    }

    func text(_ path: String) -> String? {
        files.first { $0.path == path }.map { String(decoding: $0.bytes, as: UTF8.self) }
    }
}

extension ConnectorKey {
    static let fromFabrikam = ConnectorKey(kind: .inboundConnector, name: "fabrikam")
    static let toFabrikam = ConnectorKey(kind: .outboundConnector, name: "fabrikam")
    static let toNorthwind = ConnectorKey(kind: .outboundConnector, name: "northwind")
}

enum OfferExample {
    static let fabrikam = """
        # Fabrikam: asked for by legal, 2024-03
        apiVersion: mitregate.dev/v1
        kind: InboundConnector
        metadata:
          name: fabrikam
        spec:
          name: From Fabrikam
          enabled: true
          connectorType: Partner
          senderDomains: [fabrikam.com]
          requireTls: true   # never without
          restrictDomainsToCertificate: true
          tlsSenderCertificateName: mail.fabrikam.com

        """

    static let northwind = """
        apiVersion: mitregate.dev/v1
        kind: OutboundConnector
        metadata:
          name: northwind
        spec:
          name: To Northwind
          enabled: true
          connectorType: Partner
          recipientDomains:
            - northwindtraders.com
          useMXRecord: false
          smartHosts:
            # the old relay
            - mx1.northwindtraders.com
            - mx2.northwindtraders.com
          tlsSettings: CertificateValidation

        """

    static let partner = """
        apiVersion: mitregate.dev/v1
        kind: ForcedTLSPartner
        metadata:
          name: tailspin
        spec:
          domains: [tailspintoys.com]
          trust: certificate-validation
          certificateName: mail.tailspintoys.com

        """
}
