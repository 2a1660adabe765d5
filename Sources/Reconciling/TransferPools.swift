import Synchronization
package import Transfers

/// One pool of connections for each set of trusted roots, shared by all tenants that use those roots.
package final class TransferPools: Sendable {
    private let pools = Mutex<[String?: TransferPool]>([:])

    package init() {}

    /// The pool that trusts a PEM bundle, or the system's roots for `nil`.
    package func pool(caFile: String?) throws -> TransferPool {
        try pools.withLock { pools in
            if let pool = pools[caFile] { return pool }
            let pool = try TransferPool(TransferPool.Options(caFile: caFile, maximumPerHost: 64))
            pools[caFile] = pool
            return pool
        }
    }
}
