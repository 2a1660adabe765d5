import Synchronization

/// A program that runs, as a test sees it meanwhile.
package final class Running: Sendable {
    package let process: Int32
    private let errors = Mutex<[UInt8]>([])

    init(process: Int32) { self.process = process }

    /// Takes all that standard error has brought so far.
    func hear(_ bytes: [UInt8]) { errors.withLock { $0 = bytes } }

    /// Waits until standard error says something.
    ///
    /// - Throws: When it has not been said for half a minute.
    package func says(_ text: String) async throws {
        let deadline = ContinuousClock.now + .seconds(30)
        while true {
            let heard = errors.withLock { String(decoding: $0, as: UTF8.self) }
            if heard.contains(text) { return }
            guard ContinuousClock.now < deadline else {
                throw LaboratoryError(text: "\"\(text)\" was not said, but: \(heard)")
            }
            try await Task.sleep(for: .milliseconds(5))
        }
    }
}
