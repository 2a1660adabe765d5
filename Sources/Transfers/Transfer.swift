import CCurl
import Glibc

/// A transfer under way: its handle, what has arrived, and who waits for it.
///
/// Only `TransferPool` touches one, and libcurl's callbacks, which run on the pool's thread.
final class Transfer {
    /// In bytes; servers send a few hundred.
    private static let maximumHeaderSize = 256 << 10

    private(set) var easy: EasyHandle
    let endpoint: Endpoint
    private let request: HTTPRequest
    private let options: TransferPool.Options
    private var body: [UInt8] = []
    private var headers: [(name: String, value: String)] = []
    private var headerSize = 0
    private var isTooLarge = false
    private var refusedAddresses: [RemoteAddress] = []

    init(_ request: HTTPRequest, to endpoint: Endpoint, options: TransferPool.Options) throws(TransferError) {
        easy = try EasyHandle()
        self.endpoint = endpoint
        self.request = request
        self.options = options
        try setUp()
    }

    private var isJudged: Bool { request.allowsAddress != nil || options.allowsAddress != nil }

    private func setUp() throws(TransferError) {
        try easy.set(CURLOPT_URL, request.url)
        try easy.set(CURLOPT_PROTOCOLS_STR, endpoint.scheme)
        try easy.set(CURLOPT_FOLLOWLOCATION, 0)
        try easy.set(CURLOPT_TIMEOUT_MS, request.timeout)
        try easy.set(CURLOPT_CONNECTTIMEOUT_MS, min(request.connectTimeout, request.timeout))
        try easy.set(CURLOPT_NOSIGNAL, 1)  // else a DNS timeout raises SIGALRM, in whichever thread
        try easy.set(CURLOPT_QUICK_EXIT, 1)  // else ending a transfer waits for its look-up in the DNS
        // What strangers sign is not inflated: 20 KB on the wire would be 20 MiB here.
        try easy.set(CURLOPT_ACCEPT_ENCODING, request.plainHTTP == .signedContent ? nil : "gzip")
        try easy.set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        try easy.set(CURLOPT_HTTP09_ALLOWED, 0)
        try setConnection()
        try setProxy()
        try setMethod()
        try easy.deliver(to: self)
        if isJudged { try easy.askBeforeConnecting(self) }
    }

    private func setConnection() throws(TransferError) {
        if endpoint.isPlain {
            try easy.set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        } else {
            try easy.set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_2TLS))
            try easy.set(CURLOPT_PIPEWAIT, 1)  // rather share a connection than open one; over http it would only wait
            try easy.set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        }
        if let file = options.caFile {
            try easy.set(CURLOPT_CAINFO, file)
            try easy.set(CURLOPT_CAPATH, String?.none)  // Debian's default would add the system's roots
        }
        if isJudged || !request.isRepeatable { try easy.set(CURLOPT_FRESH_CONNECT, 1) }
        if isJudged { try easy.set(CURLOPT_FORBID_REUSE, 1) }
        try easy.set(CURLOPT_CONNECT_TO, request.connectTo + options.connectTo)
        try easy.set(CURLOPT_RESOLVE, options.resolve)
    }

    private func setProxy() throws(TransferError) {
        if isJudged || request.proxy == .none || endpoint.isLoopback {
            try easy.set(CURLOPT_PROXY, "")
            try easy.set(CURLOPT_NOPROXY, "*")
            return
        }
        switch options.proxy {
        case .environment: return  // libcurl reads https_proxy, all_proxy and no_proxy itself
        case .none: try easy.set(CURLOPT_PROXY, "")
        case .url(let url):
            try easy.set(CURLOPT_PROXY, url)
            try easy.set(CURLOPT_NOPROXY, "")
        }
    }

    private func setMethod() throws(TransferError) {
        switch request.method {
        case .get: try easy.set(CURLOPT_HTTPGET, 1)
        case .head: try easy.set(CURLOPT_NOBODY, 1)
        case .post, .put, .patch, .delete:
            if request.method == .post || request.body != nil { try easy.setBody(request.body ?? []) }
            if request.method != .post { try easy.set(CURLOPT_CUSTOMREQUEST, request.method.rawValue) }
        }
        try easy.set(CURLOPT_HTTPHEADER, try headerLines())
    }

    /// The lines as libcurl wants them; what it would add of its own is switched off.
    private func headerLines() throws(TransferError) -> [String] {
        var lines = ["Expect:"]
        if !request.headers.contains(where: { $0.name.lowercased() == "content-type" }) {
            lines.append("Content-Type:")
        }
        if !request.headers.contains(where: { $0.name.lowercased() == "user-agent" }) {
            lines.append("User-Agent: \(options.userAgent)")
        }
        for (name, value) in request.headers {
            let isName = !name.isEmpty && name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: ":") }
            guard isName, value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
                throw TransferError(
                    host: endpoint.description,
                    phase: .prepare,
                    reason: .invalidRequest,
                    message: "the value of a header holds a line break or another control character"
                )
            }
            lines.append(value.isEmpty ? "\(name);" : "\(name): \(value)")  // libcurl's way to say an empty value
        }
        return lines
    }
}

