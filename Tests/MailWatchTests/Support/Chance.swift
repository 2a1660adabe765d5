import Foundation
import TestSupport

/// A seeded source of chance, so that each test sees the same mail every time.
typealias Chance = SeededRandom

extension SeededRandom {
    /// From 0 up to 1.
    mutating func share() -> Double { fraction() }

    mutating func isTrue(_ probability: Double) -> Bool { fraction() < probability }

    /// The time to the next arrival of a Poisson process, in the unit of its rate.
    mutating func gap(rate: Double) -> Double { -log(1 - fraction()) / rate }
}
