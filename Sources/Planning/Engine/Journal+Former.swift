package import Connectors

extension Journal {
    /// What the store held before a run that replaced it in the transaction that began the run.
    ///
    /// If the run leaves nothing behind, the run that finishes it puts this back.
    package struct Former: Hashable, Sendable, Codable {
        /// `nil` where no commit was quarantined.
        package var quarantine: Quarantine?
        /// The words for the connectors that the run is about.
        package var emergencies: [BreakGlass]

        package init(quarantine: Quarantine? = nil, emergencies: [BreakGlass] = []) {
            self.quarantine = quarantine
            self.emergencies = emergencies
        }
    }

    /// Whether the run has ended and left the tenant as it was: nothing was written, or all of it was undone.
    package var leftNothing: Bool {
        phase == .finished && result.map { [.failed, .rolledBack, .interrupted].contains($0) } ?? false
    }

    /// What is quarantined once a run has ended that quarantined a commit before its first write, as a rollback does.
    ///
    /// - Parameter quarantine: The one that stands; another run's stays, and so does a person's having lifted it.
    package func settling(_ quarantine: Quarantine?) -> Quarantine? {
        guard leftNothing, let former, quarantine?.run == run else { return quarantine }
        return former.quarantine
    }

    /// What becomes of the words for emergencies once a run has ended that switched connectors off, or on again.
    ///
    /// A word stays as long as its connector is left off by it.
    ///
    /// - Parameter words: Those that stand.
    /// - Returns: Those that are over, and then those that are kept instead.
    package func settling(_ words: [BreakGlass]) -> (over: [ConnectorKey], kept: [BreakGlass]) {
        let written = Set(steps.filter { $0.state == .confirmed }.map(\.write.key))
        let former = former?.emergencies ?? []
        guard !steps.contains(where: { $0.write.settings[BreakGlass.field] == .boolean(true) }) else {
            // Those that were on already took no step.
            let others = result == .applied ? former.map(\.connector) : []
            return (written.union(others).sorted(), [])
        }
        guard result != .applied else { return ([], []) }
        let over = words.filter { $0.run == run && !written.contains($0.connector) }.map(\.connector)
        return (over, former.filter { over.contains($0.connector) })
    }
}
