import CCurl

/// One libcurl transfer with what libcurl keeps addresses of: its lists and its message buffer.
///
/// It has one owner and ends with it: to copy it, or to use it after its end, does not compile.
struct EasyHandle: ~Copyable {
    let raw: UnsafeMutableRawPointer
    private let messages: UnsafeMutablePointer<CChar>
    private var lists: [StringList] = []

    init() throws(TransferError) {
        guard let raw = curl_easy_init() else { throw TransferError(CURLE_OUT_OF_MEMORY) }
        self.raw = raw
        messages = .allocate(capacity: Int(CURL_ERROR_SIZE))
        messages.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        _ = ccurl_set_pointer(raw, CURLOPT_ERRORBUFFER, messages)
    }

    /// The buffer and the lists go after the handle that points to them.
    deinit {
        curl_easy_cleanup(raw)
        messages.deallocate()
    }

    func set(_ option: CURLoption, _ value: String?) throws(TransferError) {
        try check(ccurl_set_string(raw, option, value))
    }

    func set(_ option: CURLoption, _ value: Int) throws(TransferError) {
        try check(ccurl_set_long(raw, option, value))
    }

    func set(_ option: CURLoption, _ value: Duration) throws(TransferError) {
        try set(option, max(1, Int(value / .milliseconds(1))))  // libcurl takes 0 for no limit
    }

    mutating func set(_ option: CURLoption, _ values: [String]) throws(TransferError) {
        guard !values.isEmpty else { return }
        let list = try StringList(values)
        lists.append(list)
        try check(ccurl_set_list(raw, option, list.raw))
    }

    func setBody(_ body: [UInt8]) throws(TransferError) {
        try check(ccurl_copy_body(raw, body, curl_off_t(body.count)))
    }

    /// What libcurl said last about this transfer, beyond its code.
    var message: String { String(cString: messages) }

    func number(_ info: CURLINFO) -> Int {
        var value = 0
        return ccurl_get_long(raw, info, &value) == CURLE_OK ? value : 0
    }

    /// Microseconds from the start to the end of a stage; 0 while it has not been reached.
    func time(_ info: CURLINFO) -> Int {
        var value: curl_off_t = 0
        return ccurl_get_offset(raw, info, &value) == CURLE_OK ? Int(value) : 0
    }

    /// Sends what arrives to `sink`, which must outlive the transfer: libcurl keeps only its address.
    func deliver(to sink: Transfer) throws(TransferError) {
        let address = Unmanaged.passUnretained(sink).toOpaque()
        try check(ccurl_set_pointer(raw, CURLOPT_WRITEDATA, address))
        try check(
            ccurl_set_write(raw) { bytes, size, count, sink in
                guard let sink else { return 0 }  // 0 tells libcurl to give up
                let piece = UnsafeRawBufferPointer(start: bytes, count: size * count)
                return Unmanaged<Transfer>.fromOpaque(sink).takeUnretainedValue().receive(piece) ? piece.count : 0
            }
        )
        try check(ccurl_set_pointer(raw, CURLOPT_HEADERDATA, address))
        try check(
            ccurl_set_header(raw) { bytes, size, count, sink in
                guard let sink else { return 0 }
                let line = UnsafeRawBufferPointer(start: bytes, count: size * count)
                return Unmanaged<Transfer>.fromOpaque(sink).takeUnretainedValue().receive(header: line) ? line.count : 0
            }
        )
    }

    /// Asks `judge` before each connection; it must outlive the transfer.
    func askBeforeConnecting(_ judge: Transfer) throws(TransferError) {
        let address = Unmanaged.passUnretained(judge).toOpaque()
        try check(ccurl_set_pointer(raw, CURLOPT_OPENSOCKETDATA, address))
        try check(
            ccurl_set_opensocket(raw) { judge, _, address in
                guard let judge, let address else { return CURL_SOCKET_BAD }
                return Unmanaged<Transfer>.fromOpaque(judge).takeUnretainedValue().openSocket(to: address)
            }
        )
    }
}

/// A `curl_slist`, which libcurl does not copy.
final class StringList {
    let raw: UnsafeMutablePointer<curl_slist>?

    init(_ strings: [String]) throws(TransferError) {
        var list: UnsafeMutablePointer<curl_slist>?
        for string in strings {
            guard let longer = curl_slist_append(list, string) else {
                curl_slist_free_all(list)
                throw TransferError(CURLE_OUT_OF_MEMORY)
            }
            list = longer
        }
        raw = list
    }

    deinit { curl_slist_free_all(raw) }
}
