import COpenSSL
package import FoundationEssentials

/// What is to be found out of a certificate: whether its issuer has revoked it.
package struct RevocationQuestion: Hashable, Sendable {
    /// What the answer is named by: the certificate's SHA-256 in lower-case hexadecimal.
    package let id: String
    /// In DER.
    package let certificate: [UInt8]
    /// In DER; it stands above the certificate on a path to a trusted root.
    package let issuer: [UInt8]
    /// Where the lists are, in the certificate's order.
    package let urls: [String]

    package init(id: String, certificate: [UInt8], issuer: [UInt8], urls: [String]) {
        self.id = id
        self.certificate = certificate
        self.issuer = issuer
        self.urls = urls
    }
}

/// A revocation list as it came, of which a stranger chose the length and the content.
///
/// It is never parsed as a whole, which would take some ten times its size in memory: its parts are found in place, the
/// entries of one serial number are taken out, and OpenSSL reads a list of those alone. The signature is checked over the
/// whole. Source: RFC 5280 5.1.
package struct RevocationList: Sendable {
    private let bytes: [UInt8]
    /// What is signed, with its header.
    private let signed: Range<Int>
    /// The algorithm and the signature behind it.
    private let end: Range<Int>
    /// What of the signed part stands before its entries, and what behind.
    private let before: Range<Int>
    private let after: Range<Int>
    /// The entries, one after the other; empty where there is none.
    private let entries: Range<Int>

    /// Reads where the parts are, in DER, or in PEM as some publish it; `nil` for what is not a list.
    package init?(_ content: [UInt8]) {
        guard let bytes = Self.der(content) else { return nil }
        let reader = DERReader(bytes)
        guard let list = reader.value(at: 0..<bytes.count, tag: DERReader.sequence),
            let signed = reader.element(list.lowerBound, list.upperBound), signed.tag == DERReader.sequence
        else { return nil }
        var place = signed.value.lowerBound
        func next() -> DERReader.Element? { reader.element(place, signed.value.upperBound) }
        // The version, the algorithm and the issuer, then one or two dates.
        var names = 0
        var dates = 0
        while let element = next() {
            if element.tag == DERReader.sequence, names == 2, dates > 0 { break }
            switch element.tag {
            case DERReader.integer where names == 0: break
            case DERReader.sequence where names < 2: names += 1
            case DERReader.utcTime, DERReader.generalizedTime: dates += 1
            default: break
            }
            guard element.tag != DERReader.extensions else { break }
            place = element.whole.upperBound
        }
        guard names == 2, (1...2).contains(dates) else { return nil }
        let revoked = next().flatMap { $0.tag == DERReader.sequence ? $0 : nil }
        self.bytes = bytes
        self.signed = signed.whole
        end = signed.whole.upperBound..<list.upperBound
        before = signed.value.lowerBound..<place
        entries = revoked?.value ?? place..<place
        after = (revoked?.whole.upperBound ?? place)..<signed.value.upperBound
    }

    /// What the list says of a certificate at a time.
    package func answer(_ question: RevocationQuestion, at now: Date) -> RevocationAnswer {
        var answer = RevocationAnswer(certificate: question.id, status: .unreadable)
        guard let certificate = mitre_certificate_parse(question.certificate, question.certificate.count) else {
            return answer
        }
        defer { mitre_certificate_free(certificate) }
        guard let issuer = mitre_certificate_parse(question.issuer, question.issuer.count) else { return answer }
        defer { mitre_certificate_free(issuer) }
        guard let serial = Self.serial(of: question.certificate) else { return answer }
        let short = excerpt(of: serial)
        var revokedAt: Int64 = 0
        let status = bytes.withUnsafeBufferPointer { all in
            let whole = UnsafeBufferPointer(rebasing: all[signed])
            return mitre_crl_excerpt_status(
                short,
                short.count,
                whole.baseAddress,
                whole.count,
                certificate,
                issuer,
                Int64(now.timeIntervalSince1970),
                &revokedAt
            )
        }
        answer.status = RevocationAnswer.Status(status)
        if answer.status == .revoked { answer.revokedAt = Date(timeIntervalSince1970: Double(revokedAt)) }
        return answer
    }

    /// The same list with the entries of one serial number alone; its signature is that of the whole.
    private func excerpt(of serial: ArraySlice<UInt8>) -> [UInt8] {
        let reader = DERReader(bytes)
        var found: [UInt8] = []
        var place = entries.lowerBound
        while let entry = reader.element(place, entries.upperBound), found.count < 4_096 {
            place = entry.whole.upperBound
            guard let number = reader.element(entry.value.lowerBound, entry.value.upperBound),
                number.tag == DERReader.integer, bytes[number.value].elementsEqual(serial)
            else { continue }
            found += bytes[entry.whole]
        }
        let revoked = found.isEmpty ? [] : DERReader.encoded(DERReader.sequence, found)
        let inner = DERReader.encoded(DERReader.sequence, bytes[before] + revoked + bytes[after])
        return DERReader.encoded(DERReader.sequence, inner + bytes[end])
    }

    /// The value of a certificate's serial number, as it is encoded.
    private static func serial(of certificate: [UInt8]) -> ArraySlice<UInt8>? {
        let reader = DERReader(certificate)
        guard let outer = reader.value(at: 0..<certificate.count, tag: DERReader.sequence),
            let inner = reader.value(at: outer, tag: DERReader.sequence),
            var element = reader.element(inner.lowerBound, inner.upperBound)
        else { return nil }
        if element.tag == DERReader.extensions {
            guard let second = reader.element(element.whole.upperBound, inner.upperBound) else { return nil }
            element = second
        }
        return element.tag == DERReader.integer ? certificate[element.value] : nil
    }

    private static func der(_ content: [UInt8]) -> [UInt8]? {
        guard content.starts(with: Array("-----BEGIN".utf8)) else { return content }
        let lines = content.split { $0 == 10 || $0 == 13 }
        let body = lines.dropFirst().prefix { $0.first != UInt8(ascii: "-") }.joined()
        return Data(base64Encoded: Data(body)).map { [UInt8]($0) }
    }
}

