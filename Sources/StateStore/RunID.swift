package import FoundationEssentials

/// Makes run ids: 26 characters that sort in the order of time.
///
/// A ULID: 48 bits of milliseconds and 80 random bits in Crockford's base 32, which has no I, L, O or U to misread.
/// Source: github.com/ulid/spec.
package enum RunID {
    package static let length = 26

    private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)
    private static let randomDigits = 16

    package static func make(now: Date, using random: inout some RandomNumberGenerator) -> String {
        let milliseconds = UInt64(max(0, min(now.timeIntervalSince1970 * 1_000, 281_474_976_710_655)))
        var characters: [UInt8] = []
        for digit in stride(from: length - randomDigits - 1, through: 0, by: -1) {
            characters.append(alphabet[Int(milliseconds >> UInt64(5 * digit) & 31)])
        }
        for _ in 0..<randomDigits { characters.append(alphabet[Int(random.next(upperBound: UInt64(32)))]) }
        return String(decoding: characters, as: UTF8.self)
    }

    package static func make(now: Date) -> String {
        var random = SystemRandomNumberGenerator()
        return make(now: now, using: &random)
    }

    /// What a person typed, as the alphabet writes it: letter case doesn't matter, nor O for 0, nor I or L for 1.
    ///
    /// `nil` when it cannot be the start of an id.
    static func normalized(_ typed: String) -> String? {
        var result: [UInt8] = []
        for byte in typed.utf8 {
            let upper = (97...122).contains(byte) ? byte - 32 : byte
            let digit =
                switch upper {
                case UInt8(ascii: "O"): UInt8(ascii: "0")
                case UInt8(ascii: "I"), UInt8(ascii: "L"): UInt8(ascii: "1")
                default: upper
                }
            guard alphabet.contains(digit), result.count < length else { return nil }
            result.append(digit)
        }
        return result.isEmpty ? nil : String(decoding: result, as: UTF8.self)
    }
}
