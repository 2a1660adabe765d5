/// What a run does by itself when a change that it applied turns out badly: a validation, the bake or the watch failed.
///
/// Failing forced TLS is what an attacker on the wire wants taken back, so weaker security is restored only where the
/// operator's own file says so.
package enum RegressionResponse: String, Hashable, Sendable, CaseIterable, Codable {
    /// Nothing is undone; a person decides.
    case hold
    /// What the run changed is restored, unless what was before is weaker: then a person decides.
    case rollBack = "roll-back"
    /// What the run changed is restored, also where what was before is weaker.
    case rollBackEvenIfWeaker = "roll-back-even-if-weaker"
}
