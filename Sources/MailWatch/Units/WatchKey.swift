import Crypto
import FoundationEssentials

/// A watch's own random key: ids and senders are stored hashed with it, and it goes when the watch ends.
package struct WatchKey: Hashable, Sendable, Codable {
    private let bytes: Data

    /// - Parameter bytes: 32 random ones.
    package init(_ bytes: [UInt8]) { self.bytes = Data(bytes) }

    /// HMAC-SHA-256, its first 16 bytes in hexadecimal.
    func hash(_ text: String) -> String {
        let code = HMAC<SHA256>.authenticationCode(for: Data(text.utf8), using: SymmetricKey(data: bytes))
        var result = ""
        for byte in code.prefix(16) {
            result.append(Self.digits[Int(byte >> 4)])
            result.append(Self.digits[Int(byte & 15)])
        }
        return result
    }

    private static let digits = Array("0123456789abcdef")
}
