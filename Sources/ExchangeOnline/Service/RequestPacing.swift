/// How often a tenant may be asked, over all that ask it: a connection waits here before each request.
package struct RequestPacing: Sendable {
    /// Waits until the budgets allow one more request, and takes it out of them.
    ///
    /// It returns at once with the time for which the service wants to be left alone yet, where it asked for that and the
    /// request is one that heeds it; then nothing was taken.
    package let turn: @Sendable (_ heedsRest: Bool) async -> Duration?
    /// Told when the service asks to be left alone for so long.
    package let rest: @Sendable (Duration) -> Void

    package init(
        turn: @escaping @Sendable (_ heedsRest: Bool) async -> Duration?,
        rest: @escaping @Sendable (Duration) -> Void
    ) {
        self.turn = turn
        self.rest = rest
    }
}

extension TenantConnection {
    /// Waits until a cmdlet may be asked for.
    ///
    /// What the service told one caller holds for all of them: a rest that is short is waited out, a long one ends the
    /// request before it is sent.
    func waitForTurn(_ command: Command) async throws(ExchangeError) {
        guard let pacing else { return }
        while let rest = await pacing.turn(true) {
            guard command.waitsForQuota, rest <= backoff.longestRetryAfter else {
                throw Self.resting(rest, command.cmdlet)
            }
            guard await timing.wait(rest) else {
                var error = ExchangeError.cancelled()
                error.isSurelyNotApplied = true
                throw error
            }
        }
    }

    private static func resting(_ rest: Duration, _ cmdlet: String) -> ExchangeError {
        var error = ExchangeError(
            .throttled,
            "Exchange Online asked to be left alone for \(rest.components.seconds + 1) s more; \(cmdlet) was not sent.",
            remedy: "Try again later; run fewer tools against this tenant at once.",
            cmdlet: cmdlet,
            isTransient: true
        )
        error.retryAfter = rest
        error.isSurelyNotApplied = true
        error.wasRetried = true
        return error
    }
}
