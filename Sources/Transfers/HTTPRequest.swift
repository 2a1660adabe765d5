/// One request, with the limits that it is held to.
package struct HTTPRequest: Sendable {
    package enum Method: String, Hashable, Sendable {
        case get = "GET"
        case head = "HEAD"
        case post = "POST"
        case put = "PUT"
        case patch = "PATCH"
        case delete = "DELETE"
    }

    /// Whether the proxy of the pool's options is used.
    package enum Proxy: Hashable, Sendable {
        case asConfigured
        /// Straight to the host: for a metadata service, which no proxy can reach.
        case none
    }

    /// Where plain `http:` may go.
    package enum PlainHTTP: Hashable, Sendable {
        /// To this machine itself, and nowhere else.
        case loopback
        /// Also to 169.254.0.0/16, which never leaves the link, when no proxy is used: a cloud's metadata service.
        case linkLocal
        /// Anywhere, for content that is signed itself, such as a revocation list; never with a credential or a body.
        case signedContent
    }

    package var method: Method
    /// `https:`, and plain `http:` as `plainHTTP` says; never with a user name.
    package var url: String
    package var headers: [(name: String, value: String)]
    package var body: [UInt8]?
    /// For the whole transfer once it has left the queue.
    package var timeout: Duration
    /// For the name, the connection and its TLS handshake together.
    package var connectTimeout: Duration
    /// In bytes, after decompression.
    package var maximumResponseSize: Int
    package var proxy: Proxy
    package var plainHTTP: PlainHTTP
    /// False for a request whose repetition could do harm.
    ///
    /// It gets a connection of its own, because libcurl sends a request again by itself when a reused connection closes
    /// without an answer, and such a request may have taken effect.
    /// Source: `Curl_retry_request` in libcurl 7.88, lib/transfer.c.
    package var isRepeatable: Bool
    /// Requests of one share wait in line; the shares of a host take turns, so that no one's thousand requests
    /// delay another's one.
    package var share: String
    /// Asked before each connection; an address that it refuses is not connected to.
    ///
    /// Such a request uses neither a proxy nor a connection that was opened without being asked about.
    package var allowsAddress: (@Sendable (RemoteAddress) -> Bool)?
    /// Entries `HOST:PORT:CONNECT-TO-HOST:CONNECT-TO-PORT`; the certificate is still checked against the URL's host.
    package var connectTo: [String]

    package init(
        _ method: Method = .get,
        _ url: String,
        headers: [(name: String, value: String)] = [],
        body: [UInt8]? = nil,
        timeout: Duration = .seconds(60),
        connectTimeout: Duration = .seconds(15),
        maximumResponseSize: Int = 32 << 20,
        proxy: Proxy = .asConfigured,
        plainHTTP: PlainHTTP = .loopback,
        isRepeatable: Bool = true,
        share: String = "",
        allowsAddress: (@Sendable (RemoteAddress) -> Bool)? = nil,
        connectTo: [String] = []
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.timeout = timeout
        self.connectTimeout = connectTimeout
        self.maximumResponseSize = maximumResponseSize
        self.proxy = proxy
        self.plainHTTP = plainHTTP
        self.isRepeatable = isRepeatable
        self.share = share
        self.allowsAddress = allowsAddress
        self.connectTo = connectTo
    }
}
