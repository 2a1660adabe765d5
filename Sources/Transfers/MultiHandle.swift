import CCurl

/// libcurl's set of running transfers; a class, as the actor and its thread share it.
///
/// `@unchecked`: `wake` is libcurl's one call that any thread may make; all others stay on the poll thread.
/// Source: curl.se/libcurl/c/threadsafe.html and curl_multi_wakeup(3).
final class MultiHandle: Poller, @unchecked Sendable {
    private let raw: UnsafeMutableRawPointer

    /// Once in the process, before the first handle; a later call is counted and does nothing.
    private static let isReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT))

    init() throws(TransferError) {
        try check(Self.isReady)
        guard let raw = curl_multi_init() else { throw TransferError(CURLE_OUT_OF_MEMORY) }
        self.raw = raw
    }

    deinit { curl_multi_cleanup(raw) }

    func add(_ easy: borrowing EasyHandle) throws(TransferError) {
        guard curl_multi_add_handle(raw, easy.raw) == CURLM_OK else { throw TransferError(CURLE_FAILED_INIT) }
    }

    /// Ends a transfer at once, whatever it is doing.
    func remove(_ easy: borrowing EasyHandle) { curl_multi_remove_handle(raw, easy.raw) }

    /// Moves every transfer along without blocking, and tells which ones ended.
    func perform() -> [(easy: UnsafeMutableRawPointer, code: CURLcode)] {
        var running: Int32 = 0
        curl_multi_perform(raw, &running)
        var ended: [(easy: UnsafeMutableRawPointer, code: CURLcode)] = []
        var left: Int32 = 0
        while let message = curl_multi_info_read(raw, &left) {
            guard message.pointee.msg == CURLMSG_DONE else { continue }
            ended.append((message.pointee.easy_handle, message.pointee.data.result))
        }
        return ended
    }

    /// libcurl shortens the wait to its own next timer.
    func wait() { curl_multi_poll(raw, nil, 0, 60_000, nil) }
    func wake() { curl_multi_wakeup(raw) }
}
