import Connectors
import Foundation
import Planning
import Reports
import Testing

/// Strangers' strings in everything else that is written to requests: what stands in a plan's place, and requests of our own.
extension RenderedCommentTests {
    @Test(arguments: strings)
    func `no string of a stranger comes alive in what stands in a plan's place`(text: String) async throws {
        let plan = PlanComment.hostile(text)
        guard case .plans(let tenants) = plan.content else { return }
        let ahead = tenants.map { tenant in
            var tenant = tenant
            tenant.ahead = .init(run: text, by: text, at: .fixture, isOfOtherHead: true)
            return tenant
        }
        let contents: [PlanComment.Content] = [
            .conflict(files: [text, "tenants/\(text)"]), .failed(reason: text), .plans(ahead),
            .plans(Array(ahead.prefix(1))),
        ]
        for content in contents {
            var comment = plan
            comment.content = content
            comment.tenant = text
            try await expectInert(comment.text().text, strangers: text)
        }
        let overtaken = PlanComment.overtaken(
            plan.text().text,
            key: PlanComment.key(instance: text, tenant: text),
            shown: text,
            merged: text
        )
        #expect(overtaken.contains("not what was merged"))
        try await expectInert(overtaken, strangers: text)
    }

    @Test(arguments: strings)
    func `no string of a stranger comes alive in a request of our own, or in its evidence`(text: String) async throws {
        for offer in OfferText.hostile(text) {
            try await expectInert(offer.body, strangers: text)
            if let comment = offer.comment { try await expectInert(comment, strangers: text) }
        }
        #expect(OfferText.hostile(text).count { $0.comment != nil } >= 2, "evidence, and what found no room")
        for end in [OfferText.End.drift, .revert, .adoption] {
            try await expectInert(OfferText.ended(end, tenant: text), strangers: text)
        }
    }
}

extension OfferText {
    /// Requests of ours in which everything that a repository, a tenant or a mail server chooses is one string.
    static func hostile(_ text: String) -> [OfferText] {
        let roomy = Limits(body: 65_536, comment: 65_536)
        let key = ConnectorKey(kind: .inboundConnector, name: text)
        let place = SourcePosition(file: text, line: 3, column: 1)
        let risks = [Risk(id: text, level: .high, message: text)]
        let left = Left(connector: key, field: text, reason: text, place: place)
        func drift(_ form: DriftItem.Form, _ count: Int) -> DriftOfferText {
            let item = DriftItem(
                form: form,
                kind: .inboundConnector,
                name: text,
                displayName: text,
                fields: [.init(path: text, applied: .text(text), observed: .list([text, "b"]))],
                accepted: false,
                effect: [text],
                risks: risks
            )
            let author = AttributedDrift(
                item: item,
                changedBy: text,
                changedAt: .fixture,
                fieldChanges: [text: .init(by: text, at: .fixture)]
            )
            let entry = DriftOfferText.Entry(drift: author, fields: [text, "other"], place: place)
            return DriftOfferText(
                instance: text,
                tenant: text,
                branch: text,
                entries: Array(repeating: entry, count: count),
                left: [left],
                removedComments: [text],
                policy: .report
            )
        }
        let revert = RevertOfferText(
            instance: text,
            tenant: text,
            branch: text,
            quarantine: Quarantine(tenant: text, revision: text, run: text, reason: text, since: .fixture),
            entries: [.init(path: text, form: .restored), .init(path: text, form: .merged)],
            left: [.init(path: text, reason: text)],
            evidence: [text, "a \(text) b"]
        )
        let adoption = AdoptionOfferText(
            instance: text,
            tenant: text,
            branch: text,
            entries: [.init(key: key, displayName: text, path: text, risks: risks)],
            left: [.init(kind: .outboundConnector, displayName: text, reason: text)]
        )
        return [
            drift(.changed, 1).text(limits: roomy), drift(.missing, 2).text(limits: roomy),
            drift(.changed, 40).text(limits: Limits(body: 4_000, comment: 65_536)),
            revert.text(limits: roomy), adoption.text(limits: roomy),
        ]
    }
}
