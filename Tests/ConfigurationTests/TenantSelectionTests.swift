import Configuration
import Testing

struct TenantSelectionTests {
    @Test(arguments: [
        ("hospital-*", "hospital-bern", true), ("hospital-*", "hospital-", true), ("hospital-*", "hospital", false),
        ("*", "", true), ("*", "x", true), ("?", "", false), ("?", "x", true), ("a?c", "abc", true),
        ("a*b*c", "axxbyyc", true), ("a*b*c", "axxbyy", false), ("*-bern", "hospital-bern", true),
        ("bern", "Bern", false), ("**", "x", true), ("a**b", "ab", true), ("", "", true), ("", "x", false),
        ("[ab]", "a", false), ("[ab]", "[ab]", true), ("a.c", "abc", false),
    ])
    func `a pattern fits whole names`(pattern: String, name: String, fits: Bool) {
        #expect(GlobPattern(pattern).matches(name) == fits)
    }

    @Test func `a pattern of many stars takes no time to speak of`() {
        let pattern = GlobPattern(String(repeating: "*a", count: 2_000) + "b")
        #expect(!pattern.matches(String(repeating: "a", count: 4_000)))
    }

    private static let tenants = [
        TenantSelection.Candidate(name: "hospital-bern", labels: ["tier": "gold", "region": "west"]),
        TenantSelection.Candidate(name: "hospital-zug", labels: ["tier": "silver", "region": "east"]),
        TenantSelection.Candidate(name: "clinic-bern", labels: ["tier": "gold", "region": "east"]),
        TenantSelection.Candidate(name: "lab"),
    ]

    @Test(arguments: [
        ([], [], [], ["hospital-bern", "hospital-zug", "clinic-bern", "lab"]),
        (["lab"], [], [], ["lab"]),
        (["lab", "hospital-*"], [], [], ["hospital-bern", "hospital-zug", "lab"]),
        (["*-bern"], [], ["clinic-*"], ["hospital-bern"]),
        ([], ["tier=gold"], [], ["hospital-bern", "clinic-bern"]),
        ([], ["tier=gold", "region=east"], [], ["clinic-bern"]),
        (["hospital-*"], ["tier=gold"], [], ["hospital-bern"]),
        ([], [], ["*-*"], ["lab"]),
    ])
    func `a tenant is meant that fits a pattern, has all labels and is not left out`(
        patterns: [String],
        labels: [String],
        excluded: [String],
        names: [String]
    ) throws {
        let selection = TenantSelection(
            patterns: patterns.map(GlobPattern.init),
            labels: labels.compactMap(TenantLabel.init),
            excluded: excluded.map(GlobPattern.init)
        )
        #expect(try selection.chosen(among: Self.tenants).map(\.name) == names)
    }

    @Test(arguments: [
        ("hospital-brn", false, ["hospital-bern"]), ("hospitl-*", false, ["hospital-bern", "hospital-zug"]),
        ("*-brn", false, ["hospital-bern", "clinic-bern"]), ("x?z", false, []),
        ("hopsital-zug", true, ["hospital-zug"]),
    ])
    func `a pattern that fits none names those near it`(pattern: String, isExclusion: Bool, near: [String]) {
        let selection = TenantSelection(
            patterns: isExclusion ? [] : [GlobPattern(pattern)],
            excluded: isExclusion ? [GlobPattern(pattern)] : []
        )
        #expect(throws: TenantSelectionError.noTenant(pattern: pattern, isExclusion: isExclusion, near: near)) {
            try selection.chosen(among: Self.tenants)
        }
    }

    @Test(arguments: [
        ("tier=bronze", ["tier=gold", "tier=silver"]), ("teir=gold", ["tier=gold", "tier=silver"]),
        ("colour=red", ["region=east", "region=west", "tier=gold", "tier=silver"]),
    ])
    func `a label that none has names those that there are`(text: String, known: [String]) throws {
        let label = try #require(TenantLabel(text))
        #expect(throws: TenantSelectionError.noLabel(label, known: known)) {
            try TenantSelection(labels: [label]).chosen(among: Self.tenants)
        }
    }

    @Test func `a selection that leaves none is an error, and an empty configuration is not`() throws {
        let selection = TenantSelection(patterns: [GlobPattern("lab")], excluded: [GlobPattern("l*")])
        #expect(throws: TenantSelectionError.nothingLeft) { try selection.chosen(among: Self.tenants) }
        #expect(try TenantSelection().chosen(among: []).isEmpty)
    }

    @Test(arguments: [
        ("tier=gold", "tier", "gold"), ("a.b/c_d-e=x=y", "a.b/c_d-e", "x=y"), ("tier=Bern, west", "tier", "Bern, west"),
    ])
    func `a label is a key and a value`(text: String, key: String, value: String) {
        #expect(TenantLabel(text) == TenantLabel(key: key, value: value))
    }

    @Test(arguments: ["tier", "=gold", "tier=", "a b=c", "\(String(repeating: "x", count: 64))=y"])
    func `what is no label is refused`(text: String) {
        #expect(TenantLabel(text) == nil)
    }
}
