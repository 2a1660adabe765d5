import Connectors

extension TenantReader {
    /// Calls `body`, and says that the value is unknown where it has not come by the deadline, by a real clock.
    func within<Value: Sendable>(
        _ deadline: Duration,
        _ body: @escaping @Sendable () async -> Reading<Value>
    ) async -> Reading<Value> {
        await withTaskGroup(of: Reading<Value>?.self) { group in
            group.addTask { await body() }
            group.addTask {
                do {
                    try await ContinuousClock().sleep(for: deadline)
                    return nil
                } catch {
                    return .unknown(.cancelled())
                }
            }
            let first = await group.next()
            group.cancelAll()
            switch first {
            case .some(.some(let reading)): return reading
            case .some(.none), .none: return .unknown(Self.late(deadline, connection.tokens.trouble.message))
            }
        }
    }

    /// - Parameter trouble: Why the last request was tried again.
    static func late(_ deadline: Duration, _ trouble: String?) -> ExchangeError {
        ExchangeError(
            .transferFailed,
            "The tenant could not be read within \(deadline.components.seconds) s.\(trouble.map { " \($0)" } ?? "")",
            remedy: "Try again later; if it stays so, look at the service's health and at the network.",
            isTransient: true
        )
    }
}
