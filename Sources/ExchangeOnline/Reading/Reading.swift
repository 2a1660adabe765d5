/// What a read yields: known in full, or unknown; a failed or incomplete read is never "absent".
package enum Reading<Value> {
    case known(Value)
    case unknown(ExchangeError)

    /// Calls `body` with the value, where it is known.
    package func map<Other>(_ body: (Value) throws(ExchangeError) -> Other) -> Reading<Other> {
        switch self {
        case .unknown(let error): return .unknown(error)
        case .known(let value):
            do throws(ExchangeError) {
                return .known(try body(value))
            } catch {
                return .unknown(error)
            }
        }
    }

    package func get() throws(ExchangeError) -> Value {
        switch self {
        case .known(let value): return value
        case .unknown(let error): throw error
        }
    }
}

extension Reading: Sendable where Value: Sendable {}
extension Reading: Equatable where Value: Equatable {}
