import Connectors
import FoundationEssentials
import TLSGate

/// What the gate found about one connector, gravest first, with the evidence and what to do.
enum FindingReport {
    /// How much is said of what decides nothing.
    enum Notes {
        /// Their names in one line, so that a plan does not bury what its reader has to decide.
        case named
        case told
    }

    /// - Parameter judgement: `nil` for a connector that has nothing to judge, such as one that is deleted.
    static func add(_ judgement: Judgement?, to page: inout Page, indent: Int, notes: Notes) {
        guard let judgement else {
            page.add(label: "TLS gate", "nothing to judge", indent: indent)
            return
        }
        page.add(label: "TLS gate", judgement.headline, indent: indent, ink: judgement.verdict.ink)
        let groups = groups(judgement.findings.filter { !$0.isAboutUs })
        for group in groups where notes == .told || !group.finding.isNote {
            add(group, seen: judgement.observedAt, to: &page, indent: indent + 2)
        }
        let named = groups.filter(\.finding.isNote).map(\.finding.check)
        if notes == .named, !named.isEmpty {
            let line = "\(named.joined(separator: ", ")): see mitregate gate \(judgement.connector.name)"
            page.add(line, indent: indent + 2, mark: "i")
        }
        if let line = passes(judgement.findings) { page.add(line, indent: indent + 2, mark: "✓", markInk: .added) }
        if let retry = judgement.retryAt, judgement.verdict == .hold {
            page.add(label: "again", "at \(Timestamp.text(retry))", indent: indent + 2)
        }
    }

    /// Findings that say the same of several subjects.
    struct Group {
        let finding: Finding
        let subjects: [String]
    }

    /// All but the passes; gravest first, equal ones together, in the order in which they were found.
    static func groups(_ findings: [Finding]) -> [Group] {
        var groups: [Group] = []
        var places: [Finding: Int] = [:]
        for finding in findings where finding.outcome != .pass {
            var same = finding
            same.subject = ""
            same.observedAt = nil
            if let place = places[same] {
                groups[place] = Group(
                    finding: groups[place].finding,
                    subjects: groups[place].subjects + [finding.subject]
                )
            } else {
                places[same] = groups.count
                groups.append(Group(finding: finding, subjects: [finding.subject]))
            }
        }
        return groups.enumerated()
            .sorted { ($0.element.finding.gravity, $0.offset) < ($1.element.finding.gravity, $1.offset) }
            .map(\.element)
    }

    /// - Parameter seen: When the observations were made, as it was said already.
    private static func add(_ group: Group, seen: Date?, to page: inout Page, indent: Int) {
        let finding = group.finding
        let subjects = group.subjects.joined(separator: ", ")
        page.add("\(finding.check)  \(subjects)", indent: indent, mark: finding.symbol, markInk: finding.ink)
        page.add(finding.message, indent: indent + 2)
        if finding.isNote { return }
        if let exo = finding.exo { page.add(label: "Exchange", exo, indent: indent + 2) }
        for name in finding.evidenceOrder where !(name == "vantage" && finding.tellsVantage) {
            page.add(label: name, finding.evidence[name] ?? "", indent: indent + 2)
        }
        if !finding.remedy.isEmpty { page.add(label: "do", finding.remedy, indent: indent + 2) }
        var source = finding.sources
        if let date = finding.observedAt, Timestamp.text(date) != seen.map(Timestamp.text) {
            source.append("observed \(Timestamp.text(date))")
        }
        if !source.isEmpty { page.add(label: "source", source.joined(separator: " · "), indent: indent + 2) }
        if let waiver = finding.waivedBy {
            page.add(label: finding.waived ? "waived" : "policy", waiver, indent: indent + 2)
        }
    }

    /// All that passed, in one line; `nil` when nothing did.
    static func passes(_ findings: [Finding]) -> String? {
        let passed = findings.filter { $0.outcome == .pass }
        guard !passed.isEmpty else { return nil }
        let subjects = passed.map(\.subject).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
        let shown =
            subjects.prefix(3).joined(separator: ", ") + (subjects.count > 3 ? " and \(subjects.count - 3) more" : "")
        return "\(passed.count.counted("check")) passed: \(shown)"
    }
}

extension Judgement {
    /// The verdict, with what it rests on.
    fileprivate var headline: String {
        guard let observedAt else { return verdict.rawValue }
        return "\(verdict.rawValue)  (observed \(Timestamp.text(observedAt)))"
    }
}

extension Verdict {
    var ink: Ink {
        switch self {
        case .pass: .added
        case .warn, .approve: .changed
        case .hold, .block: .alarm
        }
    }
}

extension Finding {
    /// Good to know, and no reason for or against anything.
    fileprivate var isNote: Bool { outcome == .info && !waived }

    /// Whether the message says already from where it was seen.
    fileprivate var tellsVantage: Bool { evidence["vantage"].map { message.contains($0) } ?? false }

    /// Those that decide come first; a waived one counts no longer.
    fileprivate var gravity: Int {
        let own =
            switch outcome {
            case .fail: 0
            case .unknown: 1
            case .warn: 2
            case .info: 4
            case .pass: 5
            }
        return waived ? max(own, 3) : own
    }

    var symbol: String {
        if waived { return "w" }
        return switch outcome {
        case .pass: "✓"
        case .info: "i"
        case .warn: "!"
        case .fail: "✗"
        case .unknown: "?"
        }
    }

    var ink: Ink {
        if waived { return .faint }
        return switch outcome {
        case .pass: .added
        case .info: .plain
        case .warn: .changed
        case .fail: .removed
        case .unknown: .alarm
        }
    }
}
