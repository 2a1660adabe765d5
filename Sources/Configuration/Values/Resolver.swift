/// Who answers DNS questions.
package enum Resolver: Hashable, Sendable {
    /// Those of the machine.
    case system
    /// These, in order; never empty.
    case addresses([Address])

    /// `192.0.2.53`, `127.0.0.1@5353` or `[::1]@5353`.
    package struct Address: Hashable, Sendable {
        /// An IPv4 or IPv6 address, without brackets.
        package var address: String
        package var port: Int

        package init(address: String, port: Int = 53) {
            self.address = address
            self.port = port
        }
    }
}
