import Crypto
import FoundationEssentials

/// What shows that a delivery comes from one who has the hook's secret; every comparison takes the same time
/// whatever it compares.
enum DeliveryProof {
    /// Whether a text is the secret, by their digests, so that not even the length of what they share shows.
    static func isSame(_ text: String, _ secret: String) -> Bool {
        SHA256.hash(data: Array(text.utf8)) == SHA256.hash(data: Array(secret.utf8))
    }

    /// Whether 64 hexadecimal digits are the HMAC-SHA256 of a message.
    static func isCode(_ hex: Substring, of message: [UInt8], secret: String) -> Bool {
        guard let code = bytes(ofHex: hex) else { return false }
        let key = SymmetricKey(data: Array(secret.utf8))
        return HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: message, using: key)
    }

    static func code(of message: [UInt8], key: [UInt8]) -> Data {
        Data(HMAC<SHA256>.authenticationCode(for: message, using: SymmetricKey(data: key)))
    }

    /// The 32 bytes of a digest in hexadecimal; `nil` for anything else.
    private static func bytes(ofHex hex: Substring) -> [UInt8]? {
        guard hex.utf8.count == 64 else { return nil }
        var bytes: [UInt8] = []
        var high: UInt8?
        for digit in hex.utf8 {
            let value: UInt8
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = digit - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): value = digit - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): value = digit - UInt8(ascii: "A") + 10
            default: return nil
            }
            if let first = high {
                bytes.append(first << 4 | value)
                high = nil
            } else {
                high = value
            }
        }
        return bytes
    }
}
