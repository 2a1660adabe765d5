/// What a run tells while it is at work: for a progress line, a log, a metric or a notice.
package struct RunEvent: Sendable {
    /// The tenant, or the source while git is asked.
    package let subject: String
    package let what: What

    package enum What: Sendable {
        /// What is being waited for, in words that follow "contoso: ".
        case waiting(String)
        /// Nothing is waited for any more.
        case idle
        /// The run has come to its end.
        case ended(RunEnding)
    }
}
