import Connectors

/// What an update must send with the changed fields, so that Exchange accepts the object as a whole.
///
/// Source: Exchange validates the resulting object (reference 3.4, 4.4), and some fields only together (12.16).
struct Completion {
    /// Fields that no definition declares and that must give way, with Exchange's default.
    private(set) var resets: Settings = [:]
    /// Unchanged fields to send along.
    private(set) var companions: Settings = [:]
    /// Exchange's rules that the object would break, and does not break now.
    private(set) var violations: [Violation] = []

    init(_ object: ObservedConnector, normal: NormalSettings, name: String, changed: Settings, declared: Set<String>) {
        let kind = object.kind
        let groups = kind.companions.filter { !$0.isDisjoint(with: changed.keys) }
        let mates = Set(groups.flatMap { $0 }).subtracting(changed.keys)
        violations = Self.newViolations(object, name: name, changed: changed)
        if !violations.isEmpty {
            let tried = Self.resets(of: mates.subtracting(declared), in: normal)
            let remaining = Self.newViolations(object, name: name, changed: changed.merging(tried) { own, _ in own })
            if !tried.isEmpty && remaining.isEmpty {
                resets = tried
                violations = []
            }
        }
        for mate in mates where resets[mate] == nil {
            guard let value = object.settings[mate], !normal[mate].isNothing else { continue }
            companions[mate] = value
        }
    }

    private static func resets(of names: Set<String>, in normal: NormalSettings) -> Settings {
        var result: Settings = [:]
        let table = FieldTable.of(normal.kind)
        for name in names {
            guard let number = table.number(of: name), normal.values[number] != table.defaults[number] else { continue }
            result[name] = table.fields[number].defaultValue
        }
        return result
    }

    private static func newViolations(_ object: ObservedConnector, name: String, changed: Settings) -> [Violation] {
        func broken(_ settings: Settings) -> [Violation] {
            ExchangeRules.violations(object.kind, displayName: name, settings: settings.overDefaults(of: object.kind))
                .filter { $0.severity == .error }
        }
        let after = broken(object.settings.merging(changed) { _, new in new })
        guard !after.isEmpty else { return [] }
        let before = Set(broken(object.settings).map(\.rule))
        return after.filter { !before.contains($0.rule) }
    }
}
