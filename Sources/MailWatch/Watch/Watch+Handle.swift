import Connectors
package import FoundationEssentials
import Planning

extension Watch {
    /// Takes in what happened outside the rounds.
    ///
    /// A watch that has ended stays as it is. While a run takes the change back only that run's end counts: the run itself
    /// refuses what someone else has changed since.
    ///
    /// - Returns: What to tell people; empty where nothing changed.
    package mutating func handle(_ input: WatchInput, at serviceTime: Date) -> [WatchNotice] {
        switch input {
        case .superseded(let newer):
            guard state.isReading else { return [] }
            note = "run \(newer.escapingControls) touched it since"
            return enter(.superseded, .newerRun, at: serviceTime)
        case .changed(let who):
            guard state.isReading else { return [] }
            note = "changed by \((who ?? "someone else").escapingControls)"
            return enter(.superseded, .changedByOthers, at: serviceTime)
        case .clockDoubted:
            guard state.isReading else { return [] }
            return enter(.notJudged, .clockSkewed, at: serviceTime)
        case .endedByPerson(let name, let reason):
            guard state.isReading else { return [] }
            note = "ended by \(name.escapingControls): \(reason.escapingControls)"
            return enter(.endedByPerson, nil, at: serviceTime)
        case .tookBack(let end):
            guard state == .takingBack else { return [] }
            switch end {
            case .ended(.applied):
                return enter(.regressedTakenBack, nil, at: serviceTime)
            case .postponed(let next):
                takeBackRun = next
                return []
            case .ended(let result):
                note = "run \(takeBackRun ?? "") ended \(result.rawValue)"
                return enter(.regressedHeld, .takeBackFailed, at: serviceTime)
            case .refused(let why):
                note = why.escapingControls
                return enter(.regressedHeld, .changedSince, at: serviceTime)
            }
        }
    }

    /// What is to be taken back, while that is decided and not done; after a restart too.
    ///
    /// A run with that id in the journal is followed to its end; where there is none, it is started.
    package var pendingTakeBack: TakeBack? {
        guard state == .takingBack, let takeBackRun else { return nil }
        return TakeBack(
            watch: id,
            run: takeBackRun,
            earlier: run,
            objects: (change.rules + [change.connector]).filter { $0.before != $0.after },
            mayWeaken: policy.onRegression == .rollBackEvenIfWeaker,
            reason: headline
        )
    }

    /// Those who wait for its end were told.
    package mutating func markTold() { untold = nil }

    /// Goes to a state, forgets what an ended watch has no use for, and says so.
    mutating func enter(_ state: WatchState, _ reason: WatchReason?, at now: Date) -> [WatchNotice] {
        guard state != self.state || reason != self.reason else { return [] }
        self.state = state
        self.reason = reason
        since = now
        if state.isEnded {
            key = nil
            outbound = nil
            inbound = nil
            untold = true
        }
        return [
            notice(
                state.rawValue,
                reason?.rawValue ?? "",
                severity: state.severity,
                message: statement
            )
        ]
    }

    func notice(
        _ word: String,
        _ reason: String,
        _ transition: WatchNotice.Transition = .raised,
        severity: WatchNotice.Severity,
        message: String
    ) -> WatchNotice {
        WatchNotice(
            watch: id,
            object: object,
            word: word,
            reason: reason,
            transition: transition,
            severity: severity,
            message: message,
            run: run,
            revision: revision
        )
    }
}

extension WatchState {
    fileprivate var severity: WatchNotice.Severity {
        switch self {
        case .takingBack, .regressedTakenBack, .regressedHeld: .high
        case .suspended: .warning
        case .settling, .watching, .flows, .notJudged, .superseded, .endedByPerson: .info
        }
    }
}
