/// Where the controller serves its API and pages.
package struct ServerSettings: Hashable, Sendable {
    /// An address, or a name, without brackets.
    package var host: String
    package var port: Int

    package init(host: String = "127.0.0.1", port: Int = 8_080) {
        self.host = host
        self.port = port
    }
}