/// Finds the elements of DER in place; whatever the bytes are, it reads none beyond them.
struct DERReader {
    static let integer: UInt8 = 0x02
    static let utcTime: UInt8 = 0x17
    static let generalizedTime: UInt8 = 0x18
    static let sequence: UInt8 = 0x30
    /// `[0]`, constructed: the extensions of a list, the version of a certificate.
    static let extensions: UInt8 = 0xa0

    struct Element {
        let tag: UInt8
        /// With the header.
        let whole: Range<Int>
        let value: Range<Int>
    }

    let bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The element that begins at a place and ends before another; `nil` where there is none, or it is cut off.
    func element(_ start: Int, _ end: Int) -> Element? {
        guard start >= 0, end <= bytes.count, start + 2 <= end else { return nil }
        let first = Int(bytes[start + 1])
        var header = 2
        var length = first
        if first >= 0x80 {
            let count = first - 0x80
            guard (1...4).contains(count), start + 2 + count <= end else { return nil }
            length = bytes[(start + 2)..<(start + 2 + count)].reduce(0) { $0 << 8 | Int($1) }
            header += count
        }
        guard length <= end - start - header else { return nil }
        let value = (start + header)..<(start + header + length)
        return Element(tag: bytes[start], whole: start..<value.upperBound, value: value)
    }

    /// The content of the first element of a range, if it has the tag.
    func value(at range: Range<Int>, tag: UInt8) -> Range<Int>? {
        guard let element = element(range.lowerBound, range.upperBound), element.tag == tag else { return nil }
        return element.value
    }

    /// An element with this content.
    static func encoded(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
        let count = content.count
        if count < 0x80 { return [tag, UInt8(count)] + content }
        let length = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: count >> $0) }.drop { $0 == 0 }
        return [tag, 0x80 | UInt8(length.count)] + length + content
    }
}

extension RevocationAnswer.Status {
    fileprivate init(_ status: mitre_status) {
        self =
            switch status {
            case MITRE_STATUS_GOOD: .good
            case MITRE_STATUS_REVOKED: .revoked
            case MITRE_STATUS_WRONG_ISSUER: .wrongIssuer
            case MITRE_STATUS_BAD_SIGNATURE: .badSignature
            case MITRE_STATUS_STALE: .stale
            case MITRE_STATUS_NOT_COVERED: .notCovered
            default: .unreadable
            }
    }
}
