package import Configuration
package import ExchangeOnline
package import Logging
package import StateStore

/// What every run needs from outside: settings, memory, the network, time, and somebody to tell how it goes.
package struct RunEnvironment: Sendable {
    package let configuration: Configuration
    package let store: StateStore
    package let pools: TransferPools
    /// Clock, calendar and chance; a test brings its own.
    package let timing: Timing
    /// The absolute path of this program, which fetches in a child process of itself.
    package let executable: String
    package let version: String
    package let logger: Logger
    /// Says what a tenant is waiting for, and `nil` when it waits no longer.
    package let tell: @Sendable (_ tenant: String, _ what: String?) -> Void
    /// Whether somebody asked the program to stop at the next safe point.
    package let isInterrupted: @Sendable () -> Bool

    package init(
        configuration: Configuration,
        store: StateStore,
        pools: TransferPools = TransferPools(),
        timing: Timing = .system,
        executable: String,
        version: String,
        logger: Logger,
        tell: @escaping @Sendable (String, String?) -> Void = { _, _ in },
        isInterrupted: @escaping @Sendable () -> Bool = { false }
    ) {
        self.configuration = configuration
        self.store = store
        self.pools = pools
        self.timing = timing
        self.executable = executable
        self.version = version
        self.logger = logger
        self.tell = tell
        self.isInterrupted = isInterrupted
    }
}
