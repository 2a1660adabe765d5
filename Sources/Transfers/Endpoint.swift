import CCurl

/// Where a URL leads, read by the same parser that the transfer will use, so that no two readings of it differ.
package struct Endpoint: Hashable {
    package let scheme: String
    package let host: String
    package let port: String
    /// Dots that lead upwards are followed already.
    package let path: String

    var isPlain: Bool { scheme == "http" }

    /// The host and port, for messages and for the queue.
    var description: String { "\(host):\(port)" }

    /// Reads a URL and checks that requests may go where it leads.
    package init(_ request: HTTPRequest) throws(TransferError) {
        guard let handle = curl_url() else { throw TransferError(CURLE_OUT_OF_MEMORY) }
        defer { curl_url_cleanup(handle) }
        guard curl_url_set(handle, CURLUPART_URL, request.url, UInt32(CURLU_DISALLOW_USER)) == CURLUE_OK else {
            throw Self.refusal("the URL cannot be read, or carries a user name")
        }
        guard
            let scheme = Self.part(CURLUPART_SCHEME, of: handle),
            let host = Self.part(CURLUPART_HOST, of: handle),
            let port = Self.part(CURLUPART_PORT, of: handle)
        else { throw Self.refusal("the URL lacks a scheme or a host") }
        self.scheme = scheme
        self.host = host.lowercased()
        self.port = port
        path = Self.part(CURLUPART_PATH, of: handle) ?? "/"
        guard scheme == "https" || scheme == "http" && mayBePlain(for: request) else {
            throw Self.refusal("only https is spoken, and plain http only to this machine itself", host: description)
        }
    }

    /// Whether the host is this machine.
    ///
    /// libcurl answers `localhost` and names below it itself, so the DNS has no say in it.
    /// Source: lib/hostip.c of libcurl 7.88.
    var isLoopback: Bool {
        if host == "localhost" || host.hasSuffix(".localhost") || host == "[::1]" { return true }
        return ipv4?.first == 127
    }

    private var isLinkLocal: Bool { ipv4.map { $0[0] == 169 && $0[1] == 254 } ?? false }

    /// The four bytes of a host that is written as an IPv4 address; libcurl has brought other spellings to this one.
    private var ipv4: [UInt8]? {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
        let bytes = parts.compactMap(\.self)
        return parts.count == 4 && bytes.count == 4 ? bytes : nil
    }

    private func mayBePlain(for request: HTTPRequest) -> Bool {
        switch request.plainHTTP {
        case .loopback: isLoopback
        case .linkLocal: isLoopback || isLinkLocal && request.proxy == .none
        case .signedContent: request.method == .get && request.body == nil && !request.hasCredential
        }
    }

    private static func part(_ part: CURLUPart, of handle: OpaquePointer) -> String? {
        var text: UnsafeMutablePointer<CChar>?
        guard curl_url_get(handle, part, &text, UInt32(CURLU_DEFAULT_PORT)) == CURLUE_OK, let text else { return nil }
        defer { curl_free(text) }
        return String(cString: text)
    }

    private static func refusal(_ message: String, host: String = "") -> TransferError {
        TransferError(host: host, phase: .prepare, reason: .invalidRequest, message: message)
    }
}

extension HTTPRequest {
    fileprivate var hasCredential: Bool {
        headers.contains { ["authorization", "cookie", "proxy-authorization"].contains($0.name.lowercased()) }
    }
}
