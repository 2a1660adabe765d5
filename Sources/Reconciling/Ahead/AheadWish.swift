import Connectors
package import Planning
package import TLSGate

/// What is to be applied before its merge, as a reviewer was shown it and a person asked for it.
package struct AheadWish: Hashable, Sendable {
    /// The run as it is to be kept, without its connectors; the lease has the same id.
    package var run: AheadRun
    /// Of the changes that were shown.
    package var changesDigest: String
    /// What the gate said of them; `nil` where it had nothing to judge.
    package var verdict: Verdict?

    package init(run: AheadRun, changesDigest: String, verdict: Verdict?) {
        self.run = run
        self.changesDigest = changesDigest
        self.verdict = verdict
    }

    /// Why the run was made, for the history; a stranger's name in it is not escaped.
    var reason: String { "\(run.by) asked for it in a comment on request \(run.request), before its merge." }
}
