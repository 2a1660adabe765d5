import Connectors
import FoundationEssentials
import Testing

struct SettingsTests {
    @Test func `every field's name has a number of its own`() {
        #expect(FieldNames.all.count <= 64, "there is a bit for each in Settings")
        for (number, name) in FieldNames.all.enumerated() { #expect(FieldNames.number(of: name) == number, "\(name)") }
        for kind in ConnectorKind.allCases {
            for field in kind.fields { #expect(FieldNames.number(of: field.name) != nil, "\(field.name)") }
        }
        for name in ["", "e", "enable", "enabledd", "Enabled", "tlsDomainName"] {
            #expect(FieldNames.number(of: name) == nil, "\(name)")
        }
    }

    /// A dictionary is what settings were before; whatever is done to both must leave the same.
    @Test(arguments: UInt64(1)...30)
    func `settings hold what a dictionary would`(seed: UInt64) {
        var state = seed
        func roll(_ sides: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % UInt64(sides))
        }
        let names = FieldNames.all + ["aFieldOfALaterVersion", "noField", ""]
        var settings: Settings = [:]
        var model: [String: FieldValue] = [:]
        for _ in 0..<200 {
            let name = names[roll(names.count)]
            let value: FieldValue? = roll(3) == 0 ? nil : .integer(roll(100))
            if value == nil, roll(2) == 0 {
                #expect(settings.removeValue(forKey: name) == model.removeValue(forKey: name))
            } else {
                settings[name] = value
                model[name] = value
            }
            #expect(settings.count == model.count)
        }
        for name in names { #expect(settings[name] == model[name], "\(name)") }
        #expect(settings.isEmpty == model.isEmpty)
        #expect(settings.keys == model.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
        for (name, value) in settings { #expect(model[name] == value) }
        #expect(settings.filter { $0.key > "m" }.keys == settings.keys.filter { $0 > "m" })
    }

    @Test func `the one whose order is asked for holds where two are merged`() {
        let one: Settings = ["enabled": true, "comment": "one"]
        let other: Settings = ["comment": "other", "testMode": true, "later": 1]
        #expect(one.merging(other) { own, _ in own }["comment"] == "one")
        let merged = one.merging(other) { _, new in new }
        #expect(merged == ["enabled": true, "comment": "other", "testMode": true, "later": 1])
    }

    @Test func `in JSON settings are one object, with fields that only another version knows`() throws {
        let settings: Settings = [
            "enabled": true, "smartHosts": ["mx.contoso.com"], "fieldToCome": "x", "comment": .none,
        ]
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let json = String(decoding: try encoder.encode(settings), as: UTF8.self)
        #expect(json == #"{"comment":null,"enabled":true,"fieldToCome":"x","smartHosts":["mx.contoso.com"]}"#)
        #expect(try JSONDecoder().decode(Settings.self, from: Data(json.utf8)) == settings)
    }
}
