import Connectors

/// Where a definition and its object differ, and who caused it, told by what was written last.
struct ThreeWay {
    struct Difference {
        /// The field, or `nil` for the name.
        let field: Field?
        /// What the definition wants, as it was written; Exchange's default where it no longer says anything.
        let wanted: FieldValue
        /// What the tenant shows, in normal form.
        let seen: FieldValue
        let cause: Change.Cause
        let acceptance: AcceptedDrift?

        var path: String { field?.name ?? ThreeWay.namePath }
    }

    /// The path of a rename.
    static let namePath = "name"

    /// In the order of the field table, the name first.
    private(set) var differences: [Difference] = []
    /// Fields that were declared before and cannot be reset, as Exchange has no default for them.
    private(set) var released: [String] = []

    init(desired: DesiredConnector, applied: AppliedConnector?, object: Seen, accepted: AcceptedValues) {
        compareName(desired, applied, object, accepted)
        let table = FieldTable.of(desired.kind)
        for (number, name) in table.names.enumerated() {
            let declared = desired.settings[name]
            let former = applied?.settings[name]
            guard declared != nil || former != nil else { continue }
            // What stands there as it was written is the same in normal form too, which costs more to find out.
            if let declared, declared == object.connector.settings[name] { continue }
            let field = table.fields[number]
            if declared == nil, case .integer = field.type {
                released.append(field.name)
                continue
            }
            let wanted = declared ?? field.defaultValue
            let seen = object.normal.values[number]
            let want = field.normal(wanted)
            guard want != seen else { continue }
            differences.append(
                Difference(
                    field: field,
                    wanted: wanted,
                    seen: seen,
                    cause: Self.cause(
                        want: declared == nil ? nil : want,
                        seen: seen,
                        former: former.map(field.normal)
                    ),
                    acceptance: accepted.acceptance(of: seen, field: field.name, connector: desired.key)
                )
            )
        }
    }

    private mutating func compareName(
        _ desired: DesiredConnector,
        _ applied: AppliedConnector?,
        _ object: Seen,
        _ accepted: AcceptedValues
    ) {
        let seen = object.connector.displayName
        guard !seen.isSameName(as: desired.displayName) else { return }
        differences.append(
            Difference(
                field: nil,
                wanted: .text(desired.displayName),
                seen: .text(seen),
                cause: Self.cause(
                    want: .text(desired.displayName.lowercased()),
                    seen: .text(seen.lowercased()),
                    former: applied.map { .text($0.displayName.lowercased()) }
                ),
                acceptance: accepted.acceptance(of: .text(seen), field: Self.namePath, connector: desired.key)
            )
        )
    }

    /// Drift is only what differs where git still says what was written; `want` is `nil` where git stopped saying it.
    private static func cause(want: FieldValue?, seen: FieldValue, former: FieldValue?) -> Change.Cause {
        guard let former else { return .git }
        if let want, want == former { return .drift }
        return seen == former ? .git : .both
    }
}

extension Change.Cause {
    /// The cause of a change that has parts of both causes.
    static func joined(_ causes: [Change.Cause]) -> Change.Cause {
        let distinct = Set(causes)
        return distinct.count == 1 ? distinct.first ?? .git : distinct.isEmpty ? .git : .both
    }
}
