import Foundation
import TLSGate
import TestSupport
import Testing

@Suite struct PEMLimitTests {
    @Test func `of a file of a gigabyte one byte more than the limit is read`() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.appending(path: "huge.pem").path
            #expect(FileManager.default.createFile(atPath: path, contents: nil))
            let file = try #require(FileHandle(forWritingAtPath: path))
            try file.truncate(atOffset: 1 << 30)
            try file.close()
            let bytes = try #require(PEM.contents(ofFile: path))
            #expect(bytes.count == PEM.maximumSize + 1)
            #expect(throws: CertificateError.self) { try PEM.certificates(in: bytes) }
            #expect(PEM.contents(ofFile: path + ".missing") == nil)
        }
    }

    @Test func `a certificate that is too large is refused by its size`() throws {
        let body = Data(repeating: 0x30, count: Certificate.maximumSize + 1).base64EncodedString()
        let pem = "-----BEGIN CERTIFICATE-----\n\(body)\n-----END CERTIFICATE-----\n"
        let error = #expect(throws: CertificateError.self) { try PEM.certificates(in: Array(pem.utf8)) }
        #expect(error?.reason == "certificate 1 has 65537 bytes, and at most 65536 are read")
    }
}
