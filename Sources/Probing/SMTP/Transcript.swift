/// The dialogue as people read it: `S: 220 …`, `C: EHLO …`; escaped, and capped so that a chatterbox costs little.
struct Transcript {
    private static let mostLines = 64
    private static let longestLine = 200

    private(set) var lines: [String] = []

    mutating func client(_ line: String) { add("C: \(line)") }

    mutating func server(_ reply: SMTPReply) {
        for (index, line) in reply.lines.enumerated() {
            add("S: \(reply.code)\(index == reply.lines.count - 1 ? " " : "-")\(line)")
        }
    }

    mutating func server(raw text: String) { add("S: \(text)") }

    mutating func event(_ text: String) { add("*: \(text)") }

    private mutating func add(_ line: String) {
        guard lines.count < Self.mostLines else { return }
        if lines.count == Self.mostLines - 1 {
            lines.append("*: the rest is left out")
        } else {
            lines.append(line.utf8.count <= Self.longestLine ? line : line.prefix(Self.longestLine - 1) + "…")
        }
    }
}
