import Connectors
import Definitions
import Foundation
import TestSupport
import Testing

struct ExampleEditingTests {
    /// What the tenant could say of each example's connectors: edited, the files say it, or the reason is told.
    @Test(arguments: exampleTenants, 0..<6)
    func `edited, the examples say what a tenant says`(folder: String, seed: Int) throws {
        let url = examples.appending(path: folder)
        let files = try FileManager.default.contentsOfDirectory(atPath: url.path).sorted().map {
            DefinitionFile(path: $0, bytes: [UInt8](try Data(contentsOf: url.appending(path: $0))))
        }
        let scope = DefinitionScope(templates: try ExampleTests.templates(for: folder))
        var random = SeededRandom(seed: UInt64(seed))
        let before = DefinitionReader.read(files, now: now, scope: scope).desired.connectors
        var wishes: [DefinitionWish] = []
        for connector in before {
            if Int.random(in: 0..<8, using: &random) == 0 {
                wishes.append(DefinitionWish(connector.key, .removal))
                continue
            }
            var values: [String: FieldValue] = [:]
            for (name, value) in connector.settings where Int.random(in: 0..<3, using: &random) == 0 {
                switch value {
                case .boolean(let flag): values[name] = .boolean(!flag)
                case .list(let texts):
                    values[name] = .list(Array(texts.dropFirst(Int.random(in: 0...1, using: &random))) + ["z.example"])
                default: continue
                }
            }
            if !values.isEmpty { wishes.append(DefinitionWish(connector.key, .fields(values))) }
        }
        var editor = DefinitionEditor(files, now: now, scope: scope)
        let unmet = editor.fulfil(wishes)
        let after = Dictionary(uniqueKeysWithValues: editor.definitions.desired.connectors.map { ($0.key, $0) })
        #expect(!editor.definitions.hasErrors)
        for wish in wishes {
            let left = unmet.filter { $0.key == wish.key }
            if left.contains(where: { $0.field == nil }) { continue }
            switch wish.change {
            case .removal: #expect(after[wish.key] == nil)
            case .fields(let values):
                for (name, value) in values where !left.contains(where: { $0.field == name }) {
                    let said = try #require(after[wish.key]?.settings[name])
                    #expect(try #require(wish.key.kind.field(name)).isSame(said, value))
                }
            }
        }
        // What a template makes, and is not one instance's value, is answered with the places to edit.
        for connector in before where connector.source.instance != nil {
            let answers = unmet.filter { $0.key == connector.key }
            #expect(answers.allSatisfy { $0.reason.hasPrefix("a template makes it: ") })
        }
        let touched = Set(wishes.map(\.key))
        for connector in before where !touched.contains(connector.key) {
            // A partner's two connectors share a document, so one may be touched through the other.
            guard !touched.contains(where: { $0.name == connector.key.name }) else { continue }
            #expect(after[connector.key]?.settings == connector.settings)
        }
    }
}
