import Connectors
import FoundationEssentials
import YAML

/// Puts the files of a tenant together, and judges what only all of them show.
struct DefinitionAssembly {
    private var diagnostics: [Diagnostic]
    private var sources: [String: SourceText] = [:]
    private var connectors: [DesiredConnector]
    private let waivers: [Waiver]
    private let drifts: [AcceptedDrift]
    private let tombstones: [Tombstone]
    private let files: Int
    private let documents: Int
    private let now: Date
    /// What may still be told; the diagnostics of the files are counted when all are sorted.
    private var budget: ReadingBudget
    private var isCut: Bool

    init(_ written: [ParsedFile], now: Date, scope: DefinitionScope, _ budget: ReadingBudget) {
        self.now = now
        let expanded = ExpandedFiles(written, scope, budget)
        let files = expanded.files
        self.budget = expanded.budget
        self.files = written.count + expanded.templates
        isCut = files.contains { $0.isCut && !$0.hasTooManyDocuments }
        documents = files.reduce(0) { $0 + $1.documents }
        diagnostics = files.flatMap(\.diagnostics) + expanded.diagnostics
        if scope.allowsAnyNetwork { diagnostics = diagnostics.map(\.inLaboratory) }
        if documents > ReadingBudget.maximumDocuments || files.contains(where: \.hasTooManyDocuments) {
            diagnostics.append(.tooManyDocuments)
        }
        for file in files { sources[file.path] = file.source }
        for (path, source) in expanded.sources { sources[path] = source }
        connectors = files.flatMap(\.connectors).sorted(by: \.source)
        waivers = files.flatMap(\.approvals.waivers).sorted { $0.source < $1.source }
        drifts = files.flatMap(\.approvals.acceptedDrifts).sorted { $0.source < $1.source }
        tombstones = files.flatMap(\.approvals.tombstones).sorted { $0.source < $1.source }
        checkRepository()
        checkDuplicates("Tombstone", tombstones.map { ($0.name, $0.source) })
        checkDuplicates("Waiver", waivers.map { ($0.name, $0.source) })
        checkDuplicates("AcceptedDrift", drifts.map { ($0.name, $0.source) })
        checkTargets()
        if let checks = scope.checks { checkChecks(among: checks) }
        for file in files {
            for deadline in file.approvals.deadlines { check(deadline, in: file.source) }
        }
    }

    func set(within budget: inout ReadingBudget) -> DefinitionSet {
        let isEachOnce = Set(connectors.map(\.key)).count == connectors.count
        var seen: Set<ConnectorKey> = []
        return DefinitionSet(
            desired: DesiredTenant(
                // A filtered list has room to grow, which for thousands of tenants is memory.
                connectors: isEachOnce ? connectors : connectors.filter { seen.insert($0.key).inserted },
                waivers: waivers,
                acceptedDrifts: drifts,
                tombstones: tombstones
            ),
            diagnostics: diagnostics.told(within: &budget, isCut: isCut),
            files: files,
            documents: documents
        )
    }

    private mutating func checkRepository() {
        // A partner that is defined twice collides in both directions, and once is enough to hear.
        var told: Set<SourcePosition> = []
        for found in RepositoryRules.violations(connectors) {
            if found.violation.rule == "duplicate-identity", !told.insert(found.position).inserted { continue }
            add(found.violation, at: found.position, related: found.other)
        }
    }

    private mutating func checkDuplicates(_ kind: String, _ named: [(name: String, source: SourcePosition)]) {
        var first: [String: SourcePosition] = [:]
        for (name, source) in named where !name.isEmpty {
            guard let earlier = first.updateValue(source, forKey: name) else { continue }
            first[name] = earlier
            let violation = Violation(
                "duplicate-identity",
                field: nil,
                "\(kind)/\(name) is defined twice, first at \(earlier): which of the two holds is unclear",
                remedy: "Remove one, or give it another metadata.name."
            )
            add(violation, at: source, related: earlier)
        }
    }

    private mutating func checkTargets() {
        for tombstone in tombstones {
            guard let living = connectors.first(where: { tombstone.covers($0.key) }) else { continue }
            let violation = Violation(
                "tombstone-of-living",
                field: "connector",
                "\(living.key) is defined at \(living.source), and the tombstone wants it deleted: which of the two holds is unclear",
                remedy: "Remove the definition, if the connector is to be deleted; else remove the tombstone."
            )
            add(violation, at: tombstone.source, related: living.source)
        }
        let keys = Set(connectors.map(\.key))
        let names = Set(connectors.map(\.key.name))
        for waiver in waivers where !names.contains(waiver.connector) && !waiver.connector.isEmpty {
            addMissingTarget(waiver.connector, names, at: waiver.source, "waiver")
        }
        for drift in drifts where !keys.contains(drift.connector) && !drift.connector.name.isEmpty {
            addMissingTarget(drift.connector.description, names, at: drift.source, "accepted drift")
        }
    }

