/// Powers modulo an odd number of some thousand bits, by Montgomery's method; for checking signatures, not for secrets.
///
/// Source: Menezes, van Oorschot, Vanstone, "Handbook of Applied Cryptography", algorithms 14.36 and 14.94.
struct Montgomery {
    private let modulus: [UInt32]  // least significant limb first
    /// -1/modulus, modulo 2^32.
    private let inverse: UInt32

    /// - Parameter modulus: Big-endian, without leading zeros, odd.
    init?(modulus: [UInt8]) {
        let limbs = Self.limbs(modulus)
        guard let lowest = limbs.first, lowest & 1 == 1 else { return nil }
        self.modulus = limbs
        // Newton's iteration doubles the correct bits: 3, 6, 12, 24, 48.
        inverse = 0 &- (0..<4).reduce(lowest) { inverse, _ in inverse &* (2 &- lowest &* inverse) }
    }

    /// - Returns: Big-endian, as long as the modulus; `nil` for a base that is not below the modulus.
    func power(_ base: [UInt8], _ exponent: [UInt8]) -> [UInt8]? {
        var base = Self.limbs(base)
        guard base.count <= modulus.count else { return nil }
        base += Array(repeating: 0, count: modulus.count - base.count)
        guard isBelowModulus(base) else { return nil }
        let one = [1] + Array(repeating: UInt32(0), count: modulus.count - 1)
        let unit = shifted(one, by: modulus.count * 32)
        let square = shifted(unit, by: modulus.count * 32)
        let factor = product(base, square)
        var result = unit
        for byte in exponent {
            for bit in (0..<8).reversed() {
                result = product(result, result)
                if byte >> bit & 1 == 1 { result = product(result, factor) }
            }
        }
        return Self.bytes(product(result, one))
    }

    private static func limbs(_ bytes: [UInt8]) -> [UInt32] {
        stride(from: bytes.count, to: 0, by: -4).map { end in
            bytes[max(0, end - 4)..<end].reduce(0) { $0 << 8 | UInt32($1) }
        }
    }

    private static func bytes(_ limbs: [UInt32]) -> [UInt8] {
        limbs.reversed().flatMap { limb in (0..<4).map { UInt8(truncatingIfNeeded: limb >> (24 - $0 * 8)) } }
    }

    private func isBelowModulus(_ value: [UInt32]) -> Bool {
        for (left, right) in zip(value.reversed(), modulus.reversed()) where left != right { return left < right }
        return false
    }

    private func subtracted(_ value: inout [UInt32]) {
        var borrow: Int64 = 0
        for index in modulus.indices {
            let difference = Int64(value[index]) - Int64(modulus[index]) + borrow
            value[index] = UInt32(truncatingIfNeeded: difference)
            borrow = difference >> 32
        }
    }

    /// `value` times 2^`count`, modulo the modulus.
    private func shifted(_ value: [UInt32], by count: Int) -> [UInt32] {
        var result = value
        for _ in 0..<count {
            var carry: UInt32 = 0
            for index in result.indices {
                let limb = result[index]
                result[index] = limb << 1 | carry
                carry = limb >> 31
            }
            if carry == 1 || !isBelowModulus(result) { subtracted(&result) }
        }
        return result
    }

    /// left · right / 2^(32 · limbs), modulo the modulus.
    private func product(_ left: [UInt32], _ right: [UInt32]) -> [UInt32] {
        let count = modulus.count
        var result = Array(repeating: UInt32(0), count: count + 2)
        for index in 0..<count {
            add(right, times: left[index], to: &result)
            add(modulus, times: result[0] &* inverse, to: &result)
            result.removeFirst()
            result.append(0)
        }
        let overflow = result[count] != 0
        result.removeLast(2)
        if overflow || !isBelowModulus(result) { subtracted(&result) }
        return result
    }

    private func add(_ value: [UInt32], times factor: UInt32, to result: inout [UInt32]) {
        var carry: UInt64 = 0
        for index in value.indices {
            let sum = UInt64(value[index]) * UInt64(factor) + UInt64(result[index]) + carry
            result[index] = UInt32(truncatingIfNeeded: sum)
            carry = sum >> 32
        }
        for index in value.count..<result.count where carry > 0 {
            let sum = UInt64(result[index]) + carry
            result[index] = UInt32(truncatingIfNeeded: sum)
            carry = sum >> 32
        }
    }
}
