import Connectors
import ExchangeOnline
import ExchangeSimulator
import Foundation
import Testing

@Suite(.timeLimit(.minutes(10)))
struct PermissionTests {
    @Test func `an Exchange Administrator may do all`() async throws {
        try await withTenant { tenant in
            let report = await tenant.reader.permissions()
            let claims = try report.claims.get()
            #expect(claims.tenantId == SimulatedTenant.id)
            #expect(claims.applicationId == SimulatedTenant.clientId)
            #expect(claims.roles == [TokenClaims.requiredRole])
            #expect(claims.directoryRoles == ["29232cdf-9323-42fd-ade2-1d097af3e4de"])
            #expect(report.domains == .known(["contoso.com", "contoso.onmicrosoft.com"]))
            #expect(report.certificateEnd == nil)
            #expect(claims.audience == "https://outlook.office365.com")
            #expect(claims.expires != nil)
            #expect(report.missing(PermissionReport.readingCmdlets) == [])
            #expect(report.missing(PermissionReport.writingCmdlets) == [])
            #expect(report.auditLog == .known(true))
            #expect(report.messageTrace == .known(true))
            #expect(report.blocked == .known([]))
            #expect(report.host == "127.0.0.1")
        }
    }

    @Test func `a Global Reader may read`() async throws {
        try await withTenant(TenantOptions(directoryRole: "Global Reader")) { tenant in
            let report = await tenant.reader.permissions()
            #expect(report.missing(PermissionReport.readingCmdlets) == [])
            #expect(report.missing(PermissionReport.writingCmdlets)?.count == PermissionReport.writingCmdlets.count)
        }
    }

    @Test func `a Security Reader may read none of what a plan needs`() async throws {
        try await withTenant(TenantOptions(directoryRole: "Security Reader")) { tenant in
            let report = await tenant.reader.permissions()
            #expect(report.missing(PermissionReport.readingCmdlets) == PermissionReport.readingCmdlets)
            #expect(report.domains.error?.reason == .permissionMissing)
            #expect(report.messageTrace.error?.reason == .permissionMissing)
            #expect(report.blocked == .known([]))
        }
    }

    @Test func `a Helpdesk Administrator may do nothing, and each part says so for itself`() async throws {
        try await withTenant(TenantOptions(directoryRole: "Helpdesk Administrator")) { tenant in
            let report = await tenant.reader.permissions()
            #expect(report.claims.value != nil)
            #expect(report.cmdlets.error?.reason == .permissionMissing)
            #expect(report.missing(PermissionReport.readingCmdlets) == nil)
            #expect(report.auditLog.error?.message == "We may not search the audit log.")
        }
    }

    @Test func `who cannot sign in is told so once, after one request`() async throws {
        try await withTenant { tenant in
            try tenant.simulator.setFaults(
                #"[{"match": {"path": "/oauth2/"}, "times": "always", "effect": {"tokenError": 7000222}}]"#
            )
            let report = await tenant.reader.permissions()
            #expect(report.signInError?.tokenErrorCode == 7_000_222)
            #expect(tenant.simulator.requests().count == 1)
        }
    }

    @Test func `the end of our own certificate is told ahead`() async throws {
        try await withKeyPair { pair in
            let (certificate, key) = (try pair.certificate, try pair.key)
            let options = TenantOptions(
                credential: .certificate(
                    clientId: SimulatedTenant.clientId,
                    certificatePEM: { certificate },
                    privateKeyPEM: { key }
                )
            )
            try await withTenant(options) { tenant in
                let end = try #require(await tenant.reader.permissions().certificateEnd)
                #expect(abs(end.timeIntervalSinceNow - 2 * 86_400) < 3_600)
            }
        }
    }
}
