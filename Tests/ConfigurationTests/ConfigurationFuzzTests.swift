import Configuration
import Testing

struct ConfigurationFuzzTests {
    /// The same numbers in every run (SplitMix64).
    private struct Numbers: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var value = state
            value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
            value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
            return value ^ (value >> 31)
        }
    }

    @Test(arguments: [UInt64](1...8))
    func `a mangled file is read or refused with reasons, and a secret in it stays there`(seed: UInt64) {
        let example = Example(
            credentials: "credentials: {clientId: 0a0a0a0a-1b1b-2c2c-3d3d-4e4e4e4e4e4e, clientSecret: hunter2}",
            tenant: "freezes: [{cron: \"0 18 * * FRI\", duration: 62h}]\nlimits: {changes: 5}",
            root: "gate: {resolver: [\"127.0.0.1@5353\"], probeDomains: {\"*.a.example\": [b.a.example]}}"
        )
        let original = Array(example.text.utf8)
        let marks = Array(":-{}[]\"'&*!|>%#,?\n\t 0\u{1B}".utf8)
        var numbers = Numbers(state: seed)
        for _ in 0..<250 {
            var bytes = original
            for _ in 0..<Int.random(in: 1...6, using: &numbers) {
                let place = Int.random(in: 0..<bytes.count, using: &numbers)
                switch Int.random(in: 0..<4, using: &numbers) {
                case 0: bytes[place] = marks.randomElement(using: &numbers) ?? 0
                case 1: bytes.insert(marks.randomElement(using: &numbers) ?? 0, at: place)
                case 2: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 1...20, using: &numbers)))
                default: bytes[place] = UInt8.random(in: 0...255, using: &numbers)
                }
            }
            do throws(ConfigurationError) {
                _ = try ConfigurationReader.read(bytes, file: "mitregate.yaml", folder: "/")
            } catch {
                #expect(!error.problems.isEmpty)
                #expect(!error.description.contains("\u{1B}"))
                for problem in error.problems where problem.id == "config-literal-secret" {
                    #expect(!problem.description.contains("hunter2"))
                }
            }
        }
    }
}
