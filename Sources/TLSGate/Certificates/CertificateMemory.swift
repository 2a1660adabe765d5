import Synchronization

/// Certificates that were read lately, by their bytes.
package struct CertificateMemory: Sendable {
    /// In bytes of DER, over all of them; what they say takes a few times that.
    package let maximumSize: Int
    package private(set) var size = 0
    private var certificates: [[UInt8]: Certificate] = [:]

    /// - Parameter maximumSize: 1 MiB is some 700 certificates of the usual size.
    package init(maximumSize: Int = 1 << 20) { self.maximumSize = maximumSize }

    package subscript(der: [UInt8]) -> Certificate? { certificates[der] }

    /// Keeps one more; where there is no room for it, those before it are forgotten.
    package mutating func keep(_ certificate: Certificate) {
        let length = certificate.der.count
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
