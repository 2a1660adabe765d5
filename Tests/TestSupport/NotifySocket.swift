package import Foundation
import Glibc

/// The end of systemd's that a service tells how it is: NOTIFY_SOCKET, as sd_notify(3) has it.
package final class NotifySocket: Sendable {
    package let path: String
    private let descriptor: Int32

    /// - Parameter folder: Its path is short: an address has at most 107 bytes.
    package init(in folder: URL) throws {
        path = folder.appending(path: "notify").path(percentEncoded: false)
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var place = sockaddr_un()
        place.sun_family = sa_family_t(AF_UNIX)
        guard path.utf8.count < MemoryLayout.size(ofValue: place.sun_path) else {
            throw LabError("\(path) is too long")
        }
        withUnsafeMutableBytes(of: &place.sun_path) { $0.copyBytes(from: path.utf8) }
        let isBound = withUnsafePointer(to: &place) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
        guard isBound else { throw LabError("cannot bind \(path)") }
    }

    deinit { close(descriptor) }

    /// The next message of a kind, in its lines; those before it are dropped.
    ///
    /// - Throws: When none came for half a minute.
    package func next(where isMeant: ([String]) -> Bool = { _ in true }) async throws -> [String] {
        let deadline = ContinuousClock.now + .seconds(30)
        var seen: [[String]] = []
        var bytes = [UInt8](repeating: 0, count: 4_096)
        while ContinuousClock.now < deadline {
            let count = recv(descriptor, &bytes, bytes.count, Int32(MSG_DONTWAIT))
            guard count > 0 else {
                try await Task.sleep(for: .milliseconds(2))
                continue
            }
            let lines = String(decoding: bytes.prefix(count), as: UTF8.self).split(separator: "\n").map(String.init)
            if isMeant(lines) { return lines }
            seen.append(lines)
        }
        throw LabError("what was waited for was not told, but: \(seen)")
    }
}
