import Synchronization

/// What made the last request be tried again, so that a deadline that passes meanwhile can say why.
final class LastTrouble: Sendable {
    private let text = Mutex<String?>(nil)

    var message: String? { text.withLock(\.self) }

    func note(_ error: ExchangeError) { text.withLock { $0 = error.message } }

    func forget() { text.withLock { $0 = nil } }
}
