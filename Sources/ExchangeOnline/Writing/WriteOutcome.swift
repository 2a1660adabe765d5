/// What became of one write.
package enum WriteOutcome: Hashable, Sendable {
    /// The service answered with success. Whether the tenant is as asked is still told by reading it back.
    case accepted(guid: String?, warnings: [String])
    /// Surely not applied.
    case refused(ExchangeError)
    /// Perhaps applied, perhaps in part: it must be read back before anything else is written.
    case ambiguous(ExchangeError)
}
