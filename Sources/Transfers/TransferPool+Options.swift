extension TransferPool {
    /// What holds for every transfer of a pool.
    package struct Options: Sendable {
        package enum Proxy: Hashable, Sendable {
            /// `https_proxy`, `all_proxy` and `no_proxy`, in either case, as libcurl reads them.
            case environment
            case none
            case url(String)
        }

        /// A PEM file of the roots to trust *instead of* the system's.
        package var caFile: String?
        /// How many requests run at one host (scheme, name and port) at once; the others wait.
        package var maximumPerHost: Int
        /// Never used for this machine itself.
        package var proxy: Proxy
        /// Asked before each connection, in addition to the request's own.
        package var allowsAddress: (@Sendable (RemoteAddress) -> Bool)?
        /// Entries `HOST:PORT:CONNECT-TO-HOST:CONNECT-TO-PORT`.
        package var connectTo: [String]
        /// Entries `HOST:PORT:ADDRESS`, libcurl's CURLOPT_RESOLVE: a pool has one DNS cache, so they are not a request's.
        package var resolve: [String]
        package var userAgent: String

        package init(
            caFile: String? = nil,
            maximumPerHost: Int = 16,
            proxy: Proxy = .environment,
            allowsAddress: (@Sendable (RemoteAddress) -> Bool)? = nil,
            connectTo: [String] = [],
            resolve: [String] = [],
            userAgent: String = "mitregate"
        ) {
            self.caFile = caFile
            self.maximumPerHost = maximumPerHost
            self.proxy = proxy
            self.allowsAddress = allowsAddress
            self.connectTo = connectTo
            self.resolve = resolve
            self.userAgent = userAgent
        }
    }
}
