/// A DNS response, read as far as probing needs it.
///
/// Source: RFC 1035 4.
package struct DNSMessage: Equatable, Sendable {
    package struct Record: Equatable, Sendable {
        /// In lower case without a final dot; the root is `.`.
        package var name: String
        package var type: Int
        package var ttl: Int
        /// Where its data lies in the message.
        var range: Range<Int>
    }

    package private(set) var answers: [Record] = []
    package private(set) var authorities: [Record] = []
    private let bytes: [UInt8]

    /// `nil` when the message cannot be read to the end of its authority section.
    package init?(_ bytes: [UInt8]) {
        self.bytes = bytes
        var reader = Reader(bytes: bytes, position: 12)
        guard bytes.count >= 12 else { return nil }
        let counts = (0..<3).map { Int(bytes[4 + 2 * $0]) << 8 | Int(bytes[5 + 2 * $0]) }
        for _ in 0..<counts[0] {
            guard reader.name() != nil, reader.skip(4) else { return nil }
        }
        for _ in 0..<counts[1] {
            guard let record = reader.record() else { return nil }
            answers.append(record)
        }
        for _ in 0..<counts[2] {
            guard let record = reader.record() else { return nil }
            authorities.append(record)
        }
    }

    /// A name that starts in a record's data, or `nil` when it is broken or goes beyond the data.
    func name(in record: Record, at offset: Int) -> String? {
        var reader = Reader(bytes: bytes, position: record.range.lowerBound + offset)
        guard let name = reader.name(), reader.position <= record.range.upperBound else { return nil }
        return name
    }

    func data(of record: Record) -> ArraySlice<UInt8> { bytes[record.range] }

    /// How long the absence of an answer may be remembered: the lesser of the SOA's TTL and its minimum (RFC 2308 5).
    package var negativeTTL: Int? {
        guard let soa = authorities.first(where: { $0.type == 6 }) else { return nil }
        let data = data(of: soa)
        guard data.count >= 22 else { return nil }
        return min(soa.ttl, data.suffix(4).reduce(0) { $0 << 8 | Int($1) })
    }

    private struct Reader {
        let bytes: [UInt8]
        var position: Int

        mutating func skip(_ count: Int) -> Bool {
            position += count
            return position <= bytes.count
        }

        mutating func number(_ width: Int) -> Int? {
            guard position + width <= bytes.count else { return nil }
            defer { position += width }
            return bytes[position..<position + width].reduce(0) { $0 << 8 | Int($1) }
        }

        mutating func record() -> Record? {
            guard let name = name(), let type = number(2), number(2) != nil, let ttl = number(4),
                let length = number(2), position + length <= bytes.count
            else { return nil }
            defer { position += length }
            // A TTL with its highest bit set counts as 0 (RFC 2181 8).
            return Record(name: name, type: type, ttl: ttl > 0x7fff_ffff ? 0 : ttl, range: position..<position + length)
        }

        /// Follows pointers, each of which must lead backwards, so that there is an end.
        mutating func name() -> String? {
            var labels: [UInt8] = []
            var at = position
            var lowest = position
            var hasJumped = false
            var size = 0
            while at < bytes.count {
                let length = Int(bytes[at])
                switch length >> 6 {
                case 0 where length == 0:
                    if !hasJumped { position = at + 1 }
                    return labels.isEmpty ? "." : String(decoding: labels, as: UTF8.self)
                case 0:
                    size += length + 1
                    guard size < 255, at + 1 + length <= bytes.count else { return nil }
                    if !labels.isEmpty { labels.append(UInt8(ascii: ".")) }
                    for byte in bytes[at + 1..<at + 1 + length] { Self.append(byte, to: &labels) }
                    at += length + 1
                case 3:
                    guard at + 1 < bytes.count else { return nil }
                    let target = (length & 0x3f) << 8 | Int(bytes[at + 1])
                    guard target < lowest else { return nil }
                    if !hasJumped { position = at + 2 }
                    hasJumped = true
                    lowest = target
                    at = target
                default: return nil
                }
            }
            return nil
        }

        /// Letters in lower case; what is not a letter, digit, hyphen or underscore as `\DDD` (RFC 4343 2.1).
        private static func append(_ byte: UInt8, to labels: inout [UInt8]) {
            switch byte {
            case 65...90: labels.append(byte + 32)
            case 97...122, 48...57, 45, 95, 42: labels.append(byte)
            default:
                labels.append(UInt8(ascii: "\\"))
                for divisor in [100, 10, 1] as [UInt8] { labels.append(48 + byte / divisor % 10) }
            }
        }
    }
}
