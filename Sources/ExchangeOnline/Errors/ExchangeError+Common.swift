import Transfers

extension ExchangeError {
    static func cancelled() -> ExchangeError {
        ExchangeError(.cancelled, "The work was interrupted.", remedy: "Run it again.")
    }

    /// What `TransferPool.send` threw.
    ///
    /// - Parameter whatFor: Ends the sentence "The request for …".
    static func transfer(_ error: any Error, whatFor: String) -> ExchangeError {
        guard let error = error as? TransferError else { return cancelled() }
        let isTransient =
            switch error.reason {
            case .libcurl, .timedOut: error.phase != .prepare
            case .untrusted, .responseTooLarge, .addressRefused, .invalidRequest: false
            }
        var result = ExchangeError(
            .transferFailed,
            "The request for \(whatFor) got no answer. \(error.description)",
            remedy: error.remedy,
            isTransient: isTransient
        )
        result.isSurelyNotApplied = !error.mayHaveBeenSent
        result.isNameUnknown = error.phase == .resolve
        return result
    }
}
