import Connectors
import FoundationEssentials
import Planning

/// Whose deviations are put back, and when.
extension Lane {
    /// Another writer's third change within so long is a fight.
    static let fightWindow: TimeInterval = 86_400
    static let fightFlips = 3

    /// Takes over what a full round saw of the tenant.
    mutating func trace(_ view: LiveView, at now: Date) {
        drift = view.drift.filter { $0.author != .ours }
        let deviating = drift.filter { !$0.item.accepted }
        var traces: [DriftTrace] = []
        for finding in deviating {
            let known = memory.traces.first { $0.connector == finding.item.key }
            var trace = known ?? DriftTrace(finding.item.key)
            if trace.fields.isEmpty { trace.flips.append(now) }
            if trace.fields.map(\.path) != finding.paths { trace.isFruitless = nil }
            trace.fields = finding.paths.map { path in
                trace.fields.first { $0.path == path } ?? DriftTrace.Field(path: path, since: now)
            }
            traces.append(trace)
        }
        let keys = Set(traces.map(\.connector))
        for var trace in memory.traces where !keys.contains(trace.connector) {
            trace.fields = []
            trace.triedAt = nil
            trace.isFruitless = nil
            traces.append(trace)
        }
        for index in traces.indices {
            let start = now.addingTimeInterval(-Self.fightWindow)
            traces[index].flips.removeAll { $0 < start || $0 > now }
            let isFought = traces[index].flips.count >= Self.fightFlips && policy.drift == .correct
            // It is over when the connector agrees and a day has passed without another change.
            let isOver = traces[index].fields.isEmpty && traces[index].flips.isEmpty
            traces[index].isFight = isFought || traces[index].isFight && !isOver
        }
        memory.traces = traces.filter { !$0.fields.isEmpty || !$0.flips.isEmpty || $0.isFight }
            .sorted { $0.connector < $1.connector }
    }

    /// Remembers which corrections of a round found nothing to write.
    mutating func tried(_ round: Round, _ outcome: RoundOutcome) {
        let isFruitless = !isOvertaken && outcome.cause == nil && [.inSync, .pending].contains(outcome.result)
        for correction in round.corrections { trace(correction.connector) { $0.isFruitless = isFruitless } }
    }

    mutating func trace(_ connector: ConnectorKey, _ change: (inout DriftTrace) -> Void) {
        guard let index = memory.traces.firstIndex(where: { $0.connector == connector }) else { return }
        change(&memory.traces[index])
    }

    /// What may be put back now.
    func corrections(at now: Date) -> [Round.Correction] {
        guard mayCorrect(at: now) else { return [] }
        return drift.compactMap { finding in
            guard let trace = correctable(finding), (due(trace, finding).map { $0 <= now } ?? false) else { return nil }
            let fields = trace.fields.filter { isRipe($0, at: now) }.map(\.path)
                .filter { finding.correctablePaths.contains($0) }
            guard !fields.isEmpty else { return nil }
            let recreates = finding.item.form == .missing
            return Round.Correction(
                connector: finding.item.key,
                fields: recreates ? [] : fields.sorted(),
                recreates: recreates
            )
        }
    }

    /// When the next correction is due; `nil` where nothing is to be corrected.
    func correctionDue(at now: Date) -> Date? {
        guard mayCorrect(at: now) else { return nil }
        return drift.compactMap { finding in correctable(finding).flatMap { due($0, finding) } }.min()
    }

    private func mayCorrect(at now: Date) -> Bool {
        guard policy.drift == .correct, memory.suspension == nil, memory.waiting == nil else { return false }
        guard let hold = memory.hold, hold.reason == .freeze else { return true }
        return hold.until <= now
    }

    private func correctable(_ finding: DriftFinding) -> DriftTrace? {
        guard !finding.correctablePaths.isEmpty else { return nil }
        guard let trace = memory.traces.first(where: { $0.connector == finding.item.key }), !trace.isFight else {
            return nil
        }
        return trace
    }

    private func due(_ trace: DriftTrace, _ finding: DriftFinding) -> Date? {
        let since = trace.fields.filter { finding.correctablePaths.contains($0.path) }.map(\.since).min()
        guard let first = since?.addingTimeInterval(policy.correctAfter.seconds) else { return nil }
        // What a correction did not put right is not tried again at once. Where it found nothing to write, it waits as long as
        // a full round does.
        let pause = trace.isFruitless == true ? max(policy.fullInterval, policy.interval) : policy.interval
        guard let tried = trace.triedAt?.addingTimeInterval(max(pause.seconds, 60)) else { return first }
        return max(first, tried)
    }

    private func isRipe(_ field: DriftTrace.Field, at now: Date) -> Bool {
        field.since.addingTimeInterval(policy.correctAfter.seconds) <= now
    }
}

extension DriftFinding {
    /// The paths that deviate and that were not accepted; `object` for a connector that is gone or is another now.
    var paths: [String] {
        guard item.form == .changed else { return [DriftTrace.object] }
        return item.fields.filter { !$0.accepted }.map(\.path)
    }

    /// Those that may be put back by themselves: not what would weaken security, and nothing that takes a deletion.
    var correctablePaths: Set<String> {
        switch item.form {
        case .recreated: []
        case .missing: weakeningFields.isEmpty ? [DriftTrace.object] : []
        case .changed: Set(paths).subtracting(weakeningFields)
        }
    }
}
