import Crypto

/// Checks the two signatures that Entra takes on a client assertion.
///
/// Section 1.1 b.
///
/// It is written out here, away from the client's library, so that both can't be wrong in the same way.
struct RSAPublicKey: Hashable, Sendable {
    /// Big-endian, without leading zeros.
    let modulus: [UInt8]
    let exponent: [UInt8]

    enum Algorithm: String {
        case pss = "PS256"
        case pkcs1 = "RS256"
    }

    func isValid(_ signature: [UInt8], of message: [UInt8], by algorithm: Algorithm) -> Bool {
        guard signature.count == modulus.count, let encoded = opened(signature) else { return false }
        let digest = Array(SHA256.hash(data: message))
        return switch algorithm {
        case .pss: isPSS(encoded, digest)
        case .pkcs1: encoded == Self.pkcs1(digest, count: modulus.count)
        }
    }

    private func opened(_ signature: [UInt8]) -> [UInt8]? {
        guard let bytes = Montgomery(modulus: modulus)?.power(signature, exponent) else { return nil }
        return Array(repeating: 0, count: max(0, modulus.count - bytes.count)) + bytes.suffix(modulus.count)
    }

    /// EMSA-PKCS1-v1_5 with the DigestInfo of SHA-256.
    ///
    /// Source: RFC 8017, section 9.2.
    private static func pkcs1(_ digest: [UInt8], count: Int) -> [UInt8] {
        let info: [UInt8] = [0x30, 0x31, 0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01]
        let tail = info + [0x05, 0x00, 0x04, 0x20] + digest
        guard count >= tail.count + 11 else { return [] }
        return [0, 1] + Array(repeating: 0xFF, count: count - tail.count - 3) + [0] + tail
    }

    /// EMSA-PSS with SHA-256, MGF1-SHA-256 and a salt of 32 bytes.
    ///
    /// Source: RFC 8017, section 9.1.2; RFC 7518, section 3.5.
    private func isPSS(_ whole: [UInt8], _ digest: [UInt8]) -> Bool {
        let bits = modulus.count * 8 - (modulus.first?.leadingZeroBitCount ?? 0) - 1
        let count = (bits + 7) / 8
        let encoded = Array(whole.suffix(count))
        guard count >= 66, encoded.last == 0xBC, whole.dropLast(count).allSatisfy({ $0 == 0 }) else { return false }
        let hash = Array(encoded[(count - 33)..<(count - 1)])
        var block = zip(encoded, Self.mask(hash, count: count - 33)).map { $0 ^ $1 }
        let unused = UInt8(count * 8 - bits)
        guard encoded[0] >> (8 - unused) == 0 || unused == 0 else { return false }
        block[0] &= 0xFF >> unused
        let salt = block.suffix(32)
        let padding = block.dropLast(32)
        guard padding.last == 1, padding.dropLast().allSatisfy({ $0 == 0 }) else { return false }
        return Array(SHA256.hash(data: Array(repeating: 0, count: 8) + digest + salt)) == hash
    }

    private static func mask(_ seed: [UInt8], count: Int) -> [UInt8] {
        var result: [UInt8] = []
        var counter: UInt8 = 0
        while result.count < count {
            result += Array(SHA256.hash(data: seed + [0, 0, 0, counter]))
            counter += 1
        }
        return Array(result.prefix(count))
    }
}
