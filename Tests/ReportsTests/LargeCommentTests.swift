import Connectors
import Foundation
import Planning
import Reports
import TLSGate
import Testing

/// Comments that are far too long for the forge.
struct LargeCommentTests {
    /// - Parameters:
    ///   - worst: The numbers of the changes that are of high risk.
    ///   - verdict: What the gate says of those.
    private static func plan(
        _ tenant: String,
        changes count: Int,
        worst: Set<Int> = [],
        verdict: Verdict = .block
    ) -> PlanComment.Tenant {
        let changes = (0..<count).map { number in
            var change = Change.update
            change.name = "partner-\(number)"
            change.risk = worst.contains(number) ? .high : .low
            change.risks = []
            return change
        }
        let judgements = changes.enumerated().map { number, change in
            let verdict = worst.contains(number) ? verdict : .pass
            let finding: Finding = verdict > .pass ? .mismatch("mx.partner-\(number).example") : .passed("mx")
            return Judgement.fixture(change.key, verdict, [finding])
        }
        return .fixture(.fixture(tenant, changes: changes), judgements: judgements)
    }

    private static let tenants: [PlanComment.Tenant] = (0..<300).map { number in
        plan("tenant-\(number)", changes: number < 16 ? 300 : 1, worst: number == 250 ? [0] : [])
    }

