import ExchangeSimulator
import Foundation
import Testing

@Suite struct ConnectionTests {
    /// A request as it travels.
    private static func request(_ path: String, token: String, body: String, close: Bool = false) -> String {
        """
        POST \(path) HTTP/1.1\r
        Host: 127.0.0.1\r
        Authorization: Bearer \(token)\r
        Content-Length: \(body.utf8.count)\r
        \(close ? "Connection: close\r\n" : "")\r
        \(body)
        """
    }

    @Test func `a connection serves one request after the other until it is told to close`() async throws {
        try await withSimulator { client async throws in
            let token = try #require(try await client.askForToken().json["access_token"] as? String)
            let body = Client.body("Get-OrganizationConfig", "{}")
            let text =
                Self.request(Client.path, token: token, body: body)
                + Self.request(Client.path, token: token, body: body, close: true)
            let answers = await RawConnection.exchange(text, port: client.simulator.port)
            #expect(answers.components(separatedBy: "HTTP/1.1 200 OK").count == 3)
            #expect(answers.lowercased().contains("connection: close"))
        }
    }

    @Test(arguments: [("before", false), ("after", true), ("body", true)])
    func `a dropped connection says nothing about the write`(drop: String, isApplied: Bool) async throws {
        try await withSimulator { client async throws in
            let token = try #require(try await client.askForToken().json["access_token"] as? String)
            try client.simulator.setFaults(#"[{"match": {"cmdlet": "Set-*"}, "effect": {"drop": "\#(drop)"}}]"#)
            let body = Client.body("Set-InboundConnector", #"{"Identity": "In", "Comment": "new"}"#)
            let request = Self.request(Client.path, token: token, body: body)
            let answer = await RawConnection.exchange(request, port: client.simulator.port)
            #expect(answer.hasPrefix("HTTP/1.1 200") == (drop == "body"))
            #expect(!answer.hasSuffix("}"))
            let comment = try await client.row("InboundConnector", "In")["Comment"] as? String
            #expect(comment == (isApplied ? "new" : "from Fabrikam"))
            let logged = client.simulator.requests().first { $0.cmdlet == "Set-InboundConnector" }
            #expect(logged?.changedTenant == isApplied)
            #expect((logged?.status == nil) == (drop != "body"))
        }
    }
}