// What libcurl's callbacks call.
extension Transfer {
    /// Takes in a piece of the decoded body; false ends the transfer.
    func receive(_ piece: UnsafeRawBufferPointer) -> Bool {
        guard body.count + piece.count <= request.maximumResponseSize else {
            isTooLarge = true
            return false
        }
        // A large body is given its room once: growing step by step would hold it twice.
        if body.count >= 1 << 20, body.count + piece.count > body.capacity {
            body.reserveCapacity(request.maximumResponseSize)
        }
        body.append(contentsOf: piece)
        return true
    }

    /// Takes in one header line; a status line starts again, as an interim answer (RFC 9110 15.2) may have come before.
    func receive(header line: UnsafeRawBufferPointer) -> Bool {
        headerSize += line.count
        guard headerSize <= Self.maximumHeaderSize else {
            isTooLarge = true
            return false
        }
        if line.starts(with: "HTTP/".utf8) {
            headers = []
            return true
        }
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return true }
        let name = String(decoding: line[..<colon], as: UTF8.self)
        let isSpace = { (byte: UInt8) in byte == 0x20 || byte == 0x09 || byte == 0x0D || byte == 0x0A }
        let value = Array(line[(colon + 1)...].drop(while: isSpace).reversed().drop(while: isSpace).reversed())
        headers.append((name, String(decoding: value, as: UTF8.self)))
        return true
    }

    /// A socket for an address that may be connected to, or libcurl's sign for none.
    func openSocket(to address: UnsafeMutablePointer<curl_sockaddr>) -> curl_socket_t {
        let allowed = withUnsafePointer(to: &address.pointee.addr) { raw -> Bool in
            guard let remote = RemoteAddress(raw) else { return false }
            let isAllowed = request.allowsAddress?(remote) ?? true && options.allowsAddress?(remote) ?? true
            if !isAllowed { refusedAddresses.append(remote) }
            return isAllowed
        }
        guard allowed else { return CURL_SOCKET_BAD }
        let kind = address.pointee.socktype | Int32(SOCK_CLOEXEC.rawValue)
        return socket(address.pointee.family, kind, address.pointee.protocol)
    }
}

// How it ended.
extension Transfer {
    func result(_ code: CURLcode) -> Result<HTTPResponse, TransferError> {
        guard code == CURLE_OK else { return .failure(error(code)) }
        return .success(
            HTTPResponse(
                status: easy.number(CURLINFO_RESPONSE_CODE),
                headers: HTTPHeaders(headers),
                body: body,
                isHTTP2: easy.number(CURLINFO_HTTP_VERSION) == Int(CURL_HTTP_VERSION_2_0),
                openedConnection: easy.number(CURLINFO_NUM_CONNECTS) > 0
            )
        )
    }

    private func error(_ code: CURLcode) -> TransferError {
        let phase = phase(code)
        let reason: TransferError.Reason =
            switch code {
            case _ where isTooLarge: .responseTooLarge(limit: request.maximumResponseSize)
            case _ where !refusedAddresses.isEmpty && phase == .connect: .addressRefused(refusedAddresses)
            case CURLE_OPERATION_TIMEDOUT: .timedOut
            case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS: .untrusted
            default: .libcurl
            }
        return TransferError(
            host: endpoint.description,
            phase: phase,
            reason: reason,
            code: Int(code.rawValue),
            message: message(reason, code)
        )
    }

    /// The last stage that libcurl began; its times are at least 1 µs once a stage is over.
    private func phase(_ code: CURLcode) -> TransferError.Phase {
        if isTooLarge || easy.time(CURLINFO_STARTTRANSFER_TIME_T) > 0 { return .answer }
        if easy.time(CURLINFO_PRETRANSFER_TIME_T) > 0 { return .request }
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: return .resolve
        case CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL, CURLE_SSL_CACERT_BADFILE: return .prepare
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CONNECT_ERROR: return .tls
        case CURLE_OPERATION_TIMEDOUT where easy.message.hasPrefix("SSL"): return .tls  // its only sign in 7.88
        default: break
        }
        if easy.time(CURLINFO_NAMELOOKUP_TIME_T) == 0 { return .resolve }
        return easy.time(CURLINFO_CONNECT_TIME_T) == 0 || endpoint.isPlain ? .connect : .tls
    }

    private func message(_ reason: TransferError.Reason, _ code: CURLcode) -> String {
        switch reason {
        case .responseTooLarge(let limit): return "the answer is larger than the \(limit) bytes that are accepted"
        case .addressRefused(let addresses):
            let list = addresses.map(\.description).joined(separator: ", ")
            return "connecting to \(list) is not allowed"
        default: break
        }
        let general = String(cString: curl_easy_strerror(code))
        let detail = String(easy.message.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F })
        let isSecret = request.headers.contains { $0.value.utf8.count >= 8 && detail.contains($0.value) }
        return detail.isEmpty || isSecret ? general : detail
    }
}
