import Connectors
import Foundation
import TestSupport
import Testing
import YAML

/// Edits of files as strangers write them: the values change as meant, and the lines of nothing else.
struct YAMLEditorPropertyTests {
    /// Where the scalars, lists and fields of a file stand.
    private struct Places {
        var scalars: [YAMLPath] = []
        var lists: [(path: YAMLPath, texts: [String])] = []
        var mappings: [(path: YAMLPath, keys: [String])] = []
        /// Every value in the order of the file, with the line in which it, or its key, begins.
        private var starts: [(path: YAMLPath, line: Int)] = []

        init(_ text: [UInt8]) {
            let findings = Findings(SourceText(path: "x.yaml", bytes: text))
            var documents = 0
            YAMLReader.read(findings, limits: .definitions) { document in
                add(document.root, YAMLPath(document: documents, []), line: document.root.place.line)
                documents += 1
            }
        }

        private mutating func add(_ node: YAMLNode, _ path: YAMLPath, line: Int) {
            starts.append((path, line))
            switch node.value {
            case .scalar: if !path.steps.isEmpty { scalars.append(path) }
            case .sequence(let items):
                let texts = items.compactMap(\.scalar?.text)
                if texts.count == items.count { lists.append((path, texts)) }
                for (index, item) in items.enumerated() { add(item, path.item(index), line: item.place.line) }
            case .mapping(let mapping):
                mappings.append((path, mapping.entries.map(\.key)))
                for entry in mapping.entries { add(entry.value, path.key(entry.key), line: entry.keyPlace.line) }
            }
        }

        /// The lines of a value, up to where the next one begins.
        func lines(of path: YAMLPath, count: Int) -> ClosedRange<Int> {
            guard let index = starts.firstIndex(where: { $0.path == path }) else { return 1...count }
            let first = starts[index].line
            let next = starts[(index + 1)...].first {
                $0.path.document != path.document || !$0.path.steps.starts(with: path.steps)
            }
            guard let next, next.path.document == path.document else {
                return first...max(first, next.map { $0.line - 1 } ?? count)
            }
            return first...max(first, next.line - 1)
        }
    }

