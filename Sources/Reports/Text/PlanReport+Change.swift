import Connectors
import Planning

extension PlanReport {
    /// - Parameter showsSource: Whether to say where the definition stands.
    static func add(_ change: Change, _ tenant: TenantPlan, showsSource: Bool = true, to page: inout Page) {
        let (symbol, ink) = change.action.symbol
        page.add("\(change.key): \"\(change.displayName)\"", indent: 2, mark: symbol, markInk: ink, ink: .strong)
        for field in change.fields { add(field, of: change, to: &page) }
        if let former = change.formerName {
            page.add(label: "was", "named \(former) in git before", indent: 6)
        }
        if !change.companions.isEmpty {
            let values = change.companions.keys.map { "\($0): \(change.companions[$0].shown)" }
            page.add(label: "with", "\(values.joined(separator: "; ")) (sent along, unchanged)", indent: 6)
        }
        if change.cause != .git {
            let author = tenant.told.first { $0.item.key == change.key }?.namedAuthor
            page.add(label: "cause", change.cause.sentence(by: author), indent: 6)
        }
        for sentence in change.effect { page.add(label: "effect", sentence, indent: 6) }
        page.add(label: "security", change.risk.sentence, indent: 6, ink: change.risk == .high ? .alarm : .plain)
        for risk in change.risks {
            page.add("\(risk.id): \(risk.message)", indent: 15, mark: risk.level.symbol, markInk: risk.level.ink)
        }
        if let reason = change.acceptedRisk { page.add(label: "accepted", reason, indent: 6) }
        if tenant.judgements != nil {
            FindingReport.add(tenant.judgement(of: change.key), to: &page, indent: 6, notes: .named)
        }
        if showsSource, let source = change.source { page.add(label: "source", source.description, indent: 6) }
    }

    private static func add(_ field: FieldChange, of change: Change, to page: inout Page) {
        let (symbol, ink) = change.action.symbol
        switch change.action {
        case .create: page.add("\(field.path): \(field.after.shown)", indent: 6, mark: symbol, markInk: ink, hang: 2)
        case .delete: page.add("\(field.path): \(field.before.shown)", indent: 6, mark: symbol, markInk: ink, hang: 2)
        case .update: add(field.path, field.before, field.after, indent: 6, to: &page)
        }
    }

    /// A value before and after; long lists entry by entry.
    static func add(_ path: String, _ old: FieldValue?, _ new: FieldValue?, indent: Int, to page: inout Page) {
        guard let difference = ListDifference(before: old, after: new) else {
            page.add("\(path): \(old.shown) → \(new.shown)", indent: indent, mark: "~", markInk: .changed, hang: 2)
            return
        }
        let kept = difference.kept > 0 ? " (\(difference.kept) as before)" : ""
        page.add("\(path):\(kept)", indent: indent, mark: "~", markInk: .changed)
        for entry in difference.removed { page.add(entry, indent: indent + 4, mark: "-", markInk: .removed) }
        for entry in difference.added { page.add(entry, indent: indent + 4, mark: "+", markInk: .added) }
    }

    static func add(_ drift: [AttributedDrift], to page: inout Page) {
        guard !drift.isEmpty else { return }
        page.space()
        page.add("Drift: the tenant is not as it was last written")
        for item in drift { DriftReport.add(item, to: &page, indent: 2) }
    }

    static func add(_ unmanaged: [UnmanagedConnector], to page: inout Page) {
        guard !unmanaged.isEmpty else { return }
        page.space()
        page.add("Not managed, and left alone")
        for connector in unmanaged { add(connector, to: &page) }
    }

    static func add(_ connector: UnmanagedConnector, to page: inout Page) {
        let origin = connector.origin.sentence.map { ", \($0)" } ?? ""
        page.add("\(connector.kind) \"\(connector.displayName)\"\(origin)", indent: 2, mark: "?")
        for risk in connector.risks {
            page.add("\(risk.id): \(risk.message)", indent: 6, mark: risk.level.symbol, markInk: risk.level.ink)
        }
    }
}

extension Change.Action {
    var symbol: (text: String, ink: Ink) {
        switch self {
        case .create: ("+", .added)
        case .update: ("~", .changed)
        case .delete: ("-", .removed)
        }
    }
}

extension Change.Cause {
    /// - Parameter author: Who the audit log says changed the tenant, and when.
    func sentence(by author: String?) -> String {
        let change = "\(author ?? "someone") changed the tenant"
        return switch self {
        case .git: "the definition changed"
        case .drift: change
        case .both: "the definition changed, and \(change)"
        }
    }
}

extension RiskLevel {
    /// It is about security alone: whether mail may fail to arrive is said by the effect and the gate.
    var sentence: String { "\(rawValue) risk" }

    var symbol: String {
        switch self {
        case .low: "·"
        case .medium: "!"
        case .high: "!!"
        }
    }

    var ink: Ink {
        switch self {
        case .low: .plain
        case .medium: .changed
        case .high: .alarm
        }
    }
}

extension ObservedConnector.Origin {
    var sentence: String? {
        switch self {
        case .standard: nil
        case .hybridWizard: "made by the Hybrid Configuration Wizard"
        case .migrated: "migrated from elsewhere"
        case .validationCopy: "the admin center's copy for a validation"
        }
    }
}
