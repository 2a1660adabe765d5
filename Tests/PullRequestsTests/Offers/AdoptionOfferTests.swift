import Connectors
import Definitions
import Foundation
import Planning
import PullRequests
import Reports
import TestSupport
import Testing

/// From connectors without a definition to their files.
struct AdoptionOfferTests {
    private static func object(
        _ name: String,
        _ settings: Settings,
        kind: ConnectorKind = .inboundConnector,
        origin: ObservedConnector.Origin = .standard
    ) -> ObservedConnector {
        ObservedConnector(
            kind: kind,
            guid: "guid-of-\(name)".lowercased(),
            displayName: name,
            settings: settings.overDefaults(of: kind),
            origin: origin
        )
    }

    private static let scanner = object(
        "Scanners",
        ["connectorType": "OnPremises", "senderDomains": ["*"], "senderIPAddresses": ["203.0.113.200"]]
    )
    private static let twin = object(
        "Fabrikam",
        [
            "senderDomains": ["fabrikam.ch"], "requireTls": true, "tlsSenderCertificateName": "mail.fabrikam.ch",
            "restrictDomainsToCertificate": true,
        ]
    )
    private static let wizard = object("Inbound from 6f1d0c9e", ["senderDomains": ["*"]], origin: .hybridWizard)

    private func bed(_ objects: [ObservedConnector]) -> (DriftBed, OfferDraft<AdoptionOfferText.Left>) {
        var bed = DriftBed([
            "fabrikam.yaml": OfferExample.fabrikam, "inboundconnector-scanners.yaml": OfferExample.northwind,
        ])
        bed.observed.connectors += objects
        let draft = AdoptionOffer(
            place: bed.place,
            observed: bed.observed,
            unmanaged: bed.plan.unmanaged,
            files: bed.files,
            now: .fixture
        ).draft()
        return (bed, draft)
    }

    @Test func `each gets a file under a name and a path that are free, and the words tell the risk`() throws {
        let (_, draft) = bed([Self.scanner, Self.twin, Self.wizard])
        let offer = try #require(draft.offer)
        #expect(
            offer.files.map(\.path) == [
                "tenants/contoso/inboundconnector-fabrikam-2.yaml", "tenants/contoso/inboundconnector-scanners-2.yaml",
            ]
        )
        #expect(draft.left.map(\.displayName) == ["Inbound from 6f1d0c9e"])
        try expectGolden(
            "Title: \(offer.title)\n\n\(offer.body)\n\n=== commit ===\n\(offer.commitMessage)",
            "adoption.md"
        )
    }

    @Test func `merged, they are managed as they are, and nothing is written`() throws {
        var (bed, draft) = self.bed([Self.scanner, Self.twin])
        bed.merge(try #require(draft.offer))
        let plan = bed.plan
        #expect(plan.changes == [])
        #expect(plan.unmanaged == [])
        #expect(plan.guards == [])
    }

    @Test func `what would compete with a definition is left, with the reason`() throws {
        let rival = Self.object(
            "Rival",
            [
                "senderDomains": ["fabrikam.com"], "requireTls": true, "tlsSenderCertificateName": "mail.fabrikam.com",
                "restrictDomainsToCertificate": true,
            ]
        )
        let (_, draft) = bed([rival])
        #expect(draft.offer == nil)
        #expect(draft.left.map(\.displayName) == ["Rival"])
        #expect(draft.left.first?.reason.isEmpty == false)
    }

    @Test func `nothing unmanaged is nothing to offer`() {
        #expect(bed([]).1 == OfferDraft(offer: nil, left: []))
    }
}
