import ExchangeSimulator
import Foundation
import Testing

@Suite struct AdmissionTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var roles = #"["Exchange.ManageAsApp"]"#
        var directoryRoles = "[]"
        var managementRoles = "[]"
        var scope = "https://outlook.office365.com/.default"
        let read: Int
        let write: Int
    }

    @Test(arguments: [
        Case(testDescription: "neither grant", roles: "[]", read: 401, write: 401),
        Case(testDescription: "the app role alone", read: 403, write: 403),
        Case(
            testDescription: "the directory role alone",
            roles: "[]",
            directoryRoles: #"["Exchange Administrator"]"#,
            read: 401,
            write: 401
        ),
        Case(testDescription: "both", directoryRoles: #"["Exchange Administrator"]"#, read: 200, write: 200),
        Case(testDescription: "Global Reader reads only", directoryRoles: #"["Global Reader"]"#, read: 200, write: 403),
        Case(
            testDescription: "Security Reader reads no connectors",
            directoryRoles: #"["Security Reader"]"#,
            read: 403,
            write: 403
        ),
        Case(
            testDescription: "a role group for connectors",
            managementRoles: #"["Remote and Accepted Domains", "View-Only Configuration"]"#,
            read: 200,
            write: 200
        ),
        Case(
            testDescription: "a role group that reads",
            managementRoles: #"["View-Only Configuration"]"#,
            read: 200,
            write: 403
        ),
        Case(
            testDescription: "a permission for version 2 only",
            roles: #"["Exchange.ManageAsAppV2"]"#,
            directoryRoles: #"["Exchange Administrator"]"#,
            read: 403,
            write: 403
        ),
        Case(
            testDescription: "a token for Graph",
            directoryRoles: #"["Exchange Administrator"]"#,
            scope: "https://graph.microsoft.com/.default",
            read: 401,
            write: 401
        ),
    ])
    func grants(_ example: Case) async throws {
        let id = "c0000000-0000-4000-8000-000000000009"
        let application = """
            , {"clientId": "\(id)", "clientSecret": "s3cret", "roles": \(example.roles),
               "directoryRoles": \(example.directoryRoles), "managementRoles": \(example.managementRoles)}
            """
        try await withSimulator(seed: Seeds.usual(applications: application)) { client async throws in
            let client = try await client.signedIn(["client_id": id, "scope": example.scope])
            #expect(try await client.invoke("Get-InboundConnector").status == example.read)
            let write = try await client.invoke("Set-InboundConnector", #"{"Identity": "In", "Comment": "x"}"#)
            #expect(write.status == example.write)
            #expect(client.simulator.requests().last?.changedTenant == (example.write == 200))
        }
    }

    @Test func `no token, a foreign one and an expired one are refused`() async throws {
        try await withSimulator(seed: Seeds.usual().replacing(#""tenants""#, with: #""tokenLifetime": 0, "tenants""#)) {
            client async throws in
            #expect(try await client.invoke("Get-InboundConnector").status == 401)
            #expect(try await client.holding(nil).invoke("Get-InboundConnector").status == 401)
            #expect(try await client.holding("a.b.c").invoke("Get-InboundConnector").status == 401)
        }
    }

    @Test func `a 403 has no error body`() async throws {
        try await withSimulator { client async throws in
            let reader = try await client.signedIn(["client_id": Seeds.reader])
            for _ in 0..<12 {
                let reply = try await reader.invoke("Remove-InboundConnector", #"{"Identity": "In"}"#)
                #expect(reply.status == 403)
                #expect(reply.body.isEmpty || reply.body.allSatisfy { $0 == 0 })
            }
            #expect(try await client.invoke("Get-Nonsense").status == 403)
        }
    }

    @Test func `the tenant goes by GUID or domain, under both versions`() async throws {
        try await withSimulator { client async throws in
            for path in ["beta/\(Seeds.tenant)", "v1.0/contoso.com", "beta/contoso.onmicrosoft.com"] {
                let reply = try await client.invoke("Get-InboundConnector", path: "/adminapi/\(path)/InvokeCommand")
                #expect(reply.status == 200)
            }
            let other = try await client.invoke(
                "Get-InboundConnector",
                path: "/adminapi/beta/other.example/InvokeCommand"
            )
            #expect(other.status == 401)
        }
    }

    @Test func `the module file names the cmdlets that the caller may run`() async throws {
        try await withSimulator { client async throws in
            let path = "/AdminApi/v1.0/\(Seeds.tenant)/EXOModuleFile?Version=3.9.2"
            let star = ["CommandName": "*"]
            let admin = try await client.send("GET", path, headers: star).row["exportedCmdlets"] as? String ?? ""
            #expect(admin.split(separator: ",").contains("Set-OutboundConnector"))
            let reader = try await client.signedIn(["client_id": Seeds.reader])
            let names = try await reader.send("GET", path, headers: star).row["exportedCmdlets"] as? String ?? ""
            #expect(names.split(separator: ",").contains("Get-OutboundConnector"))
            #expect(!names.contains("Set-"))
        }
    }

    @Test func `a claims challenge ends with a token that was asked for with its claims`() async throws {
        try await withSimulator { client async throws in
            let forever = #"[{"match": {"cmdlet": "Get-*"}, "times": "always", "effect": {"claimsChallenge": true}}]"#
            try client.simulator.setFaults(forever)
            let reply = try await client.invoke("Get-InboundConnector")
            #expect(reply.status == 401)
            let header = reply.headers["www-authenticate"] ?? ""
            #expect(header.contains(#"error="insufficient_claims""#))
            let encoded = try #require(header.split(separator: #"claims=""#).last?.split(separator: "\"").first)
            let claims = String(decoding: try #require(Data(base64Encoded: String(encoded))), as: UTF8.self)
            let again = try await client.signedIn()
            #expect(try await again.invoke("Get-InboundConnector").status == 401)
            let answered = try await client.signedIn(["claims": claims])
            #expect(try await answered.invoke("Get-InboundConnector").status == 200)
        }
    }
}
