import Configuration
import Testing

struct DurationTests {
    @Test(arguments: [
        ("30s", 30), ("5m", 300), ("1h30m", 5_400), ("14d", 1_209_600), ("0s", 0), ("1d2h3m4s", 93_784), ("90s", 90),
    ])
    func `a duration is read`(text: String, seconds: Int) {
        #expect(Duration(configured: text) == .seconds(seconds))
    }

    @Test(arguments: ["", "5", "m", "-5m", "5 m", "1m1h", "1m1m", "1.5h", "5M", "٣s", "99999999999d", "4000d", "1h30"])
    func `what is not a duration is refused`(text: String) {
        #expect(Duration(configured: text) == nil)
    }

    @Test(arguments: ["30s", "5m", "1h30m", "14d", "0s", "1d2h3m4s"])
    func `a duration is written as it is read`(text: String) {
        #expect(Duration(configured: text)?.configured == text)
    }
}
