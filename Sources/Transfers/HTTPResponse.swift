/// An answer, whatever its status; redirects are answers like any other and are never followed.
package struct HTTPResponse: Sendable {
    package var status: Int
    package var headers: HTTPHeaders
    /// After decompression.
    package var body: [UInt8]
    package var isHTTP2: Bool
    /// False where the transfer went over a connection that was already there.
    package var openedConnection: Bool

    package init(
        status: Int,
        headers: HTTPHeaders = HTTPHeaders(),
        body: [UInt8] = [],
        isHTTP2: Bool = false,
        openedConnection: Bool = true
    ) {
        self.status = status
        self.headers = headers
        self.body = body
        self.isHTTP2 = isHTTP2
        self.openedConnection = openedConnection
    }
}
