/// What is told to people of a run that has ended.
extension Journal {
    /// What happened, in a sentence or two.
    package var message: String {
        if let validationMessage { return validationMessage }
        let count = Set(steps.filter { $0.state == .confirmed }.map(\.write.key)).count
        switch result {
        case nil: return "The run is not finished."
        case .unchanged?: return "There was nothing to do."
        case .applied?: return "\(count) \(count == 1 ? "change" : "changes") applied and read back."
        case .rolledBack?:
            return "\(account) All that this run had written was rolled back: the tenant is as it was before."
        case .interrupted?:
            return "The run was interrupted. All that it had written was rolled back: the tenant is as it was before."
        case .partlyApplied? where gaveWay:
            return "\(account) \(count) \(count == 1 ? "change" : "changes") applied and read back before that stand."
        case .partlyApplied?:
            return "\(account) Not all that this run had written was rolled back: \(problems.joined(separator: " "))"
        case .held?, .blocked?, .failed?: return "\(account) Nothing was written."
        }
    }

    /// Whether the run stopped before something that others changed since its plan, and left what it had done.
    private var gaveWay: Bool {
        cause == .stale && steps.allSatisfy { [.confirmed, .planned, .failed].contains($0.state) }
    }

    private var account: String {
        guard let reason else { return "The run failed." }
        return "The run failed: \(reason.hasSuffix(".") ? reason : reason + ".")"
    }

    /// For each object that could not be put back, why, and exactly what is to be done.
    package var problems: [String] { steps.filter { $0.state == .undoRefused }.compactMap(\.problem) }

    /// Whether the commit is to be quarantined: its apply failed for a reason of its own, and would fail again.
    package var quarantines: Bool {
        guard !isInterrupted, result == .rolledBack || result == .partlyApplied else { return false }
        return cause.map { [.refused, .validationFailed, .didNotStick, .undoneByOthers, .gateWorse].contains($0) }
            ?? true
    }
}
