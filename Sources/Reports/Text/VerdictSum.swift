import TLSGate

/// The last line of a list of verdicts: how many of each, and what the command exits with for it.
enum VerdictSum {
    /// - Parameters:
    ///   - noun: What was judged, in the singular.
    ///   - failures: How many tenants or servers could not be judged at all, because of an error.
    static func text(_ verdicts: [Verdict], of noun: String, failures: Int = 0, exit: ExitStatus) -> String {
        let counts = [Verdict.block, .hold, .approve, .warn, .pass].compactMap { verdict -> String? in
            let count = verdicts.count { $0 == verdict }
            return count == 0 ? nil : "\(count) \(verdict.rawValue)"
        }
        var text = verdicts.count.counted(noun)
        if !counts.isEmpty { text += ": \(counts.joined(separator: ", "))" }
        if failures > 0 { text += "; \(failures.counted("tenant")) not read" }
        let why = verdicts.isEmpty && exit == .done ? "nothing was judged" : reason(exit)
        return "\(text). Exit code \(exit.rawValue): \(why)."
    }

    static func ink(_ exit: ExitStatus) -> Ink { exit == .done ? .plain : .alarm }

    private static func reason(_ exit: ExitStatus) -> String {
        switch exit {
        case .done: "mail would flow"
        case .blocked: "mail would not flow where it says block"
        case .held: "a person must accept what says approve, and what says hold could not be judged now"
        case .error, .changes, .stale, .unknown, .partlyApplied, .rolledBack, .usage: "not everything could be judged"
        case .interrupted: "interrupted"
        }
    }
}
