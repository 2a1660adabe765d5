import Connectors
import FoundationEssentials

/// Finds the end of a certificate's validity in its DER (RFC 5280 4.1).
///
/// A few elements are stepped over and one is read; for that no library of certificates is linked.
enum CertificateValidity {
    /// Nothing for bytes that do not have the form of a certificate.
    static func end(of der: [UInt8]) -> Date? {
        var certificate = Reader(rest: der[...])
        guard var outer = certificate.element(0x30), var body = outer.element(0x30) else { return nil }
        if body.next == 0xA0 { _ = body.element(0xA0) }  // version
        // serial number, signature algorithm, issuer
        guard body.element(0x02) != nil, body.element(0x30) != nil, body.element(0x30) != nil else { return nil }
        guard var validity = body.element(0x30), validity.time() != nil else { return nil }
        return validity.time()
    }

    private struct Reader {
        var rest: ArraySlice<UInt8>

        var next: UInt8? { rest.first }

        /// The content of the next element, where it has this tag; a length of more than four bytes is refused.
        mutating func element(_ tag: UInt8) -> Reader? {
            guard rest.first == tag, rest.count >= 2 else { return nil }
            var content = rest.dropFirst(2)
            var length = Int(rest[rest.startIndex + 1])
            if length >= 0x80 {
                let count = length & 0x7F
                guard (1...4).contains(count), content.count >= count else { return nil }
                length = content.prefix(count).reduce(0) { $0 << 8 | Int($1) }
                content = content.dropFirst(count)
            }
            guard length <= content.count else { return nil }
            rest = content.dropFirst(length)
            return Reader(rest: content.prefix(length))
        }

        /// UTCTime `YYMMDDHHMMSSZ` or GeneralizedTime `YYYYMMDDHHMMSSZ`, the only forms that certificates may have.
        mutating func time() -> Date? {
            let isShort = next == 0x17
            guard let content = element(isShort ? 0x17 : 0x18)?.rest, content.last == UInt8(ascii: "Z") else {
                return nil
            }
            let digits = String(decoding: content.dropLast(), as: UTF8.self)
            guard digits.utf8.count == (isShort ? 12 : 14), digits.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }) else {
                return nil
            }
            let century = isShort ? (digits < "5" ? "20" : "19") : ""
            let text = Array((century + digits).utf8)
            func part(_ range: Range<Int>) -> String { String(decoding: text[range], as: UTF8.self) }
            return Timestamp.instant(
                "\(part(0..<4))-\(part(4..<6))-\(part(6..<8))T\(part(8..<10)):\(part(10..<12)):\(part(12..<14))Z"
            )
        }
    }
}
