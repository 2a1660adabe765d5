/// Reads replies out of bytes as they come: lines `ddd-` while there is more, `ddd ` or `ddd` at the end.
///
/// What is wrong and yet clear is read and noted; what never ends is stopped. Source: RFC 5321 4.2, 4.5.3.1.
struct ReplyReader {
    /// The RFC's limit for a line is 512 bytes (4.5.3.1.5); real servers exceed it, so the reader is more patient.
    static let longestLine = 2048
    static let mostLines = 128
    static let longestReply = 64 * 1024
    private static let mostOddities = 8
    private static let longestKeptLine = 512

    enum Step: Equatable {
        case needsMore
        case reply(SMTPReply)
        /// The first line has no code: this is no SMTP server, or not one that can be followed. Escaped, at most 80 bytes.
        case malformed(String)
        case tooLong
    }

    private var buffer: [UInt8] = []
    private var position = 0
    private var searched = 0
    private var size = 0
    private var lines: [String] = []
    private var code: Int?
    private var oddities: [String] = []
    private var lineCount = 0

    /// Bytes after the last complete reply.
    var pending: ArraySlice<UInt8> { buffer[position...] }

    mutating func append(_ bytes: some Collection<UInt8>) {
        if position == buffer.count {
            buffer.removeAll(keepingCapacity: true)
            position = 0
            searched = 0
        }
        buffer.append(contentsOf: bytes)
    }

    /// Takes away what was not read, as when TLS starts.
    mutating func takePending() -> [UInt8] {
        defer { self = ReplyReader() }
        return Array(pending)
    }

    /// Notes something about the reply that is being read.
    mutating func note(_ oddity: String) {
        if oddities.count < Self.mostOddities { oddities.append(oddity) }
    }

    /// What came of a reply that is not complete; `nil` when not one line did.
    var partial: SMTPReply? {
        code.map { SMTPReply(code: $0, lines: lines, oddities: oddities) }
    }

    mutating func next() -> Step {
        while let end = buffer[max(position, searched)...].firstIndex(of: UInt8(ascii: "\n")) {
            guard end - position < Self.longestLine else { return .tooLong }
            let line = buffer[position..<end]
            size += end + 1 - position
            position = end + 1
            searched = position
            lineCount += 1
            if let step = read(line) { return step }
            guard lineCount < Self.mostLines, size < Self.longestReply else { return .tooLong }
        }
        searched = buffer.count
        return buffer.count - position >= Self.longestLine ? .tooLong : .needsMore
    }

    /// Takes one line without its LF; the step it leads to, or `nil` when the reply goes on.
    private mutating func read(_ whole: ArraySlice<UInt8>) -> Step? {
        var line = whole
        if line.last == UInt8(ascii: "\r") {
            line.removeLast()
        } else {
            note("a bare LF ends: \(line.escapedText(limit: 80))")
        }
        guard let (lineCode, isLast) = Self.prefix(of: line) else {
            guard code != nil else { return .malformed(whole.escapedText(limit: 80)) }
            note("a line without a code: \(line.escapedText(limit: 80))")
            return nil
        }
        if let code, code != lineCode { note("codes differ: \(code), then \(line.escapedText(limit: 80))") }
        code = lineCode
        lines.append(line.dropFirst(4).escapedText(limit: Self.longestKeptLine))
        guard isLast else { return nil }
        let reply = SMTPReply(code: lineCode, lines: lines, oddities: oddities)
        lines = []
        code = nil
        oddities = []
        size = 0
        lineCount = 0
        return .reply(reply)
    }

    /// The code, and whether the line is the last of its reply; `nil` when the line is none of a reply.
    private static func prefix(of line: ArraySlice<UInt8>) -> (code: Int, isLast: Bool)? {
        let digits = line.prefix(3)
        guard digits.count == 3, digits.allSatisfy({ $0 >= 48 && $0 <= 57 }) else { return nil }
        let code = digits.reduce(0) { $0 * 10 + Int($1 - 48) }
        guard (200...599).contains(code) else { return nil }
        guard let mark = line.dropFirst(3).first else { return (code, true) }
        switch mark {
        case UInt8(ascii: " "): return (code, true)
        case UInt8(ascii: "-"): return (code, false)
        default: return nil
        }
    }
}
