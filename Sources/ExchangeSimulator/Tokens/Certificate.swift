import Crypto
import FoundationEssentials

/// What Entra keeps of a certificate that is registered on an application.
struct Certificate: Hashable, Sendable {
    let key: RSAPublicKey
    /// base64url of the digest of the DER form: the header's `x5t#S256` and `x5t`.
    ///
    /// Section 1.1 b.
    let sha256Thumbprint: String
    let sha1Thumbprint: String
    let notAfter: Date?

    /// - Parameter pem: The first certificate in the text counts.
    init?(pem: String) {
        guard let start = pem.firstRange(of: "-----BEGIN CERTIFICATE-----"),
            let end = pem[start.upperBound...].firstRange(of: "-----END CERTIFICATE-----")
        else { return nil }
        let base64 = String(pem[start.upperBound..<end.lowerBound].filter { !$0.isWhitespace })
        guard let der = Data(base64Encoded: base64) else { return nil }
        self.init(der: Array(der))
    }

    /// Walks Certificate → TBSCertificate → SubjectPublicKeyInfo → RSAPublicKey.
    ///
    /// Source: RFC 5280, section 4.1; RFC 8017, A.1.1.
    private init?(der: [UInt8]) {
        var outer = DERReader(der)
        guard var certificate = outer.enter(0x30), var body = certificate.enter(0x30) else { return nil }
        body.skip(0xA0)
        for tag in [0x02, 0x30, 0x30] as [UInt8] { body.skip(tag) }
        guard var validity = body.enter(0x30) else { return nil }
        validity.skip()
        notAfter = validity.time()
        body.skip(0x30)
        guard var keyInfo = body.enter(0x30) else { return nil }
        keyInfo.skip(0x30)
        guard var bits = keyInfo.enter(0x03), bits.byte() == 0, var key = bits.enter(0x30),
            let modulus = key.number(), let exponent = key.number(), modulus.count >= 128
        else { return nil }
        self.key = RSAPublicKey(modulus: modulus, exponent: exponent)
        sha256Thumbprint = Base64URL.encoded(Array(SHA256.hash(data: der)))
        sha1Thumbprint = Base64URL.encoded(Array(Insecure.SHA1.hash(data: der)))
    }
}

/// Steps through DER elements; anything unexpected makes the next step `nil`.
private struct DERReader {
    private var bytes: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) { self.bytes = bytes[...] }

    mutating func byte() -> UInt8? { bytes.popFirst() }

    private mutating func element() -> (tag: UInt8, content: ArraySlice<UInt8>)? {
        guard let tag = byte(), var length = byte().map(Int.init) else { return nil }
        if length >= 0x80 {
            let count = length - 0x80
            guard (1...4).contains(count), bytes.count >= count else { return nil }
            length = bytes.prefix(count).reduce(0) { $0 << 8 | Int($1) }
            bytes = bytes.dropFirst(count)
        }
        guard bytes.count >= length else { return nil }
        defer { bytes = bytes.dropFirst(length) }
        return (tag, bytes.prefix(length))
    }

    mutating func enter(_ tag: UInt8) -> DERReader? {
        guard let element = element(), element.tag == tag else { return nil }
        return DERReader(Array(element.content))
    }

    /// Steps over the next element if it has this tag, or whatever tag it has.
    mutating func skip(_ tag: UInt8? = nil) {
        guard tag == nil || bytes.first == tag else { return }
        _ = element()
    }

    /// A positive INTEGER's bytes without leading zeros.
    mutating func number() -> [UInt8]? {
        guard let element = element(), element.tag == 0x02 else { return nil }
        return Array(element.content.drop { $0 == 0 })
    }

    /// UTCTime or GeneralizedTime.
    ///
    /// Source: RFC 5280, section 4.1.2.5.
    mutating func time() -> Date? {
        guard let element = element(), element.tag == 0x17 || element.tag == 0x18 else { return nil }
        var digits = String(decoding: element.content, as: UTF8.self).dropLast()
        if element.tag == 0x17 { digits = (digits.first.map { $0 < "5" } ?? false ? "20" : "19") + digits }
        guard digits.count == 14 else { return nil }
        let cut = { (from: Int, count: Int) in String(digits.dropFirst(from).prefix(count)) }
        return Timestamp.date("\(cut(0, 4))-\(cut(4, 2))-\(cut(6, 2))T\(cut(8, 2)):\(cut(10, 2)):\(cut(12, 2))Z")
    }
}
