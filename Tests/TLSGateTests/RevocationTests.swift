import Foundation
import Probing
import TLSGate
import Testing

@Suite struct RevocationTests {
    private static func question(_ leaf: String) throws -> RevocationQuestion {
        try #require(
            Gate.revocationQuestions([Fixture.probe([leaf, "int"])], roots: Fixture.roots, at: Fixture.now).first
        )
    }

    private static func der(_ file: String) throws -> [UInt8] {
        let text = String(decoding: Fixture.file(file), as: UTF8.self)
        let body = text.split(separator: "\n").filter { !$0.hasPrefix("-") }.joined()
        return [UInt8](try #require(Data(base64Encoded: body)))
    }

    @Test(arguments: [
        ("int.crl", "leaf", RevocationAnswer.Status.good), ("int.crl", "revoked", .revoked),
        ("stale.crl", "leaf", .stale), ("other.crl", "leaf", .wrongIssuer),
    ])
    func `a list answers for one certificate, in DER and in PEM`(
        _ file: String,
        _ leaf: String,
        _ status: RevocationAnswer.Status
    ) throws {
        let question = try Self.question(leaf)
        for bytes in [Fixture.file(file), try Self.der(file)] {
            let answer = try #require(RevocationList(bytes)).answer(question, at: Fixture.now)
            #expect(answer.status == status)
            #expect((answer.revokedAt != nil) == (status == .revoked))
            #expect(answer.certificate == question.id)
        }
    }

    @Test func `an entry that is taken out or put in breaks the signature`() throws {
        let question = try Self.question("revoked")
        let sound = try Self.der("int.crl")
        let list = try #require(RevocationList(sound))
        #expect(list.answer(question, at: Fixture.now).status == .revoked)
        let serial = try #require(Certificate(der: question.certificate)).serial
        let digits = Array(serial.utf8)
        let bytes = stride(from: 0, to: digits.count - 1, by: 2).compactMap {
            UInt8(String(decoding: digits[$0...($0 + 1)], as: UTF8.self), radix: 16)
        }
        let place = try #require(sound.indices.first { sound[$0...].starts(with: bytes) })
        var other = sound
        other[place + bytes.count - 1] ^= 1
        #expect(try #require(RevocationList(other)).answer(question, at: Fixture.now).status == .badSignature)
    }

    @Test func `no list, however it is cut or damaged, ends the process or is believed`() throws {
        let question = try Self.question("revoked")
        let sound = try Self.der("int.crl")
        for count in 0..<sound.count {
            let answer = RevocationList(Array(sound.prefix(count)))?.answer(question, at: Fixture.now)
            #expect(answer?.status != .good && answer?.status != .revoked)
        }
        var random = SeededGenerator(seed: 5280)
        for _ in 0..<2_000 {
            var bytes = sound
            for _ in 0..<3 {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            #expect(RevocationList(bytes)?.answer(question, at: Fixture.now).status != .good)
        }
    }

    @Test func `lists are asked for only where a chain leads to a trusted root, the servers' own first`() {
        func urls(_ chains: [[String]]) -> [[String]] {
            Gate.revocationQuestions(chains.map { Fixture.probe($0) }, roots: Fixture.roots, at: Fixture.now).map(
                \.urls
            )
        }
        let url = ["http://crl.issuer.example/int.crl"]
        #expect(urls([["leaf", "int"], ["leaf", "int"]]) == [url])
        #expect(urls([["leaf", "int"], ["revoked", "int"]]) == [url, url])
        #expect(urls([["belowleaf", "leaf", "int"]]) == [url, url], "an issuer's own certificate too")
        #expect(urls([["leaf"], ["private", "privint", "other"], ["selfsigned"], []]).isEmpty)
    }

    @Test func `lists are asked for only where a connector looks at certificates`() {
        let policy = GatePolicy(checksRevocation: true)
        let wants = TLSLevel.allCases.map { level in
            Gate.requests(for: Fixture.key, settings: Fixture.settings(level), policy: policy).map(\.wantsCRLs)
        }
        #expect(wants == [[false], [false], [true], [true]])
    }
}
