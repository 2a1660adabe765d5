import ExchangeOnline
import Testing

struct BackoffTests {
    struct Case: CustomTestStringConvertible {
        let testDescription: String
        let attempt: Int
        var retryAfter: Duration?
        var random = 0.999
        let delay: ClosedRange<Duration>?
    }

    @Test(arguments: [
        Case(testDescription: "the first wait is up to two seconds", attempt: 1, delay: .seconds(1.9)...(.seconds(2))),
        Case(testDescription: "it doubles", attempt: 3, delay: .seconds(7.9)...(.seconds(8))),
        Case(testDescription: "it may be nothing at all", attempt: 4, random: 0, delay: .zero...(.zero)),
        Case(testDescription: "the fifth try is the last", attempt: 5, delay: nil),
        Case(
            testDescription: "the service's wish is never undercut",
            attempt: 1,
            retryAfter: .seconds(30),
            random: 0,
            delay: .seconds(30)...(.seconds(30))
        ),
        Case(
            testDescription: "and is spread a little",
            attempt: 1,
            retryAfter: .seconds(30),
            delay: .seconds(30.9)...(.seconds(31))
        ),
        Case(testDescription: "five minutes are the most", attempt: 1, retryAfter: .seconds(301), delay: nil),
    ])
    func `waits`(_ example: Case) {
        let delay = Backoff().delay(after: example.attempt, retryAfter: example.retryAfter, random: example.random)
        guard let range = example.delay else {
            #expect(delay == nil)
            return
        }
        #expect(delay.map(range.contains) == true)
    }

    @Test func `after a refusal of load at least half of the step is waited`() {
        #expect(Backoff().delay(after: 1, retryAfter: nil, isRefusal: true, random: 0) == .seconds(1))
        #expect(Backoff().delay(after: 3, retryAfter: nil, isRefusal: true, random: 0.5) == .seconds(6))
    }

    @Test func `it stops doubling at a minute`() {
        var backoff = Backoff()
        backoff.attempts = 100
        #expect(backoff.delay(after: 50, retryAfter: nil, random: 0.5) == .seconds(30))
    }
}
