import Connectors
import Definitions
import Testing
import YAML

/// What is wrong is told within one budget for all files of a run.
struct BudgetTests {
    private func files(_ count: Int, unknownKeys: Int) -> [DefinitionFile] {
        (0..<count).map { number in
            let keys = (0..<unknownKeys).map { "  nonsense\($0): x" }.joined(separator: "\n")
            let text = outbound(keys, name: "f\(number)")
            return DefinitionFile(path: "\(1_000 + number).yaml", bytes: Array(text.utf8))
        }
    }

    @Test func `of very many errors the first thousand are told, and that more may be wrong`() async {
        let files = files(20, unknownKeys: 450)
        var budget = ReadingBudget()
        let set = await DefinitionReader.read(files, now: now, within: &budget) { _ in DefinitionScope() }
        #expect(set.diagnostics.count == 1_001)
        #expect(set.diagnostics.dropLast().allSatisfy { $0.rule == "unknown-key" })
        #expect(set.diagnostics.last?.rule == "too-many-errors")
        #expect(set.diagnostics.count { $0.excerpt != nil } == 64)
        #expect(set.diagnostics[999].position.file == "1002.yaml")
        #expect(set.hasErrors && budget.isSpent)

        let inTurn = DefinitionReader.read(files, now: now)
        #expect(inTurn.diagnostics == set.diagnostics)
    }

    @Test func `a folder that is read when the budget is spent is not called right`() async {
        var budget = ReadingBudget(errors: 450)
        let scope = DefinitionScope()
        _ = await DefinitionReader.read(files(1, unknownKeys: 450), now: now, within: &budget) { _ in scope }
        let sound = DefinitionFile(path: "a.yaml", bytes: Array(outbound("").utf8))
        let set = await DefinitionReader.read([sound], now: now, within: &budget) { _ in scope }
        #expect(set.diagnostics.map(\.rule) == ["too-many-errors"])
        #expect(set.hasErrors)
    }

    @Test func `very many warnings are no error`() {
        let text = outbound("  validationRecipients: [a@b.example, a@b.example]")
        let files = (0..<1_200).map { number in
            let own = text.replacing("fabrikam", with: "f\(number)")
            return DefinitionFile(path: "\(number).yaml", bytes: Array(own.utf8))
        }
        let set = DefinitionReader.read(files, now: now)
        #expect(!set.hasErrors)
        #expect(set.diagnostics.count == 1_001)
        #expect(set.diagnostics.last?.rule == "too-many-warnings")
    }

    @Test func `rule 13: a folder with too many documents is refused by name`() async {
        let text = String(repeating: "---\na: 1\n", count: 10_001)
        let files = (0..<5).map { DefinitionFile(path: "\($0).yaml", bytes: Array(text.utf8)) }
        var budget = ReadingBudget(errors: 1_000_000)
        let set = await DefinitionReader.read(files, now: now, within: &budget) { _ in DefinitionScope() }
        #expect(set.diagnostics.contains { $0.rule == "too-many-documents" })
        #expect(set.hasErrors)
    }

    @Test func `what only all files show is told within the budget too`() {
        let files = (0..<1_500).map { number in
            DefinitionFile(path: "\(10_000 + number).yaml", bytes: Array(outbound("").utf8))
        }
        let set = DefinitionReader.read(files, now: now)
        #expect(set.diagnostics.count == 1_001)
        #expect(set.diagnostics.last?.rule == "too-many-errors")
    }
}

struct LaboratoryTests {
    private static let loopback = outbound("  useMXRecord: false\n  smartHosts: [127.0.0.1]")

    @Test func `a smart host that the internet does not reach is an error`() {
        let set = read(Self.loopback)
        #expect(short(set) == ["10:16 outbound-smart-host-address"])
        #expect(set.diagnostics.first?.remedy.contains("gate.networks: any") == true)
    }

    @Test func `where any network may be asked it is only remarked`() {
        let file = DefinitionFile(path: "a.yaml", bytes: Array(Self.loopback.utf8))
        let set = DefinitionReader.read([file], now: now, scope: DefinitionScope(allowsAnyNetwork: true))
        #expect(short(set) == ["10:16 ~outbound-smart-host-address"])
        #expect(!set.hasErrors)
    }
}
