import COpenSSL
import Crypto
package import FoundationEssentials

/// One X.509 certificate, read by OpenSSL: what it says, and nothing of what to think of it.
package struct Certificate: Sendable {
    package let der: [UInt8]
    /// In lower-case hexadecimal.
    package let sha256: String
    /// RFC 2253 text in UTF-8, the most specific part first, controls escaped.
    package let subject: String
    package let issuer: String
    /// In hexadecimal.
    package let serial: String
    package let notBefore: Date
    package let notAfter: Date
    /// As they stand, so that a name with an odd byte in it can be shown and will match nothing.
    package let dnsNames: [String]
    /// 4 or 16 bytes each where the certificate is sound.
    package let addresses: [[UInt8]]
    package let commonNames: [String]
    /// Object identifiers; `nil` without the extension, which allows every use.
    package let extendedKeyUsages: [String]?
    package let key: Key
    /// OpenSSL's short name, as in `SHA256`; `nil` where the algorithm has none, as Ed25519.
    package let digest: String?
    package let caIssuers: [String]
    package let crlURLs: [String]
    /// The subjectPublicKeyInfo in DER, which DANE's selector 1 hashes.
    package let publicKey: [UInt8]
    let facts: mitre_certificate_facts
    let extensions: [String]
    let nameConstraints: [String]
    let handle: Handle

    package struct Key: Hashable, Sendable {
        /// `RSA`, `EC`, `ED25519` or what OpenSSL calls it, or an object identifier.
        package let type: String
        /// 0 when the key cannot be read.
        package let bits: Int
        package let curve: String?

        package init(type: String, bits: Int, curve: String?) {
            self.type = type
            self.bits = bits
            self.curve = curve
        }
    }

    /// Owns OpenSSL's value; it is not changed after it was read, which lets threads share it.
    final class Handle: @unchecked Sendable {
        let raw: OpaquePointer
        init(_ raw: OpaquePointer) { self.raw = raw }
        deinit { mitre_certificate_free(raw) }
    }

    /// The most that is read of one certificate.
    package static let maximumSize = 65_536

    /// Reads one certificate that fills the bytes; `nil` for anything else, and for more than 64 KiB.
    package init?(der: [UInt8]) {
        guard !der.isEmpty, der.count <= Self.maximumSize else { return nil }
        guard let raw = mitre_certificate_parse(der, der.count) else { return nil }
        handle = Handle(raw)
        let facts = mitre_certificate_read(raw)
        guard facts.has_valid_times != 0 else { return nil }
        self.facts = facts
        self.der = der
        sha256 = hexadecimal(SHA256.hash(data: der))
        subject = Self.take(mitre_certificate_subject(raw))
        issuer = Self.take(mitre_certificate_issuer(raw))
        serial = Self.take(mitre_certificate_serial(raw))
        notBefore = Date(timeIntervalSince1970: Double(facts.not_before))
        notAfter = Date(timeIntervalSince1970: Double(facts.not_after))
        dnsNames = Self.texts(raw, MITRE_DNS_NAMES)
        addresses = Self.items(raw, MITRE_ADDRESSES)
        commonNames = Self.texts(raw, MITRE_COMMON_NAMES)
        extendedKeyUsages =
            facts.has_extended_key_usage != 0 ? Self.texts(raw, MITRE_EXTENDED_KEY_USAGES) : nil
        key = Self.key(raw, facts)
        let digest = Self.take(mitre_certificate_digest(raw))
        self.digest = digest.isEmpty ? nil : digest
        caIssuers = Self.texts(raw, MITRE_CA_ISSUERS)
        crlURLs = Self.texts(raw, MITRE_CRL_URLS)
        extensions = Self.texts(raw, MITRE_EXTENSIONS)
        nameConstraints = Self.texts(raw, MITRE_EXCLUDED_OR_PERMITTED)
        var length = 0
        let bytes = mitre_certificate_public_key(raw, &length)
        publicKey = bytes.map { [UInt8](UnsafeBufferPointer(start: $0, count: length)) } ?? []
        mitre_free(bytes)
    }

    private static func key(_ raw: OpaquePointer, _ facts: mitre_certificate_facts) -> Key {
        let curve = take(mitre_certificate_curve(raw))
        let name = take(mitre_certificate_key_type(raw))
        let types = ["rsaEncryption": "RSA", "id-ecPublicKey": "EC", "dsaEncryption": "DSA"]
        return Key(type: types[name] ?? name, bits: Int(facts.key_bits), curve: curve.isEmpty ? nil : curve)
    }

    private static func take(_ text: UnsafeMutablePointer<CChar>?) -> String {
        guard let text else { return "" }
        defer { mitre_free(text) }
        return String(cString: text)
    }

    private static func items(_ raw: OpaquePointer, _ list: Int) -> [[UInt8]] {
        (0..<mitre_certificate_count(raw, Int32(list))).compactMap { index in
            var length = 0
            guard let start = mitre_certificate_item(raw, Int32(list), index, &length) else { return nil }
            return [UInt8](UnsafeBufferPointer(start: start, count: length))
        }
    }

    private static func texts(_ raw: OpaquePointer, _ list: Int) -> [String] {
        items(raw, list).map { String(decoding: $0, as: UTF8.self) }
    }
}

extension Certificate: Hashable {
    package static func == (lhs: Self, rhs: Self) -> Bool { lhs.der == rhs.der }
    package func hash(into hasher: inout Hasher) { hasher.combine(sha256) }
}

extension Certificate {
    package var isSelfIssued: Bool { facts.is_self_issued != 0 }
    package var isAuthority: Bool { facts.is_authority != 0 }
    package var lifetime: TimeInterval { notAfter.timeIntervalSince(notBefore) }

    /// Whether the issuer's name is the other's subject.
    package func names(issuer: Certificate) -> Bool {
        mitre_certificate_names_issuer(handle.raw, issuer.handle.raw) != 0
    }

    /// Whether the signature verifies with the other's key.
    package func isSigned(by issuer: Certificate) -> Bool {
        mitre_certificate_is_signed_by(handle.raw, issuer.handle.raw) != 0
    }

    /// What people call it: the first name in it, or its subject.
    package var displayName: String { dnsNames.first ?? commonNames.last ?? subject }

    /// Its subject, or its first name where it has none: a certificate may have names alone (RFC 5280 4.2.1.6).
    var title: String {
        if !subject.isEmpty { return subject }
        return displayName.isEmpty ? "a certificate without a subject" : displayName
    }

    /// Its names for evidence: `DNS:a.example, IP:192.0.2.1`, or the CN where there is nothing else.
    package var namesText: String {
        let alternatives = dnsNames.map { "DNS:\($0)" } + addresses.map { "IP:\(addressText($0))" }
        if !alternatives.isEmpty { return shortened(alternatives) }
        return commonNames.isEmpty ? "no name at all" : shortened(commonNames.map { "CN:\($0)" })
    }

    private func shortened(_ names: [String]) -> String {
        let shown = names.prefix(8).joined(separator: ", ")
        return names.count > 8 ? "\(shown) and \(names.count - 8) more" : shown
    }
}

/// Lower-case hexadecimal.
func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    for byte in bytes {
        text.append(digits[Int(byte >> 4)])
        text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
}

/// An address of 4 or 16 bytes as text; anything else in hexadecimal.
func addressText(_ bytes: [UInt8]) -> String {
    switch bytes.count {
    case 4: bytes.map { String($0) }.joined(separator: ".")
    case 16:
        stride(from: 0, to: 16, by: 2)
            .map { String(UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]), radix: 16) }
            .joined(separator: ":")
    default: hexadecimal(bytes)
    }
}
