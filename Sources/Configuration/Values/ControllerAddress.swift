/// Where a command finds the controller, and who said so.
package struct ControllerAddress: Hashable, Sendable {
    package enum Origin: Hashable, Sendable {
        /// An option or a variable named it.
        case named
        /// `server.listen` of the configuration, or what it is when that says nothing.
        case listen(isConfigured: Bool)
    }

    /// Without a slash at its end: `http://127.0.0.1:8080`.
    package let url: String
    package let origin: Origin
    /// Whether a token that is sent there can be read on the way: in clear, and to another machine.
    package let isOpenToReaders: Bool

    /// Reads what a person wrote; `nil` for what is not a web address.
    package init?(named text: String) {
        guard let address = WebAddress(text), ["http", "https"].contains(address.scheme), address.userInfo == nil,
            !address.path.contains("?"), !address.path.contains("#")
        else { return nil }
        var trimmed = text
        while trimmed.hasSuffix("/") { trimmed.removeLast() }
        url = trimmed
        origin = .named
        isOpenToReaders = address.scheme == "http" && !address.isLoopback
    }

    /// What the configuration says.
    package init(_ configuration: Configuration) {
        let server = configuration.server
        origin = .listen(isConfigured: configuration.isServerConfigured)
        // Behind a proxy the way in is the proxy's, and it is encrypted.
        if server.isBehindProxy, let publicURL = server.publicURL, let address = WebAddress(publicURL) {
            url = publicURL
            isOpenToReaders = address.scheme == "http" && !address.isLoopback
            return
        }
        let host = ["0.0.0.0", "::"].contains(server.host) ? "localhost" : server.host
        url = "\(server.tls == nil ? "http" : "https")://\(host.contains(":") ? "[\(host)]" : host):\(server.port)"
        isOpenToReaders = server.tls == nil && !WebAddress.isLoopback(host: host)
    }
}
