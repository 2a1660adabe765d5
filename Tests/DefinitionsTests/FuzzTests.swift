import Connectors
import Definitions
import Testing
import YAML

/// Random damage to valid files: whatever comes of it is a value, and is safe to print.
struct FuzzTests {
    private static let seeds = [
        outbound(
            "  tlsSettings: DomainValidation\n  tlsDomain: \"*.fabrikam.example\"\n  comment: |\n    two\n    lines"
        ),
        partner("  certificateName: mail.fabrikam.example\n  senderIPAddresses: []") + "---\n"
            + outbound("", name: "b"),
        """
        apiVersion: mitregate.dev/v1
        kind: AcceptedDrift
        metadata: &m {name: x, labels: {a: "\\u00e9"}}
        spec: {kind: OutboundConnector, connector: x, field: enabled, value: !!bool false, owner: *m, reason: >-
          why, until: 2026-12-31}
        """,
    ]

    private static let pieces: [[UInt8]] =
        [
            "[", "]", "{", "}", ":", ": ", "- ", "\n", "\n---\n", "&a ", "*a", "<<: *m", "\"", "'", "|", ">", "#",
            "!!x ", "%YAML 9\n",
            "\t", "\r", "\u{85}", "\u{2028}", "\u{FEFF}", "\u{202E}", "null", "~", "\\u0000", "?", "...", "\u{0}", "é",
            "😀",
        ].map { Array($0.utf8) } + [[0xFF], [0xC3], [0xED, 0xA0, 0x80]]

    @Test(arguments: 0..<8)
    func `no damage makes it stop or hang`(round: Int) {
        var random = SeededNumbers(UInt64(round) &* 7_919 &+ 1)
        for _ in 0..<150 {
            var bytes = Array((Self.seeds.randomElement(using: &random) ?? "").utf8)
            for _ in 0..<Int.random(in: 1...6, using: &random) { damage(&bytes, &random) }
            let set = DefinitionReader.read([DefinitionFile(path: "a.yaml", bytes: bytes)], now: now)
            for diagnostic in set.diagnostics {
                #expect(!diagnostic.remedy.isEmpty && !diagnostic.reason.isEmpty)
                #expect(diagnostic.position.line >= 0 && diagnostic.position.column >= 0)
            }
            let text = DiagnosticReport(set).render(.text)
            #expect(!text.unicodeScalars.contains { $0 != "\n" && $0.isTreacherous }, "\(bytes)")
        }
    }

    private func damage(_ bytes: inout [UInt8], _ random: inout SeededNumbers) {
        guard !bytes.isEmpty else { return }
        let at = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<5, using: &random) {
        case 0: bytes[at] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes.remove(at: at)
        case 2: bytes.insert(contentsOf: Self.pieces.randomElement(using: &random) ?? [], at: at)
        case 3:
            let end = Int.random(in: at..<bytes.count, using: &random)
            bytes.insert(contentsOf: bytes[at...end], at: Int.random(in: 0...bytes.count, using: &random))
        default: bytes.removeSubrange(at..<min(bytes.count, at + Int.random(in: 1...20, using: &random)))
        }
    }
}

/// What is made to be slow or large must be neither.
struct HostileTests {
    @Test(arguments: [
        outbound("  comment: \"" + String(repeating: "x", count: 300_000) + "\""),
        outbound("  name: \"" + String(repeating: "\\u0007", count: 20_000) + "\""),
        outbound("  validationRecipients: [\"" + String(repeating: "ü", count: 100_000) + "\"]"),
        outbound("  smartHosts: [\"" + String(repeating: "ü.", count: 100_000) + "\"]"),
        outbound((0..<4_000).map { "  tlsSetting\($0): x" }.joined(separator: "\n")),
        outbound("  validationRecipients: [" + String(repeating: "a, ", count: 20_000) + "a]"),
        "apiVersion: \"" + String(repeating: "\\n", count: 50_000) + "\"\n",
        String(repeating: "a: 1\n", count: 30_000),
    ])
    func `what is told stays small`(text: String) {
        let set = read(text)
        #expect(set.hasErrors)
        #expect(set.diagnostics.count { $0.severity == .error } <= ReadingBudget.maximumErrors + 1)
        for diagnostic in set.diagnostics {
            #expect(diagnostic.reason.utf8.count < 5_000 && diagnostic.remedy.utf8.count < 5_000)
        }
        let report = DiagnosticReport(set).render(.text)
        #expect(report.split(separator: "\n").allSatisfy { $0.utf8.count < 6_000 })
    }
}
