import Glibc

/// Tells systemd how the service is, where it was started by it with `Type=notify`.
///
/// Source: sd_notify(3): datagrams of `NAME=VALUE` lines to the socket that NOTIFY_SOCKET names.
struct ServiceManager: Sendable {
    private let address: String
    /// How often it wants to hear that the service lives; `nil`: not at all.
    let watchdog: Duration?

    /// `nil` where no one wants to be told.
    init?(environment: [String: String], process: Int32 = getpid()) {
        guard let address = environment["NOTIFY_SOCKET"], address.hasPrefix("/") || address.hasPrefix("@"),
            address.utf8.count < 108
        else { return nil }
        self.address = address
        let isMeant = environment["WATCHDOG_PID"].flatMap { Int32($0) }.map { $0 == process } ?? true
        watchdog = environment["WATCHDOG_USEC"].flatMap { Int64($0) }.flatMap { microseconds in
            isMeant && microseconds > 0 ? .microseconds(microseconds) : nil
        }
    }

    /// Requests are taken.
    func ready() { tell("READY=1\nSTATUS=Watching") }
    /// Another leads, which is as good a start as any: systemd would else end one that stands by as too slow to start.
    func waiting() { tell("READY=1\nSTATUS=Waiting for the leader's lease") }
    func stopping() { tell("STOPPING=1") }
    func alive() { tell("WATCHDOG=1") }

    /// Between two signs of life, of which it hears three in its time.
    func pause(atMost longest: Duration) -> Duration { watchdog.map { min($0 / 3, longest) } ?? longest }

    func reloading() {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        tell("RELOADING=1\nMONOTONIC_USEC=\(now.tv_sec * 1_000_000 + now.tv_nsec / 1_000)")
    }

    private func tell(_ text: String) {
        let handle = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard handle >= 0 else { return }
        defer { close(handle) }
        var place = sockaddr_un()
        place.sun_family = sa_family_t(AF_UNIX)
        var bytes = Array(address.utf8)
        // An abstract socket's name begins with a zero byte.
        if bytes.first == UInt8(ascii: "@") { bytes[0] = 0 }
        withUnsafeMutableBytes(of: &place.sun_path) { path in
            for (index, byte) in bytes.enumerated() { path[index] = byte }
        }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + bytes.count)
        let message = Array(text.utf8)
        _ = withUnsafePointer(to: &place) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                sendto(handle, message, message.count, Int32(MSG_NOSIGNAL), address, length)
            }
        }
    }
}
