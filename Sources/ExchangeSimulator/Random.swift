/// SplitMix64: a small generator whose sequence depends on nothing but its start.
///
/// Source: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014.
struct Random: RandomNumberGenerator {
    private var state: UInt64

    init(_ start: UInt64) { state = start }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }

    /// True once in `count` times, on average.
    mutating func once(in count: UInt64) -> Bool { next() % count == 0 }

    mutating func pick<Element>(_ values: [Element]) -> Element { values[Int(next() % UInt64(values.count))] }

    /// A version 4 UUID in lower case.
    mutating func uuid() -> String {
        var bytes = withUnsafeBytes(of: (next(), next()), Array.init)
        bytes[6] = bytes[6] & 0x0F | 0x40
        bytes[8] = bytes[8] & 0x3F | 0x80
        let digits = bytes.hexadecimal
        let cuts = [0, 8, 12, 16, 20, 32]
        return zip(cuts, cuts.dropFirst()).map { from, to in
            String(digits.dropFirst(from).prefix(to - from))
        }.joined(separator: "-")
    }
}

extension [UInt8] {
    var hexadecimal: String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
