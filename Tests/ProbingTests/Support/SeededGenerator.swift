/// SplitMix64: the same numbers for the same seed, everywhere.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}

extension [UInt8] {
    /// The bytes with a few of them changed, inserted, removed or repeated.
    func mutated(using generator: inout SeededGenerator) -> [UInt8] {
        var bytes = self
        for _ in 0..<Int.random(in: 1...6, using: &generator) {
            let index = Int.random(in: 0...bytes.count, using: &generator)
            switch Int.random(in: 0..<5, using: &generator) {
            case 0 where index < bytes.count: bytes[index] = .random(in: .min ... .max, using: &generator)
            case 1: bytes.insert(.random(in: .min ... .max, using: &generator), at: index)
            case 2 where index < bytes.count: bytes.remove(at: index)
            case 3 where index < bytes.count:
                let end = Swift.min(bytes.count, index + Int.random(in: 1...16, using: &generator))
                bytes.insert(contentsOf: bytes[index..<end], at: index)
            default:
                if index < bytes.count { bytes[index] ^= 1 << UInt8.random(in: 0...7, using: &generator) }
            }
        }
        return bytes
    }
}
