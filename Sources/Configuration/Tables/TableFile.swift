import Glibc

/// The file of a table, which may be anything that a path can name.
package enum TableFile {
    /// In bytes; ten thousand tenants need one or two million.
    package static let maximumSize = 4 << 20

    /// The bytes of a regular file; `nil` when it cannot be read, or is larger than `maximumSize`.
    package static func contents(_ path: String) -> [UInt8]? {
        // Without O_NONBLOCK a named pipe would be waited for.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = chunk.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { return nil }
            guard count > 0 else { return bytes }
            bytes.append(contentsOf: chunk[..<count])
            guard bytes.count <= maximumSize else { return nil }
        }
    }
}
