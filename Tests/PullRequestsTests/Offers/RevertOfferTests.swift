import Connectors
import Definitions
import Foundation
import Planning
import PullRequests
import Reports
import TestSupport
import Testing

/// From a commit that was rolled back to the change that takes it back in git.
struct RevertOfferTests {
    private static let quarantine = Quarantine(
        tenant: "contoso",
        revision: "6495eca7e359" + String(repeating: "0", count: 28),
        run: "01M8M5A028WEQDG6JR1RR0219Y",
        reason: "4 of 4 messages to northwindtraders.com received since 16:28Z could not be delivered: 450 4.4.315",
        since: .fixture
    )

    private func draft(
        before: [String: String],
        at: [String: String],
        head: [String: String]? = nil,
        evidence: [String] = ["Before: 0 of 212 messages failed in 7 days.", "Since: 4 of 4 messages failed."]
    ) -> OfferDraft<RevertOfferText.Left> {
        func files(_ texts: [String: String]) -> [DefinitionFile] {
            texts.sorted { $0.key < $1.key }.map { DefinitionFile(path: $0.key, bytes: Array($0.value.utf8)) }
        }
        let place = DriftBed([:]).place
        return RevertOffer(
            place: place,
            quarantine: Self.quarantine,
            evidence: evidence,
            before: files(before),
            at: files(at),
            head: files(head ?? at),
            now: .fixture
        ).draft()
    }

    private func text(_ draft: OfferDraft<RevertOfferText.Left>, _ path: String) -> String? {
        draft.offer?.files.first { $0.path == "tenants/contoso/\(path)" }?.content.map {
            String(decoding: $0, as: UTF8.self)
        }
    }

    private let old = OfferExample.northwind
    private let bad = OfferExample.northwind.replacing("- mx1.", with: "- relay.")

    @Test func `files are as they were before the commit, and the words tell why`() throws {
        let draft = draft(before: ["northwind.yaml": old], at: ["northwind.yaml": bad])
        let offer = try #require(draft.offer)
        #expect(text(draft, "northwind.yaml") == old)
        #expect(offer.branch == "mitregate/revert/contoso")
        let whole =
            "Title: \(offer.title)\n\n\(offer.body)\n\n=== comment ===\n\(offer.comment ?? "")\n\n=== commit ===\n"
        try expectGolden(whole + offer.commitMessage, "revert.md")
    }

    @Test func `a file that the commit added is removed, and one that it removed comes back`() throws {
        let draft = draft(
            before: ["fabrikam.yaml": OfferExample.fabrikam],
            at: ["northwind.yaml": OfferExample.northwind]
        )
        #expect(text(draft, "fabrikam.yaml") == OfferExample.fabrikam)
        #expect(draft.offer?.files.last == ChangeOffer.File(path: "tenants/contoso/northwind.yaml", content: nil))
    }

    @Test func `what later commits did stays, and the words say so`() throws {
        let head = bad.replacing("To Northwind", with: "To Northwind AG")
        let draft = draft(before: ["northwind.yaml": old], at: ["northwind.yaml": bad], head: ["northwind.yaml": head])
        #expect(text(draft, "northwind.yaml") == old.replacing("To Northwind", with: "To Northwind AG"))
        #expect(draft.offer?.body.contains("only the commit's own changes to them.") == true)
    }