    /// Random edits, one after the other, each on what the last one left.
    private func edit(_ bytes: [UInt8], _ random: inout SeededRandom, edits: Int) throws -> Int {
        var editor = try YAMLEditor(path: "x.yaml", bytes: bytes)
        var made = 0
        for _ in 0..<edits {
            let before = editor.bytes
            let places = Places(before)
            let isMade: Bool
            let touched: YAMLPath
            switch Int.random(in: 0..<4, using: &random) {
            case 0:
                guard let path = places.scalars.randomElement(using: &random) else { continue }
                touched = path
                isMade = tried { try $0.set(path, to: value(&random)) }
            case 1:
                guard let (path, texts) = places.lists.randomElement(using: &random) else { continue }
                var new = texts.filter { _ in Int.random(in: 0..<4, using: &random) > 0 }
                for _ in 0..<Int.random(in: 0...2, using: &random) {
                    new.insert(word(&random), at: Int.random(in: 0...new.count, using: &random))
                }
                touched = path
                isMade = tried { try $0.set(path, to: .list(new)) }
            case 2:
                guard let (path, keys) = places.mappings.randomElement(using: &random),
                    let former = keys.randomElement(using: &random)
                else { continue }
                let name = "new\(Int.random(in: 0...999, using: &random))"
                touched = path.key(former)
                isMade = tried { try $0.insert(name, value(&random), in: path, behind: former) }
            default:
                guard let (path, keys) = places.mappings.randomElement(using: &random),
                    let key = keys.randomElement(using: &random)
                else { continue }
                touched = path.key(key)
                isMade = tried { try $0.remove(path.key(key)) }
            }
            if isMade { made += 1 }
            // Refused or made, nothing but whole changes are seen.
            if !isMade { #expect(editor.bytes == before) }
            expect(before, editor.bytes, differIn: places.lines(of: touched, count: lines(before).count))
        }
        func tried(_ edit: (inout YAMLEditor) throws -> Void) -> Bool {
            do {
                try edit(&editor)
                return true
            } catch { return false }
        }
        return made
    }

    /// Above and below the lines of the change everything is as it was: line ends, the mark at the head, the file's end.
    private func expect(_ before: [UInt8], _ after: [UInt8], differIn changed: ClosedRange<Int>) {
        #expect(before.starts(with: [0xEF, 0xBB, 0xBF]) == after.starts(with: [0xEF, 0xBB, 0xBF]))
        let isBroken: ([UInt8]) -> Bool = { $0.last == 0x0A || $0.last == 0x0D }
        #expect(isBroken(before) == isBroken(after))
        let (old, new) = (lines(withoutMark(before)), lines(withoutMark(after)))
        let above = changed.lowerBound - 1
        #expect(old.prefix(above) == new.prefix(above))
        let below = max(0, old.count - changed.upperBound)
        #expect(old.suffix(below) == new.suffix(below))
        let breaks = Set(before.indices.filter { before[$0] == 0x0A }.map { $0 > 0 && before[$0 - 1] == 0x0D })
        for index in after.indices where after[index] == 0x0A {
            #expect(breaks.isEmpty || breaks.contains(index > 0 && after[index - 1] == 0x0D))
        }
    }

    private func withoutMark(_ bytes: [UInt8]) -> [UInt8] {
        bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
    }

    /// Without their ends.
    private func lines(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
        bytes.split(separator: 0x0A, omittingEmptySubsequences: false).map { $0.last == 0x0D ? $0.dropLast() : $0 }
    }

    private func word(_ random: inout SeededRandom) -> String {
        let words = [
            "fabrikam.com", "*.fabrikam.com", "no", "010", "it's", "a: b", "#c", "x # y", "ünï", "日本", "", "- a",
            "a\nb", "\"q\"",
            "203.0.113.9", "Fabrikam (TLS)", "{x}", "[y]", "x, y", "null", "~", "&a", "*a", "trailing ",
        ]
        return words.randomElement(using: &random) ?? ""
    }

    private func value(_ random: inout SeededRandom) -> FieldValue {
        switch Int.random(in: 0..<5, using: &random) {
        case 0: return .boolean(Bool.random(using: &random))
        case 1: return .integer(Int.random(in: 0...99, using: &random))
        case 2: return .none
        case 3: return .list((0..<Int.random(in: 0...3, using: &random)).map { _ in word(&random) })
        default: return .text(word(&random))
        }
    }

    @Test(arguments: 0..<10)
    func `five hundred generated files take edits as meant, or refuse them`(share: Int) throws {
        var made = 0
        for seed in 0..<50 {
            var random = SeededRandom(seed: UInt64(share * 50 + seed))
            let text = GeneratedYAML.file(&random)
            made += try edit(Array(text.utf8), &random, edits: 6)
        }
        // Most edits are made, or the test would prove nothing.
        #expect(made > 100)
    }

    @Test func `every example of the project takes edits as meant`() throws {
        let root = URL(filePath: #filePath).resolvingSymlinksInPath()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        var files = 0
        for folder in ["examples", "Tests/Fuzzing/Corpus/definitions", "Tests/DefinitionsTests/Golden"] {
            let found = try #require(FileManager.default.enumerator(atPath: root.appending(path: folder).path))
            for case let name as String in found where name.hasSuffix(".yaml") {
                let bytes = [UInt8](try Data(contentsOf: root.appending(path: "\(folder)/\(name)")))
                guard (try? YAMLEditor(path: name, bytes: bytes)) != nil else { continue }
                files += 1
                for seed in 0..<8 {
                    var random = SeededRandom(seed: UInt64(seed))
                    _ = try edit(bytes, &random, edits: 4)
                }
            }
        }
        #expect(files >= 10)
    }
}
