import Planning
import Reports
import StateStore

/// What an applied run must still pass before it counts as good.
///
/// It stands in the journal until it is settled, so that neither a crash nor a check without a result lets a run pass for
/// checked: the next run makes the check first.
extension TenantRun {
    /// Remembers that a check was passed, or is asked for no longer; after the last one the run has ended.
    ///
    /// - Parameter remark: What the history should tell about the check, in sentences for people.
    mutating func settle(_ check: Journal.Check, remark: String = "") async throws(RunStop) {
        let settled = ApplyEngine.settled(try known(journal, "the journal"), check)
        journal = settled
        if settled.isFinished {
            try await close(settled, remark: remark)
        } else {
            try await commit(StateChange(journal: settled))
        }
    }

    /// Gives up what is still owed: what was applied stays as it is.
    ///
    /// - Parameter note: Why, for the history.
    mutating func settleAll(note: RunStop? = nil) async throws(RunStop) {
        var settled = try known(journal, "the journal")
        for check in settled.owed ?? [] { settled = ApplyEngine.settled(settled, check) }
        journal = settled
        try await close(settled, note: note)
    }

    /// Keeps in the history why a check had no result; the run stays unfinished, and a later one makes the check.
    mutating func keep(_ stop: RunStop) async throws(RunStop) -> RunStop {
        guard var record else { return stop }
        record.tell(stop)
        self.record = record
        try await commit(StateChange(run: record))
        return stop
    }
}

extension RunRecord {
    /// Takes over why a run did not come to a good end.
    mutating func tell(_ stop: RunStop) {
        message = stop.message
        cause = stop.cause
        nextLook = stop.next
    }
}
