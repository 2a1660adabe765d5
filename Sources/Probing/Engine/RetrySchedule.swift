/// When an address whose state could not be found out is looked at again: after 1, 5 and 15 minutes, with jitter.
package struct RetrySchedule: Sendable {
    package static let delays: [Duration] = [.seconds(60), .seconds(300), .seconds(900)]

    /// The wait before the retry of this number, 0 being the first; `nil` when all are used up.
    ///
    /// Up to a fifth is added, so that many retries do not fall on one second.
    package static func delay(
        beforeRetry number: Int,
        using generator: inout some RandomNumberGenerator
    ) -> Duration? {
        guard delays.indices.contains(number) else { return nil }
        return delays[number] * Double.random(in: 1...1.2, using: &generator)
    }
}
