import Foundation
import Laboratory
import MailWatch
import Planning
import Scheduling
import TestSupport
import Testing

/// What people read of the project: its links lead somewhere, its examples are valid, its lists are complete.
@Suite struct DocsTests {
    private static let root = ExampleTests.project
    /// README, the pages in docs/ and the other pages at the top.
    private static let pages: [String] = {
        let folder = root.appending(path: "docs").path(percentEncoded: false)
        let docs = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        let top = ["README.md", "CONTRIBUTING.md", "SECURITY.md", "examples/README.md", "deploy/README.md"]
        return top + docs.filter { $0.hasSuffix(".md") }.sorted().map { "docs/\($0)" }
    }()

    private static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    @Test func `the first page is short`() throws {
        let lines = try Self.text("README.md").split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count <= 121)
        #expect(lines.allSatisfy { $0.count <= 140 }, "\(lines.filter { $0.count > 140 })")
    }

    @Test func `the guide says first where the program is and what the machine must reach`() throws {
        let install = try Self.text("docs/guide.md").split(separator: "\n## ")[1]
        for words in ["TCP 443", "TCP 25", "DNS resolver", ".build/release/mitregate", "mitregate doctor"] {
            #expect(install.contains(words), "\(words)")
        }
    }

    /// Which suites have a test whose name begins with `rule N:`, by rule, as "TARGET: SUITE".
    private static func ruleHolders() throws -> [Int: Set<String>] {
        let tests = root.appending(path: "Tests")
        let files = try FileManager.default.subpathsOfDirectory(atPath: tests.path(percentEncoded: false))
        var holders: [Int: Set<String>] = [:]
        for file in files where file.hasSuffix("Tests.swift") {
            let text = try String(contentsOf: tests.appending(path: file), encoding: .utf8)
            let parts = file.dropLast(".swift".count).split(separator: "/")
            for match in text.matches(of: #/func `rule ([0-9]+): /#) {
                holders[Int(match.1) ?? 0, default: []].insert("\(parts[0]): \(parts[parts.count - 1])")
            }
        }
        return holders
    }

    @Test func `each rule is held by tests that bear its number, and the page on the architecture names them`() throws {
        let holders = try Self.ruleHolders()
        #expect(holders.keys.sorted() == Array(1...14))
        let page = try Self.text("ARCHITECTURE.md")
        for (rule, suites) in holders {
            let row = try #require(page.split(separator: "\n").first { $0.hasPrefix("| \(rule) ") }, "rule \(rule)")
            let cell = try #require(row.split(separator: "|").last { !$0.allSatisfy(\.isWhitespace) })
            for suite in suites {
                let parts = suite.split(separator: ": ")
                let group = cell.split(separator: ";").first { $0.contains("\(parts[0]):") }
                #expect(group?.contains(parts[1]) == true, "rule \(rule): \(suite) is missing")
            }
        }
    }

    @Test(arguments: pages)
    func `every link leads to a file and to a heading of it`(page: String) throws {
        let text = try Self.text(page)
        for match in text.matches(of: /\]\(([^)\s]+)\)/) {
            let target = String(match.1)
            guard !target.hasPrefix("http") else { continue }
            let halves = target.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            let folder = Self.root.appending(path: page).deletingLastPathComponent()
            let file =
                halves[0].isEmpty
                ? Self.root.appending(path: page) : folder.appending(path: halves[0]).standardizedFileURL
            #expect(FileManager.default.fileExists(atPath: file.path(percentEncoded: false)), "\(page): \(target)")
            guard halves.count == 2, let linked = try? String(contentsOf: file, encoding: .utf8) else { continue }
            #expect(Self.anchors(of: linked).contains(halves[1]), "\(page): \(target)")
        }
    }

    /// As forges make them of headings.
    private static func anchors(of text: String) -> Set<String> {
        var anchors: Set<String> = []
        for line in text.split(separator: "\n") where line.hasPrefix("#") {
            var anchor = ""
            for character in line.drop(while: { $0 == "#" || $0 == " " }).lowercased() {
                if character == " " { anchor += "-" }
                if character.isLetter || character.isNumber || character == "-" || character == "_" {
                    anchor.append(character)
                }
            }
            anchors.insert(anchor)
        }
        return anchors
    }

    /// The blocks in YAML of a page, those in lists without the list's indent.
    private static func blocks(_ page: String) throws -> [String] {
        try text(page).matches(of: /(?ms)^( *)```yaml\n(.*?)^ *```/).map { match in
            match.2.split(separator: "\n", omittingEmptySubsequences: false)
                .map { $0.hasPrefix(match.1) ? $0.dropFirst(match.1.count) : $0 }.joined(separator: "\n")
        }
    }

    private static let table = """
        name,tenantId,labels.region,values.gateways
        hospital-bern,f47e5f8b-779b-4887-8597-12dc38e8e9a3,west,198.51.100.32/28; 203.0.113.9
        hospital-zug,6f2cc85f-b6e8-42dd-8fe3-44ea479e99b9,central,

        """

    /// The page about many tenants shows a configuration, a template and an instance that belong together: so they are tried.
    @Test func `the examples for many tenants are valid together`() async throws {
        let blocks = try Self.blocks("docs/many-tenants.md")
        let settings = blocks.filter { $0.contains("tenantSets:") }
        let templates = blocks.filter { $0.contains("kind: Template\n") }
        let instances = blocks.filter { $0.contains("kind: TemplateInstance\n") }
        #expect(settings.count == 1 && templates.count == 1 && instances.count == 1)
        try await withTemporaryFolder { folder in
            let repository = try await Repository(at: folder.appending(path: "mail-flow"))
            let name = try #require(templates.first?.firstMatch(of: /name: (\S+)/)?.1)
            try repository.write(templates.joined(), to: "templates/\(name).yaml")
            try repository.write(instances.joined(), to: "tenants/woodgrove/partner.yaml")
            let mitregate = Program(in: folder)
            let written = try await mitregate("validate", "mail-flow")
            #expect(written.code == 0 && written.output.contains("No errors"), "\(written)")

            try repository.write("What all have.\n", to: "common/README.md")
            try Data(Self.table.utf8).write(to: folder.appending(path: "tenants.csv"))
            let head = "apiVersion: mitregate.dev/v1\nkind: Configuration\n"
            let file = folder.appending(path: "mitregate.yaml")
            try Data((head + settings.joined()).utf8).write(to: file)
            let history = try await mitregate("history")
            #expect(history.code == 0, "\(history)")
            // The same for the repository here, so that the tenants' values meet the template.
            let local = settings.joined().replacing(/url: \S+/, with: "url: mail-flow")
                .replacing(", credentials: {token: {env: GIT_TOKEN}}", with: "")
            try Data((head + local).utf8).write(to: file)
            let set = try await mitregate("validate")
            #expect(set.code == 0 && set.output.contains("No errors"), "\(set)")
            try await repository.commit("Begin")
            let expanded = try await mitregate("template", String(name), "--tenant", "hospital-*", "--working-tree")
            #expect(expanded.code == 0 && expanded.output.contains("mx.hospital-zug."), "\(expanded)")
            // What the test holds can be seen to fail.
            try repository.write(
                templates.joined().replacing("type: sender-network", with: "type: boolean"),
                to: "templates/\(name).yaml"
            )
            #expect(try await mitregate("validate").code == 1)
        }
    }

    private static func isOfManyTenants(_ block: String) -> Bool {
        ["kind: Template", "tenantSets:"].contains { block.contains($0) }
    }

    @Test(arguments: pages)
    func `every example in YAML is valid`(page: String) async throws {
        let blocks = try Self.blocks(page)
        try await withTemporaryFolder { folder in
            let mitregate = Program(in: folder)
            var definitions: [String: String] = [:]
            for (number, block) in blocks.enumerated() where !Self.isOfManyTenants(block) {
                let isDefinition = block.contains("apiVersion:") && !block.contains("kind: Configuration")
                guard !isDefinition else {
                    // A later version of a document takes the place of an earlier one, as the reader's own file would.
                    for document in block.components(separatedBy: "---\n") {
                        let name = try #require(document.firstMatch(of: /name: (\S+)/)?.1, "\(page): \(document)")
                        definitions["\(document.firstMatch(of: /kind: (\S+)/)?.1 ?? "")-\(name)"] = document
                    }
                    continue
                }
                let head = block.contains("apiVersion:") ? "" : "apiVersion: mitregate.dev/v1\nkind: Configuration\n"
                let file = "configuration-\(number).yaml"
                try Data((head + block).utf8).write(to: folder.appending(path: file))
                let ending = try await mitregate("history", "--config", file)
                #expect(ending.code == 0, "\(page): \(ending)\n\(block)")
            }
            guard !definitions.isEmpty else { return }
            let place = folder.appending(path: "definitions", directoryHint: .isDirectory)
            try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
            for (name, text) in definitions {
                try Data(text.utf8).write(to: place.appending(path: "\(name.filter { $0 != "{" && $0 != "}" }).yaml"))
            }
            let ending = try await mitregate("validate", "definitions")
            #expect(ending.code == 0 && ending.output.contains("No errors"), "\(page): \(ending)")
        }
    }

    @Test func `the commands' page is written from what the program says of itself`() async throws {
        let dump = try await Program(in: FileManager.default.temporaryDirectory)("--experimental-dump-help")
        let tool = try JSONDecoder().decode(HelpDump.self, from: Data(dump.output.utf8))
        let text = tool.page
        let file = Self.root.appending(path: "docs/commands.md")
        if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] != nil { try Data(text.utf8).write(to: file) }
        #expect(try String(contentsOf: file, encoding: .utf8) == text)
        for command in HelpTests.commands { #expect(text.contains("\n## mitregate \(command)\n"), "\(command)") }
    }

    @Test func `the runbook has each exit code and each guard`() throws {
        let runbook = try Self.text("docs/runbook.md")
        let reference = try Self.text("docs/reference.md")
        let codes = reference.matches(of: /(?m)^\| (\d+) \|/).map { String($0.1) }
        #expect(codes.count > 9)
        for code in codes where code != "0" { #expect(runbook.contains("| \(code) |"), "\(code)") }
        for id in Guard.ID.allCases { #expect(runbook.contains("| `\(id.rawValue)` |"), "\(id.rawValue)") }
    }

    @Test func `the runbook has each condition, and each state of a watch over mail`() throws {
        let runbook = try Self.text("docs/runbook.md")
        for type in ConditionType.all { #expect(runbook.contains("\n| `\(type.rawValue)` |"), "\(type.rawValue)") }
        for state in WatchState.allCases { #expect(runbook.contains("`\(state.rawValue)`"), "\(state.rawValue)") }
    }

    @Test func `conditions are named in one list`() throws {
        let sources = Self.root.appending(path: "Sources")
        let files = FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil)
        var named: [String] = []
        while let file = files?.nextObject() as? URL {
            guard file.pathExtension == "swift", let text = try? String(contentsOf: file, encoding: .utf8) else {
                continue
            }
            named += text.matches(of: /ConditionType\(rawValue: "([^"]+)"\)/).map { String($0.1) }
        }
        #expect(named.sorted() == ConditionType.all.map(\.rawValue).sorted())
    }
}
