import Synchronization

/// How much one next hop may cost: what is asked there is chosen by strangers.
package struct ObservationLimits: Hashable, Sendable {
    /// Hosts of one next hop that are looked at.
    package var hosts: Int
    /// Addresses of one next hop that are connected to.
    package var addresses: Int
    /// From the first question to the last answer; what has not answered by then is unknown.
    package var deadline: Duration

    package init(hosts: Int = 20, addresses: Int = 64, deadline: Duration = .seconds(600)) {
        self.hosts = hosts
        self.addresses = addresses
        self.deadline = deadline
    }
}

/// How many addresses the run of one tenant may still ask.
package final class TargetBudget: Sendable {
    /// Addresses of one run.
    package static let usual = 10_000

    private let rest: Mutex<Int>

    package init(_ most: Int = TargetBudget.usual) { rest = Mutex(most) }

    /// Takes as many of `count` as are left.
    func take(_ count: Int) -> Int {
        rest.withLock { rest in
            let taken = min(count, rest)
            rest -= taken
            return taken
        }
    }
}
