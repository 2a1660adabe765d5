import Synchronization

/// Certificates that were read lately, by their bytes.
package struct CertificateMemory: Sendable {
    /// In bytes, as far as they can be estimated.
    package let maximumSize: Int
    package private(set) var size = 0
    private var certificates: [[UInt8]: Certificate] = [:]

    /// - Parameter maximumSize: 4 MiB is some 500 certificates of the usual size.
    package init(maximumSize: Int = 4 << 20) { self.maximumSize = maximumSize }

    package subscript(der: [UInt8]) -> Certificate? { certificates[der] }

    /// Keeps one more; where there is no room for it, those before it are forgotten.
    package mutating func keep(_ certificate: Certificate) {
        let length = certificate.footprint
        guard certificates[certificate.der] == nil, length <= maximumSize else { return }
        if size + length > maximumSize {
            certificates = [:]
            size = 0
        }
        certificates[certificate.der] = certificate
        size += length
    }
}

extension Certificate {
    /// About what it takes in memory, in bytes: OpenSSL's value and ours, of which each name is one in both.
    package var footprint: Int {
        let items = dnsNames.count + addresses.count + crlURLs.count + caIssuers.count + nameConstraints.count
        return 2_048 + 3 * der.count + 200 * items
    }

    /// As `init(der:)`, but what was read lately is not read again: a host shows one certificate at each of its addresses,
    /// at every look, and for every domain whose mail it takes, and OpenSSL is slow to read one.
    static func remembered(der: [UInt8]) -> Certificate? {
        if let certificate = memory.withLock({ $0[der] }) { return certificate }
        guard let certificate = Certificate(der: der) else { return nil }
        memory.withLock { $0.keep(certificate) }
        return certificate
    }

    private static let memory = Mutex(CertificateMemory())
}
