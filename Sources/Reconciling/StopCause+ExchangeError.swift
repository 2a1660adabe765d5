import ExchangeOnline
import FoundationEssentials
import Planning

extension StopCause {
    /// Why a run that met this error could not go on, where the request itself was not refused.
    init(_ error: ExchangeError) {
        self =
            switch error.errorClass {
            case .permission, .credential: .permission
            case .refused: .unreadable
            case .passing:
                switch error.reason {
                case .throttled: .throttled
                case .tokenUnavailable: .noToken
                case .serviceUnavailable, .transferFailed, .redirected: .outage
                default: error.status == 429 ? .throttled : .passing
                }
            }
    }
}

extension ExchangeError {
    /// When the service said that it may be asked again.
    func until(from now: Date) -> Date? {
        retryAfter.map { now.addingTimeInterval(Double($0.components.seconds)) }
    }
}