    /// Whether tables have whole rows, and fences and folds have their ends.
    private func expectWhole(_ text: String) {
        #expect(text.ranges(of: "<details>").count == text.ranges(of: "</details>").count)
        #expect(text.split(separator: "\n").count { $0.hasPrefix("```") }.isMultiple(of: 2))
        for line in text.split(separator: "\n") where line.hasPrefix("|") { #expect(line.hasSuffix("|")) }
        #expect(text.ranges(of: "<code>").count == text.ranges(of: "</code>").count)
        #expect(text.hasSuffix("\n"))
        #expect(text.contains("To type"))
    }

    @Test func `what is left out of a list is counted`() {
        let fields = (0..<45).map { DriftItem.Field(path: "field\($0)", applied: "a", observed: "b") }
        let drifted = DriftItem(
            form: .changed,
            kind: .inboundConnector,
            name: "fabrikam",
            displayName: "From fabrikam",
            fields: fields,
            accepted: false
        )
        let plan = Plan.fixture(drift: [drifted], notes: (0..<23).map { "Note \($0)." })
        let others = (0..<44).map { number in
            Judgement.fixture(ConnectorKey(kind: .inboundConnector, name: "c\(number)"), .warn, [])
        }
        let text = PlanComment.fixture([.fixture(plan, judgements: others)]).text().text
        for count in [5, 3, 4] { #expect(text.contains("\n- and \(count) more\n"), "\(count) of \(text)") }
        expectWhole(text)
    }

    @Test(arguments: [4_000, 65_536, 150_000, 1_000_000])
    func `300 tenants with 5,000 changes are shortened within the forge's limit, the worst first`(limit: Int) throws {
        let comment = PlanComment.fixture(Self.tenants, tenant: nil, limit: limit)
        let text = comment.text().text
        #expect(text.unicodeScalars.count <= limit)
        expectWhole(text)
        let table = try #require(text.range(of: "| ✗ |")).lowerBound
        #expect(text[table...].prefix(60).contains("tenant-250"))
        #expect(text.contains("1 blocked"))
        #expect(limit > 4_000 || text.contains("did not fit here"))
    }

    @Test(arguments: [3_000, 65_536, 150_000])
    func `5,000 changes of one tenant are shortened, the worst first`(limit: Int) throws {
        let tenant = Self.plan("contoso", changes: 5_000, worst: [4_321])
        let comment = PlanComment.fixture([tenant], limit: limit)
        let result = comment.text()
        #expect(result.text.unicodeScalars.count <= limit)
        expectWhole(result.text)
        let first = try #require(result.text.range(of: "|---|---|---|---|---|\n")).upperBound
        #expect(result.text[first...].prefix(80).contains("partner-4321"))
        #expect(result.text.contains("did not fit here"))
        // Those left out are of low risk and pass; their number and the digest over all of them are told.
        #expect(result.unseen.isEmpty)
    }

    @Test(arguments: [Verdict.block, .pass])
    func `a change of weight that found no room counts as unseen, whatever the gate says`(verdict: Verdict) throws {
        let tenant = Self.plan("contoso", changes: 5_000, worst: Set(0..<5_000), verdict: verdict)
        let comment = PlanComment.fixture([tenant], limit: 65_536)
        let result = comment.text()
        let rows = result.text.split(separator: "\n").count { $0.hasPrefix("| update |") }
        #expect(rows > 50)
        #expect(result.unseen["contoso"]?.count == 5_000 - rows)
    }

    @Test func `in a comment on more tenants what found no room is told by tenant`() throws {
        let names = ["adatum", "contoso"]
        let tenants = names.map { Self.plan($0, changes: 300, worst: Set(0..<300)) }
        let result = PlanComment.fixture(tenants, tenant: nil).text()
        for name in names {
            let head = try #require(result.text.range(of: "Connector in <code>\(name)</code>")).upperBound
            // The rest of the heading, and the line below it.
            let lines = result.text[head...].split(separator: "\n").dropFirst(2)
            let rows = lines.prefix { $0.hasPrefix("| update |") }.count
            #expect(rows > 0)
            #expect(result.unseen[name]?.count == 300 - rows)
        }
    }

    @Test func `a comment on a head that was not merged keeps within the forge's limit`() {
        let text = PlanComment.fixture([Self.plan("contoso", changes: 20)]).text().text
        func overtaken(_ limit: Int) -> String {
            PlanComment.overtaken(
                text,
                key: "<!-- key -->",
                shown: Plan.commit,
                merged: String(repeating: "9", count: 40),
                limit: limit
            )
        }
        let whole = overtaken(65_536)
        let size = whole.unicodeScalars.count
        #expect(whole.contains("partner-7") && overtaken(size) == whole)
        let short = overtaken(size - 1)
        #expect(short.contains("not what was merged") && !short.contains("partner-7"))
        #expect(short.unicodeScalars.count < size)
    }

    @Test func `strings of a quarter of a megabyte do not push out what counts`() {
        for text in [String(repeating: "|", count: 1 << 18), "a" + String(repeating: "\u{301}", count: 1 << 18)] {
            let result = PlanComment.hostile(text).text().text
            #expect(result.unicodeScalars.count <= 65_536)
            expectWhole(result)
        }
    }

    @Test func `a conflict in files with long names of hidden characters is shortened within the forge's limit`() {
        let name = String(repeating: "\u{202E}", count: 300)
        var comment = PlanComment.fixture([])
        comment.content = .conflict(files: (0..<20).map { "\($0)\(name)" })
        let text = comment.text().text
        #expect(text.unicodeScalars.count <= 65_536)
        expectWhole(text)
        #expect(text.contains("more files"))
    }

    @Test func `that a request of ours weakens security is said though none of its documents has room`() {
        let field = DriftItem.Field(path: "tlsSettings", applied: "DomainValidation", observed: "EncryptionOnly")
        let entries = (0..<3).map { number in
            let item = DriftItem(
                form: .changed,
                kind: .outboundConnector,
                name: "partner-\(number)",
                displayName: "Partner",
                fields: [field],
                accepted: false,
                risks: [Risk(id: "lower-tls-level", level: .high, message: "Any certificate will do.")]
            )
            let place = SourcePosition(file: String(repeating: "_", count: 300), line: 1, column: 1)
            return DriftOfferText.Entry(drift: AttributedDrift(item: item), fields: ["tlsSettings"], place: place)
        }
        let offer = DriftOfferText(
            instance: "mitregate",
            tenant: "contoso",
            branch: "mitregate/drift/contoso",
            entries: entries,
            left: [],
            removedComments: [],
            policy: .report
        )
        // Azure DevOps takes so much of a description, and of a comment.
        let text = offer.text(limits: OfferText.Limits(body: 4_000, comment: 150_000))
        #expect(text.body.unicodeScalars.count <= 4_000)
        #expect(text.body.contains("**This weakens security.**"), "\(text.body)")
        #expect(text.body.contains("3 more documents"))
        #expect(text.comment?.contains("partner-2") == true)
    }

    @Test func `an outcome for 5,000 tenants is shortened, the gravest first`() {
        let rows = (0..<5_000).map { number in
            OutcomeComment.Row(
                tenant: "tenant-\(number)",
                word: number == 4_999 ? "rolled back" : "applied",
                text: String(repeating: "|@x ", count: 300),
                run: "01JDCVEQ52",
                at: .fixture,
                gravity: number == 4_999 ? 9 : 1
            )
        }
        let text = OutcomeComment(instance: "mitregate", rows: rows).text()
        #expect(text.unicodeScalars.count <= 65_536)
        #expect(text.contains("merged: rolled back in 1, applied in 4999 of 5000 tenants"))
        #expect(text.contains("did not fit here"))
        for line in text.split(separator: "\n") where line.hasPrefix("|") { #expect(line.hasSuffix("|")) }
    }
}
