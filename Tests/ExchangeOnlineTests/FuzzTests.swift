import Connectors
import ExchangeOnline
import Foundation
import Synchronization
import TestSupport
import Testing
import Transfers

/// Random damage to valid answers, from fixed seeds: never a crash, and never "known" where an independent reader of
/// JSON sees something else.
@Suite(.timeLimit(.minutes(3)))
struct FuzzTests {
    /// A small generator of known quality (SplitMix64), so that a failure can be repeated.
    struct SplitMix: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
    }

    /// From the samples of the reference, section 11.
    static let body = #"""
        {"@odata.context":"https://outlook.office365.com/adminapi/beta/t/$metadata#Collection(Exchange.GenericHashTable)",
        "adminapi.warnings@odata.type":"#Collection(String)","@adminapi.warnings":["Mind the gap."],"value":[
        {"Enabled":true,"ConnectorType":"Partner","ConnectorSource":"Default","Comment":"caf\u00e9 \ud83d\ude00","SenderIPAddresses":[],
        "SenderDomains@odata.type":"#Collection(String)","SenderDomains":["smtp:contoso.com;1","smtp:*.contoso.com;1"],
        "RequireTls":true,"RestrictDomainsToCertificate":true,"TlsSenderCertificateName":"*.contoso.com","EFSkipIPs":null,
        "Name":"Contoso in TLS","WhenChangedUTC":"2026-11-20T08:15:30.0000000Z","Guid@data.type":"System.Guid",
        "Guid":"3f2e0b54-8a41-4d0c-9a6e-0d8f6f0d1a01","IsValid":true,"LastUsedDate(DateTime])":null},
        {"Enabled":false,"ConnectorType":"OnPremises","Comment":"","SenderIPAddresses":["203.0.113.25","198.51.100.0/24"],
        "SenderDomains":"smtp:*;1","RequireTls":false,"Name":"Printers","Guid":"b7e2a6c1-77d0-4b62-8a6f-3a2f2f1f9c02"}]}
        """#

    private static let words = [
        "null", "true", "{", "}", "[", "]", ",", ":", "\"", "\\", "1e999", "-0", "\"\"", "\\ud800", "\u{0}",
        #""value":[],"#, #""Guid":"x","#, #""@odata.nextLink":"https://evil.example/adminapi/","#, #""error":{},"#,
        String(repeating: "[", count: 200),
    ]

    private static func damaged(_ body: String, _ random: inout SplitMix) -> [UInt8] {
        var bytes = Array(body.utf8)
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            let place = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0..<6, using: &random) {
            case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
            case 1: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 1...40, using: &random)))
            case 2: bytes.removeSubrange(place...)
            case 3: bytes.insert(contentsOf: Array(words.randomElement(using: &random)?.utf8 ?? "".utf8), at: place)
            case 4:
                let end = min(bytes.count, place + Int.random(in: 1...80, using: &random))
                bytes.insert(contentsOf: bytes[place..<end], at: Int.random(in: 0...bytes.count, using: &random))
            default: bytes.swapAt(place, Int.random(in: 0..<bytes.count, using: &random))
            }
            if bytes.isEmpty { bytes = [0] }
        }
        return bytes
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `damage is unknown, or read as an independent reader reads it`(_ seed: UInt64) async throws {
        let current = Mutex<[UInt8]>([])
        let server = try AnsweringServer { path, body in
            if path.contains("/oauth2/") { return Array(#"{"access_token":"t","expires_in":3600}"#.utf8) }
            if body.contains("Get-InboundConnector") { return current.withLock(\.self) }
            if body.contains("Get-AcceptedDomain") {
                return Array(#"{"value":[{"DomainName":"contoso.onmicrosoft.com"}]}"#.utf8)
            }
            return Array(#"{"value":[]}"#.utf8)
        }
        defer { server.stop() }
        let reader = try reader(port: server.port)
        var random = SplitMix(state: seed)
        var known = 0
        for _ in 0..<400 {
            let bytes = Self.damaged(Self.body, &random)
            current.withLock { $0 = bytes }
            guard case .known(let observed) = await reader.read(rules: []) else { continue }
            known += 1
            try expectSame(observed, bytes)
        }
        #expect(known > 0)
    }

    /// From the sample of the reference, section 14.5.
    private static let trace = #"""
        {"@adminapi.warnings":[],"value":[
        {"MessageTraceId":"0b1c2d3e-4f50-4617-8293-08dee9000001","MessageId":"<1@northwind.example>","Received@data.type":"System.DateTime",
        "Received":"2026-11-22T10:11:12.0480000Z","SenderAddress":"a@northwind.example","RecipientAddress":"b@contoso.com","FromIP":"",
        "ToIP":"192.0.2.7","Subject":"x","Status":"Pending","Size@data.type":"System.Int32","Size":17681},
        {"MessageTraceId":"0b1c2d3e-4f50-4617-8293-08dee9000002","Received":"2026-11-22T10:10:12.0480000Z","SenderAddress":"",
        "RecipientAddress":"c@contoso.com","Status":"Failed"}]}
        """#

    @Test(arguments: [4, 5] as [UInt64])
    func `a damaged trace is unknown, or holds no message that is not there`(_ seed: UInt64) async throws {
        let current = Mutex<[UInt8]>([])
        let server = try AnsweringServer { path, _ in
            if path.contains("/oauth2/") { return Array(#"{"access_token":"t","expires_in":3600}"#.utf8) }
            return current.withLock(\.self)
        }
        defer { server.stop() }
        let reader = try reader(port: server.port)
        var random = SplitMix(state: seed)
        var known = 0
        let start = Date(timeIntervalSince1970: 1_795_000_000)
        for _ in 0..<300 {
            let bytes = Self.damaged(Self.trace, &random)
            current.withLock { $0 = bytes }
            guard
                case .known(let list) = await reader.messageTrace(
                    from: start,
                    to: start.addingTimeInterval(86_400),
                    maximumPages: 3
                )
            else { continue }
            known += 1
            let text = String(decoding: bytes, as: UTF8.self)
            let body = try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any], "\(text)")
            let rows = body["value"] as? [[String: Any]] ?? []
            for message in list.messages {
                let row = rows.first { $0["MessageTraceId"] as? String == message.traceId }
                #expect(row != nil, "\(text)")
            }
            #expect(list.messages.count <= rows.count, "\(text)")
        }
        #expect(known > 0)
    }

    private func reader(port: Int) throws -> TenantReader {
        let url = "http://127.0.0.1:\(port)"
        let endpoints = try Endpoints(cloud: .worldwide, login: url, exchange: url, graph: url)
        let pool = try TransferPool()
        let timing = Timing(clock: SkippingClock())
        let tokens = TokenSource(
            tenantId: "t",
            endpoints: endpoints,
            credential: .clientSecret(clientId: "c", secret: { "s3cret" }),
            pool: pool,
            timing: timing
        )
        return TenantReader(
            TenantConnection(
                tenantId: "t",
                organization: "contoso.onmicrosoft.com",
                endpoints: endpoints,
                tokens: tokens,
                pool: pool,
                timing: timing
            )
        )
    }

    private func expectSame(_ observed: ObservedTenant, _ bytes: [UInt8]) throws {
        let text = String(decoding: bytes, as: UTF8.self)
        let json = try? JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any]
        let body = try #require(json, "\(text)")
        #expect(body["error"] == nil || body["error"] is NSNull, "\(text)")
        let rows = body["value"] as? [[String: Any]] ?? []
        #expect(body["value"] == nil || body["value"] is NSNull || body["value"] is [[String: Any]], "\(text)")
        #expect(observed.connectors.count == rows.count, "\(text)")
        for connector in observed.connectors {
            let row = rows.first { ($0["Guid"] as? String)?.lowercased() == connector.guid }
            #expect(row?["Name"] as? String == connector.displayName, "\(text)")
            #expect(
                (row?["RequireTls"] as? Bool).map(FieldValue.boolean) == connector.settings["requireTls"],
                "\(text)"
            )
            if let domains = row?["SenderDomains"] as? [String] {
                #expect(connector.settings["senderDomains"] == .list(domains), "\(text)")
            }
            if let name = row?["TlsSenderCertificateName"] as? String {
                #expect(connector.settings["tlsSenderCertificateName"] == .text(name), "\(text)")
            }
        }
    }
}
