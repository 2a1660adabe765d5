import Foundation

/// A seeded source of chance (SplitMix64), so that each test sees the same mail every time.
struct Chance: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// From 0 up to 1.
    mutating func share() -> Double { Double(next() >> 11) * 0x1p-53 }

    mutating func isTrue(_ probability: Double) -> Bool { share() < probability }

    /// The time to the next arrival of a Poisson process, in the unit of its rate.
    mutating func gap(rate: Double) -> Double { -log(1 - share()) / rate }
}
