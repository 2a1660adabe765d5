import ExchangeSimulator
import Foundation
import Laboratory
import TestSupport
import Testing

/// The log of a running controller, as a machine reads it.
@Suite(.enabled(if: PartnerServer.isAvailable, "install stunnel4"), .timeLimit(.minutes(5)))
struct ControllerLogTests {
    @Test func `each line is one JSON object that names its tenant, and holds no secret and nothing of anyone's mail`()
        async throws
    {
        try await PartnerServer.with { server in
            let ending = try await ControllerBed.with(
                tenant: WatchedMailTests.mail(),
                settings: WatchedMailTests.watch,
                more: "gate: {networks: any, port: \(server.port), timeout: 5s}",
                files: ["fabrikam.yaml": WatchedMailTests.outbound()],
                arguments: ["--log", "json", "--verbose"]
            ) { (bed: ControllerBed, _: Running) async throws in
                try await bed.until("in sync") { try await bed.state() == "in-sync" }
                try await WatchedMailTests.change(bed, to: WatchedMailTests.outbound("127.0.0.2"))
                try await WatchedMailTests.letAnHourPass(bed)
                try await bed.until("told") { try await bed.hasEvent("regressed-taken-back") }
            }
            #expect(ending.code == 0 && ending.output.isEmpty)
            let texts = ending.errors.split(separator: "\n")
            let lines = texts.compactMap {
                try? JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: String]
            }
            #expect(lines.count == texts.count, "\(ending.errors.prefix(2_000))")
            #expect(lines.allSatisfy { $0["level"] != nil && $0["msg"]?.isEmpty == false && $0["ts"] != nil })
            Self.expectNames(in: lines)
            for secret in [
                Laboratory.secret, ControllerBed.token, "Bearer ", "person1", "partner1@", "postmark", "eyJ",
            ] {
                #expect(!ending.errors.contains(secret), "\(secret)")
            }
        }
    }

    /// What one run did, and what was asked for it, is found by its tenant, its run and its commit.
    private static func expectNames(in lines: [[String: String]]) {
        let back = lines.first { $0["condition"] == "regressed-taken-back" }
        #expect(back?["tenant"] == "contoso" && back?["object"] == "OutboundConnector/fabrikam")
        #expect(back?["run"]?.count == 26, "\(String(describing: back))")
        #expect(back?["revision"]?.count == 40, "\(String(describing: back))")
        let answered = lines.filter { $0["msg"] == "cmdlet answered" }
        #expect(!answered.isEmpty)
        for line in answered {
            #expect(line["tenant"] == "contoso" && line["organization"] == "contoso.onmicrosoft.com", "\(line)")
            #expect(line["request-id"] != nil && line["cmdlet"] != nil, "\(line)")
        }
        #expect(lines.filter { $0["msg"] == "token endpoint answered" }.allSatisfy { $0["tenant"] == "contoso" })
        let ofTenant = lines.filter { $0["msg"]?.hasPrefix("contoso: ") == true }
        #expect(ofTenant.allSatisfy { $0["tenant"] == "contoso" }, "\(ofTenant)")
    }
}
