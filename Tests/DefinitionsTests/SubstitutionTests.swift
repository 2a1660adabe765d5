import Connectors
import Foundation
import Testing
import YAML

@testable import Definitions

struct SubstitutionTests {
    @Test(arguments: [
        ("plain", [Placeholders.Part.text("plain")]),
        ("${a}", [.parameter("a")]),
        ("*.${a}", [.text("*."), .parameter("a")]),
        ("${a}${b}", [.parameter("a"), .parameter("b")]),
        ("$${a}", [.text("${a}")]),
        ("$$${a}", [.text("$"), .text("${a}")]),
        ("$a {b} $", [.text("$a {b} $")]),
        ("", []),
    ])
    func `a text is taken apart at its placeholders`(text: String, parts: [Placeholders.Part]) throws {
        let joined = parts.reduce(into: [Placeholders.Part]()) { joined, part in
            if case .text(let more) = part, case .text(let text)? = joined.last {
                joined[joined.count - 1] = .text(text + more)
            } else {
                joined.append(part)
            }
        }
        #expect(try #require(Placeholders(text)).parts == joined)
    }

    @Test(arguments: ["${", "${}", "${a", "${A}", "${a b}", "${a.b}", "${${a}}", "x${1}", "${ä}"])
    func `what is no placeholder is refused`(text: String) {
        #expect(Placeholders(text) == nil)
    }

    @Test(arguments: 0..<300)
    func `no value changes the structure of a document, and each arrives as it was given`(seed: UInt64) throws {
        var random = Seeded(state: seed)
        let value = Self.hostile(&random)
        let list = (0..<Int.random(in: 0...3, using: &random)).map { _ in Self.hostile(&random) }
        guard let expanded = Self.expand(value: value, list: list) else {
            let isTreacherous = ([value] + list).contains { $0.unicodeScalars.contains(where: \.isTreacherous) }
            #expect(isTreacherous, "only what hides its meaning is refused: \(value.debugDescription) \(list)")
            return
        }
        let plain = try #require(Self.expand(value: "plain", list: list.map { _ in "plain" }))
        #expect(Self.shape(expanded) == Self.shape(plain), "\(value.debugDescription)")
        guard case .mapping(let members) = expanded, case .mapping(let spec)? = members.last?.value else {
            Issue.record("the document is no mapping")
            return
        }
        #expect(spec.first { $0.key == "whole" }?.value == .text(value))
        #expect(spec.first { $0.key == "inside" }?.value == .text("<\(value)>"))
        #expect(spec.first { $0.key == "list" }?.value == .list(list.map(DocumentValue.text)))
        #expect(
            spec.first { $0.key == "among" }?.value
                == .list([.text("first")] + list.map(DocumentValue.text) + [.text("last")])
        )
        // What people are shown says the same.
        #expect(try Self.reread(expanded.yaml) == expanded, "\(expanded.yaml)")
    }

    @Test(arguments: 0..<100)
    func `a value never adds a definition or a field`(seed: UInt64) throws {
        var random = Seeded(state: seed)
        let value = Self.hostile(&random)
        let template = """
            apiVersion: mitregate.dev/v1
            kind: Template
            metadata: {name: partner}
            spec: {parameters: {comment: {type: string}}}
            ---
            apiVersion: mitregate.dev/v1
            kind: OutboundConnector
            metadata: {name: fabrikam}
            spec: {connectorType: Partner, recipientDomains: [fabrikam.com], useMXRecord: true, comment: "${comment}"}
            """
        // Every version of YAML reads it as it is.
        let quoted = YAMLText.scalar(value)
        let set = read(["a.yaml": instance("name: a", "comment: \(quoted)")], templates: ["partner": template])
        #expect(set.documents <= 2 && set.desired.connectors.count <= 1)
        guard let connector = set.desired.connectors.first, !set.hasErrors else { return }
        #expect(
            Set(connector.settings.keys) == ["connectorType", "recipientDomains", "useMXRecord", "comment"],
            "\(value.debugDescription)"
        )
        #expect(connector.settings["comment"] == .text(value))
    }

    private static func expand(value: String, list: [String]) -> DocumentValue? {
        let template = """
            apiVersion: mitregate.dev/v1
            kind: Template
            metadata: {name: partner}
            spec: {parameters: {value: {type: string}, list: {type: string, list: true}}}
            ---
            apiVersion: mitregate.dev/v1
            kind: Waiver
            metadata: {name: a}
            spec:
              whole: ${value}
              inside: <${value}>
              list: ${list}
              among: [first, "${list}", last]
              nested: {deeper: [{deepest: "${value}"}]}
            """
        let file = DefinitionReader.parse(DefinitionFile(path: "partner.yaml", bytes: Array(template.utf8)))
        let values = [
            given("value", .scalar(YAMLScalar(text: value, isQuoted: true))),
            given("list", .list(list.map { YAMLScalar(text: $0, isQuoted: true) })),
        ]
        let position = SourcePosition(file: "tenants.csv", line: 3, column: 1)
        let scope = DefinitionScope(
            templates: TemplateLibrary(below: "a", files: ["partner": file], names: ["partner"]),
            instances: [TemplateInstance(configured: "partner", values: values, position: position)]
        )
        return DefinitionReader.expand([], scope: scope).first?.documents.first?.content
    }

    /// The same with every text taken for one.
    private static func shape(_ value: DocumentValue) -> DocumentValue {
        switch value {
        case .text: .text("")
        case .list(let items): .list(items.map(shape))
        case .mapping(let members): .mapping(members.map { .init(key: $0.key, value: shape($0.value)) })
        case .null, .boolean, .integer: value
        }
    }

    private static func reread(_ text: String) throws -> DocumentValue {
        let findings = Findings(SourceText(path: "a.yaml", bytes: Array(text.utf8)))
        let document = try #require(YAMLReader.readOne(findings, limits: .definitions), "\(findings.diagnostics)")
        #expect(findings.diagnostics == [])
        return DocumentValue(document.root)
    }

    /// Pieces that mean something to YAML, to a shell, to the template itself or to a terminal.
    private static func hostile(_ random: inout Seeded) -> String {
        let pieces = [
            "\n", "\n  ", "\n---\n", "\n- ", ": ", " #", "{", "}", "[", "]", ",", "&a ", "*a", "!tag ", "|", ">", "'",
            "\"",
            "${value}", "${list}", "$${", "${", "<<: *a", "? ", "%YAML 1.1\n", "...", "\t", "null", "true", "~", "0x1F",
            "1e3",
            "\u{2028}", "\u{85}", "\r\n", "spec:", "kind: Waiver", "ä", "🙂", " ", "a", "\\", "@", "`", "-", "no", "",
        ]
        let count = Int.random(in: 0...6, using: &random)
        return (0..<count).compactMap { _ in pieces.randomElement(using: &random) }.joined()
    }

    /// SplitMix64, so that a failure comes again.
    private struct Seeded: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
    }
}