    /// A waiver for a check that does not exist waives nothing, and its author believes that it does.
    private mutating func checkChecks(among checks: Set<String>) {
        for waiver in waivers where !waiver.check.isEmpty && !checks.contains(waiver.check) {
            let violation = Violation(
                "unknown-check",
                field: "check",
                "the gate has no check \"\(waiver.check.escapingControls)\", so the waiver would waive nothing",
                remedy: Nearest.question(waiver.check, among: checks.sorted())
                    ?? "Write the check as the finding names it, as in cert-expires-soon."
            )
            add(violation, at: waiver.source, related: nil)
        }
    }

    private mutating func addMissingTarget(
        _ target: String,
        _ names: Set<String>,
        at source: SourcePosition,
        _ what: String
    ) {
        let near = Nearest.question(target.split(separator: "/").last.map(String.init) ?? target, among: names.sorted())
        let violation = Violation(
            "approval-without-target",
            severity: .warning,
            field: nil,
            "\(target.escapingControls) was not found here, so the \(what) has no effect",
            remedy: near ?? "Remove it, or write the metadata.name of a connector of this folder."
        )
        add(violation, at: source, related: nil)
    }

    private mutating func check(_ deadline: Approvals.Deadline, in source: SourceText) {
        let days = 366.0
        let violation: Violation
        if deadline.date <= now {
            violation = Violation(
                "approval-expired",
                severity: .warning,
                field: "until",
                "\(deadline.kind.rawValue)/\(deadline.name) ended at \(Timestamp.text(deadline.date)) and has no effect any more",
                remedy: "Remove it, or have it reviewed and set a new date."
            )
        } else if deadline.date > now.addingTimeInterval(days * 86_400) {
            violation = Violation(
                "until-too-far",
                field: "until",
                "\(deadline.kind.rawValue)/\(deadline.name) would hold for more than a year, and no one would look at it again",
                remedy: "Set a date within a year, and review it then."
            )
        } else {
            return
        }
        add(violation, in: source, at: deadline.place, related: nil)
    }

    private mutating func add(_ violation: Violation, at position: SourcePosition, related: SourcePosition?) {
        let source = sources[position.file] ?? SourceText(path: position.file, bytes: [])
        add(violation, in: source, at: source.word(at: position), instance: position.instance, related: related)
    }

    private mutating func add(
        _ violation: Violation,
        in source: SourceText,
        at place: YAMLPlace,
        instance: SourcePosition.Instance? = nil,
        related: SourcePosition?
    ) {
        guard budget.take(violation.severity) else {
            if violation.severity == .error { isCut = true }
            return
        }
        diagnostics.append(
            Diagnostic(
                rule: violation.rule,
                severity: violation.severity,
                position: SourcePosition(
                    file: source.path,
                    line: place.line,
                    column: place.column,
                    instance: instance ?? source.instance
                ),
                reason: violation.reason,
                remedy: violation.remedy,
                excerpt: budget.takeExcerpt() ? Excerpt(source, place) : nil,
                related: related
            )
        )
    }
}

extension Diagnostic {
    fileprivate static var tooManyDocuments: Diagnostic {
        Diagnostic(
            rule: "too-many-documents",
            severity: .error,
            position: SourcePosition(file: "."),
            reason: "the folder has more than \(ReadingBudget.maximumDocuments) documents, and no more are read",
            remedy: "Name the folder of one tenant."
        )
    }

    /// The same where partners may lie in any network: what the internet does not reach is then only remarked.
    fileprivate var inLaboratory: Diagnostic {
        guard rule == TermProblem.privateSmartHost else { return self }
        return Diagnostic(
            rule: rule,
            severity: .warning,
            position: position,
            reason: reason,
            remedy: "This is taken because gate.networks is any; in production write a public address.",
            excerpt: excerpt,
            related: related
        )
    }
}

extension SourceText {
    /// The word that begins at a position, up to a colon or a space.
    fileprivate func word(at position: SourcePosition) -> YAMLPlace {
        guard position.column > 0, let bytes = line(position.line) else {
            return YAMLPlace(line: position.line, column: position.column)
        }
        let rest = String(decoding: bytes.prefix(4_096), as: UTF8.self).unicodeScalars.dropFirst(position.column - 1)
        let length = rest.prefix { $0 != ":" && $0 != " " && $0 != "," }.count
        return YAMLPlace(line: position.line, column: position.column, length: length)
    }
}
