import Connectors
import FoundationEssentials

extension Watch {
    /// The watch as `status` shows it: its state in one line, then what that rests on.
    package var account: [String] {
        var lines = [title]
        func add(_ name: String, _ text: String?) {
            guard let text, !text.isEmpty else { return }
            lines.append("  \(name)\(String(repeating: " ", count: max(1, 12 - name.count)))\(text)")
        }
        if verdict != nil {
            lines.append("  \(headline)")
        } else {
            lines += sentences.map { "  \($0)" }
        }
        if object.kind == .outboundConnector {
            add("before", beforeLine)
            add("witness", witnessLine)
            add("not counted", excludedLine)
        }
        add("trace", isTraceSlow ? "the trace is slow" : nil)
        add("texts", areTextsUnreadable ? "more than half of the texts could not be read" : nil)
        if state == .regressedHeld {
            add("held", heldLine)
            add("do", "\(verdict.map(advice) ?? "")mitregate rollback \(run)")
        }
        return lines
    }

    private var title: String {
        let words =
            switch state {
            case .flows: "✓ flows"
            case .regressedHeld: "✗ regressed, held"
            case .regressedTakenBack: "✗ regressed, taken back"
            case .takingBack: "✗ regressed, being taken back"
            case .notJudged: "? not judged"
            case .settling: "… settling"
            case .watching: "… watching"
            case .suspended: "… suspended"
            case .superseded: "- superseded"
            case .endedByPerson: "- ended by a person"
            }
        return "\(words)   \(object.name)   (run \(run), commit \(revision.prefix(4))…)"
    }

    private var beforeLine: String? {
        guard let baseRate else { return nil }
        let rate = "\(baseRate.bad) of \(baseRate.units) in 7 days (p0 \(Self.decimals(baseRate.rate, 2)))"
        guard let verdict else { return rate }
        return "\(rate); \(verdict.before)"
    }

    private var witnessLine: String? {
        var parts: [String] = []
        if verdict?.witness == .twoMessages { parts.append("two messages with one cause at one server") }
        // Two messages may have decided before the statistic had anything to count.
        let isCounted = counters.counted > 0 || verdict == nil
        if isCounted, let test, let score {
            let limits = "score \(Self.decimals(score, 2)) of \(Self.decimals(test.upper, 2))"
            parts.append("\(counters.bad) bad, \(counters.good) good, \(limits)")
        } else if counters.counted > 0 {
            parts.append("\(counters.bad) bad, \(counters.good) good")
        }
        if let sight = verdict?.sight {
            let address = sight.host?.address.map { " [\($0)]" } ?? ""
            let place = "\(sight.host?.name ?? "")\(address)\(sight.port.map { ":\($0)" } ?? "")"
            parts.append("the gate saw it too: \(sight.check) on \(place), \(clock(sight.at))")
        }
        return parts.isEmpty ? nil : parts.joined(separator: "; ")
    }

    private var excludedLine: String? {
        let parts = UnitCounters.Exclusion.allCases.compactMap { exclusion -> String? in
            let count = counters[exclusion]
            return count == 0 ? nil : "\(count) \(exclusion.rawValue.split(separator: "-").joined(separator: " "))"
        }
        return parts.isEmpty ? nil : parts.joined(separator: ", ")
    }

    private var heldLine: String {
        switch reason {
        case .wouldWeaken: "going back would weaken security (\(weakeningText))"
        case .beforeOpen: "whether the state before would have delivered is not known"
        case .changedSince, .takeBackFailed: note
        default: "taking back is left to a person"
        }
    }

    /// Whom to ask about what, to go before the command.
    private func advice(_ verdict: WatchVerdict) -> String {
        let server = verdict.host.flatMap { $0.name ?? $0.address }
        let place = server.map { " on \($0.split(separator: ".").first.map(String.init) ?? $0)" } ?? ""
        let subject: String? =
            switch verdict.cause {
            case .tlsAbsent: "STARTTLS\(place)"
            case .tlsHandshake: "TLS\(place)"
            case .tlsName, .tlsUntrusted, .tlsCertificate: "the certificate\(place)"
            case .dane: "its DANE records"
            case .sts: "its MTA-STS policy"
            case .refused: "who may relay\(place)"
            case .network, .ownPolicy, .other: nil
            }
        return subject.map { "ask the partner about \($0); or: " } ?? ""
    }

    /// A number with so many digits behind the point.
    private static func decimals(_ value: Double, _ digits: Int) -> String {
        let scale = digits == 2 ? 100.0 : 10_000.0
        let whole = Int((abs(value) * scale).rounded())
        let rest = String(whole % Int(scale))
        let padding = String(repeating: "0", count: max(0, digits - rest.count))
        return "\(value < 0 && whole > 0 ? "-" : "")\(whole / Int(scale)).\(padding)\(rest)"
    }
}
