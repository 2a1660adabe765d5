import Foundation
import Probing
import TestSupport
import Testing

/// Lists that are made byte by byte and signed by their issuer.
@Suite struct RevocationListTests {
    /// In a list as large as is read, of the shortest entries that there are.
    private static let entries = 800_000

    struct Case: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let extensions: [[UInt8]]
        let status: RevocationAnswer.Status
    }

    private static let cases = [
        Case(testDescription: "a plain one", extensions: [], status: .good),
        Case(
            testDescription: "one with an extension that need not be understood",
            extensions: [ext(unknown, isCritical: false, [0x05, 0])],
            status: .good
        ),
        Case(
            testDescription: "one with an extension that must be understood",
            extensions: [ext(unknown, [0x05, 0])],
            status: .unreadable
        ),
        Case(
            testDescription: "one of what is new since another",
            extensions: [ext(deltaIndicator, [0x02, 1, 1])],
            status: .notCovered
        ),
        Case(
            testDescription: "one of what is new, for the certificate's place",
            extensions: [ext(deltaIndicator, [0x02, 1, 1]), ext(issuingPoint, point("7"))],
            status: .notCovered
        ),
        Case(
            testDescription: "one for the certificate's place",
            extensions: [ext(issuingPoint, point("7"))],
            status: .good
        ),
        Case(
            testDescription: "one for another place",
            extensions: [ext(issuingPoint, point("8"))],
            status: .notCovered
        ),
    ]

    @Test(arguments: cases)
    func `only a whole list that is for the certificate can clear it`(_ example: Case) async throws {
        try await withTemporaryFolder { folder in
            let certificates = Certificates(folder: folder)
            try await certificates.makeRoot()
            try await certificates.make(
                "mx",
                for: "mx.lab.example",
                extensions: ["crlDistributionPoints=URI:http://crl.lab.example/7"]
            )
            let question = RevocationQuestion(
                id: "mx",
                certificate: try #require(certificates.der("mx.pem").first),
                issuer: try #require(certificates.der("ca.pem").first),
                urls: []
            )
            let other = Self.der(0x30, Self.der(0x02, [1]) + Self.date)
            let list = try await Self.signed(other, example.extensions, in: folder)
            #expect(RevocationList(list)?.answer(question, at: Date()).status == example.status)
        }
    }

    @Test func `a list of 18 MB is looked through in place, and its signature covers every entry`() async throws {
        try await withTemporaryFolder { folder in
            let certificates = Certificates(folder: folder)
            try await certificates.makeRoot()
            try await certificates.make("mx", for: "mx.lab.example")
            let shown = try await run("/usr/bin/openssl", ["x509", "-in", "mx.pem", "-noout", "-serial"], in: folder)
            let serial = try Self.bytes(
                shown.trimmingCharacters(in: .whitespacesAndNewlines).replacing("serial=", with: "")
            )
            let question = RevocationQuestion(
                id: "mx",
                certificate: try #require(certificates.der("mx.pem").first),
                issuer: try #require(certificates.der("ca.pem").first),
                urls: []
            )
            var entries: [UInt8] = []
            entries.reserveCapacity(Self.entries * 23)
            for number in 0..<Self.entries {
                entries +=
                    [0x30, 21, 0x02, 4, 0x40] + [16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) } + Self.date
            }
            let own = Self.der(0x30, Self.der(0x02, serial[0] < 0x80 ? serial : [0] + serial) + Self.date)

            let sound = try await Self.signed(entries, in: folder)
            #expect(sound.count > 18_000_000)
            #expect(RevocationList(sound)?.answer(question, at: Date()).status == .good)
            let revoked = try await Self.signed(entries + own, in: folder)
            let answer = try #require(RevocationList(revoked)?.answer(question, at: Date()))
            #expect(answer.status == .revoked)
            #expect(answer.revokedAt == Date(timeIntervalSince1970: 1_767_225_600))
            var forged = sound
            forged[sound.count / 2] ^= 1
            #expect(RevocationList(forged)?.answer(question, at: Date()).status == .badSignature)
        }
    }

    private static let unknown: [UInt8] = [0x2a, 0x03, 0x04]
    /// Source: RFC 5280 5.2.4, 5.2.5.
    private static let deltaIndicator: [UInt8] = [0x55, 0x1d, 0x1b]
    private static let issuingPoint: [UInt8] = [0x55, 0x1d, 0x1c]

    /// An extension with its identifier and its value.
    private static func ext(_ identifier: [UInt8], isCritical: Bool = true, _ value: [UInt8]) -> [UInt8] {
        der(0x30, der(0x06, identifier) + (isCritical ? [0x01, 1, 0xff] : []) + der(0x04, value))
    }

    /// The place of the list of this name: `distributionPoint`, in it `fullName`, in it a URL.
    private static func point(_ name: String) -> [UInt8] {
        der(0x30, der(0xa0, der(0xa0, der(0x86, Array("http://crl.lab.example/\(name)".utf8)))))
    }

    /// 2026-01-01, in UTCTime.
    private static let date = der(0x17, Array("260101000000Z".utf8))

    private static func der(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
        let count = content.count
        if count < 0x80 { return [tag, UInt8(count)] + content }
        return [tag, 0x84] + [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: count >> $0) } + content
    }

    /// A list of the laboratory's root with these entries (RFC 5280 5.1).
    private static func signed(
        _ entries: [UInt8],
        _ extensions: [[UInt8]] = [],
        in folder: URL
    ) async throws -> [UInt8] {
        let algorithm = der(0x30, [0x06, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02])
        let name = der(0x30, [0x06, 3, 0x55, 0x04, 0x03] + der(0x0c, Array("Lab Root".utf8)))
        let issuer = der(0x30, der(0x31, name))
        let dates = [-86_400.0, 86_400].map { seconds in
            let text = Date().addingTimeInterval(seconds).ISO8601Format().filter { $0.isNumber }
            return der(0x17, Array((text.dropFirst(2) + "Z").utf8))
        }
        let content = [0x02, 1, 1] + algorithm + issuer + dates[0] + dates[1] + der(0x30, entries)
        let list = der(0x30, content + (extensions.isEmpty ? [] : der(0xa0, der(0x30, extensions.flatMap { $0 }))))
        try Data(list).write(to: folder.appending(path: "tbs"))
        try await run("/usr/bin/openssl", ["dgst", "-sha256", "-sign", "ca.key", "-out", "sig", "tbs"], in: folder)
        let signature = [UInt8](try Data(contentsOf: folder.appending(path: "sig")))
        return der(0x30, list + algorithm + der(0x03, [0] + signature))
    }

    private static func bytes(_ digits: String) throws -> [UInt8] {
        let digits = Array(digits.utf8)
        return try stride(from: 0, to: digits.count, by: 2).map {
            try #require(UInt8(String(decoding: digits[$0..<min($0 + 2, digits.count)], as: UTF8.self), radix: 16))
        }
    }
}
