/// How a prober behaves towards other people's servers.
package struct Manners: Hashable, Sendable, Codable {
    /// Connections to one address at a time.
    package var perAddress: Int
    /// Between the end of one connection to an address and the start of the next.
    package var interval: Duration
    /// Connections at a time towards one /24, or one /64.
    package var perNetwork: Int
    /// Connections at a time in all.
    package var overall: Int
    /// How long an address is left alone after it said that there are too many connections.
    package var backOff: Duration

    package init(
        perAddress: Int = 1,
        interval: Duration = .seconds(1),
        perNetwork: Int = 4,
        overall: Int = 256,
        backOff: Duration = .seconds(15 * 60)
    ) {
        self.perAddress = max(1, perAddress)
        self.interval = max(.zero, interval)
        self.perNetwork = max(1, perNetwork)
        self.overall = max(1, overall)
        self.backOff = backOff
    }

    package static let considerate = Manners()
}
