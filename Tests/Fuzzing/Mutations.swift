/// Random damage to valid inputs, the same for the same seed, so that what fails can be repeated.
package struct Mutations: RandomNumberGenerator {
    private var state: UInt64
    private let corpus: [[UInt8]]
    private static let pieces: [[UInt8]] =
        [
            "[", "]", "{", "}", ":", ": ", "- ", "\n", "\r\n", "\n---\n", "&a ", "*a", "<<: *m", "\"", "'", "|", ">",
            "#", "%YAML 9\n", "%TAG ! x:\n", "\t", "\u{85}", "\u{2028}", "\u{FEFF}", "\u{202E}", "null", "~", "\\u0000",
            "\\ud800", "?", "...", "\u{0}", "é", "😀", "999999999999999999999", "-1", "1e999", "250-", "220 ",
            "0.0.0.0/0",
        ].map { Array($0.utf8) }
        + [
            [0xFF], [0xC3], [0xED, 0xA0, 0x80], [0xC0, 0x0C], [0xC0, 0x00], [0x30, 0x84, 0xFF, 0xFF, 0xFF, 0xFF],
            [0x80],
        ]

    package init(seed: UInt64, of corpus: [[UInt8]]) {
        state = seed
        self.corpus = corpus
    }

    /// SplitMix64.
    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }

    /// The next damaged input.
    package mutating func input() -> [UInt8] {
        var bytes = corpus.randomElement(using: &self) ?? []
        for _ in 0..<Int.random(in: 1...8, using: &self) { damage(&bytes) }
        return bytes
    }

    private mutating func damage(_ bytes: inout [UInt8]) {
        guard !bytes.isEmpty else {
            bytes = Self.pieces.randomElement(using: &self) ?? []
            return
        }
        let at = Int.random(in: 0..<bytes.count, using: &self)
        switch Int.random(in: 0..<9, using: &self) {
        case 0: bytes[at] = UInt8.random(in: 0...255, using: &self)
        case 1: bytes[at] ^= 1 << UInt8.random(in: 0..<8, using: &self)
        case 2: bytes.remove(at: at)
        case 3: bytes.insert(contentsOf: Self.pieces.randomElement(using: &self) ?? [], at: at)
        case 4:
            let end = Int.random(in: at..<min(bytes.count, at + 200), using: &self)
            bytes.insert(contentsOf: bytes[at...end], at: Int.random(in: 0...bytes.count, using: &self))
        case 5: bytes.removeSubrange(at..<min(bytes.count, at + Int.random(in: 1...40, using: &self)))
        case 6: bytes.removeSubrange(at...)
        case 7:
            let piece = Self.pieces.randomElement(using: &self) ?? []
            let times = 1 << Int.random(in: 0...10, using: &self)
            bytes.insert(contentsOf: (0..<times).flatMap { _ in piece }, at: at)
        default:
            let other = corpus.randomElement(using: &self) ?? []
            bytes = Array(bytes[..<at]) + other.suffix(Int.random(in: 0...other.count, using: &self))
        }
    }
}