    @Test func `lines that a later commit changed too are left, with the reason`() throws {
        let head = bad.replacing("- relay.", with: "- relay7.")
        let draft = draft(
            before: ["northwind.yaml": old, "fabrikam.yaml": OfferExample.fabrikam],
            at: ["northwind.yaml": bad, "fabrikam.yaml": OfferExample.fabrikam.replacing("mail.", with: "mx.")],
            head: ["northwind.yaml": head, "fabrikam.yaml": OfferExample.fabrikam.replacing("mail.", with: "mx.")]
        )
        #expect(draft.offer?.files.map(\.path) == ["tenants/contoso/fabrikam.yaml"])
        #expect(
            draft.left == [
                RevertOfferText.Left(
                    path: "tenants/contoso/northwind.yaml",
                    reason: "a later commit changed the same lines"
                )
            ]
        )
    }

    @Test func `a file that a later commit removed is not brought back`() {
        let draft = draft(before: ["northwind.yaml": old], at: ["northwind.yaml": bad], head: [:])
        #expect(draft.offer == nil)
        #expect(draft.left.map(\.reason) == ["a later commit removed it"])
    }

    @Test func `a file that was added by the commit and changed since is left`() {
        let draft = draft(before: [:], at: ["northwind.yaml": bad], head: ["northwind.yaml": old])
        #expect(draft.offer == nil)
        #expect(draft.left.map(\.reason) == ["the commit added it, and a later one changed it"])
    }

    @Test func `once git is as before nothing is offered`() {
        let draft = draft(before: ["northwind.yaml": old], at: ["northwind.yaml": bad], head: ["northwind.yaml": old])
        #expect(draft == OfferDraft(offer: nil, left: []))
    }

    @Test func `what would not validate is not offered`() {
        let rule = """
            apiVersion: mitregate.dev/v1
            kind: TransportRule
            metadata: {name: archive}
            spec: {routeMessageOutboundConnector: northwind, sentToScope: NotInOrganization}

            """
        let bad = self.bad.replacing(
            "  recipientDomains:\n    - northwindtraders.com\n",
            with: "  isTransportRuleScoped: true\n"
        )
        let draft = draft(
            before: [:],
            at: ["northwind.yaml": bad],
            head: ["northwind.yaml": bad, "rule.yaml": rule]
        )
        #expect(draft.offer == nil)
        #expect(draft.left.map(\.path) == ["tenants/contoso/northwind.yaml"])
        let reason = "it would not validate if it were put back: "
        #expect(draft.left.first?.reason.hasPrefix(reason) == true)
        // Without the rule it would be.
        #expect(self.draft(before: [:], at: ["northwind.yaml": bad]).offer != nil)
    }

    @Test func `a merge of lines is git's`() throws {
        let base = (0..<40).map { "line \($0)\n" }.joined()
        var random = SeededRandom(seed: 7)
        for _ in 0..<200 {
            var ours = base
            var theirs = base
            let one = Int.random(in: 0..<18, using: &random)
            let other = Int.random(in: 20..<40, using: &random)
            ours = ours.replacing("line \(one)\n", with: Bool.random(using: &random) ? "ours\n" : "")
            theirs = theirs.replacing("line \(other)\n", with: Bool.random(using: &random) ? "theirs\nmore\n" : "")
            let merged = LineMergeProbe.merge(base, ours, theirs)
            #expect(merged == LineMergeProbe.merge(base, theirs, ours))
            #expect(
                merged == ours.replacing("line \(other)\n", with: theirs.contains("theirs") ? "theirs\nmore\n" : "")
            )
        }
        #expect(LineMergeProbe.merge("a\nb\n", "a\nx\n", "a\ny\n") == nil)
        #expect(LineMergeProbe.merge("a\nb\n", "a\nx\n", "a\nx\n") == "a\nx\n")
        #expect(LineMergeProbe.merge("a\nb\nc\n", "x\nb\nc\n", "a\ny\nc\n") == nil)
        #expect(LineMergeProbe.merge("a\nb\nc", "x\nb\nc", "a\nb\nz") == "x\nb\nz")
    }
}

/// The merge on texts.
private enum LineMergeProbe {
    static func merge(_ base: String, _ ours: String, _ theirs: String) -> String? {
        LineMerge.merge(base: Array(base.utf8), ours: Array(ours.utf8), theirs: Array(theirs.utf8))
            .map { String(decoding: $0, as: UTF8.self) }
    }
}
