import Connectors
import ExchangeOnline
import ExchangeSimulator
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
            #expect(
                claims.directoryRoles.compactMap { TokenClaims.directoryRoleNames[$0] } == ["Exchange Administrator"]
            )
            #expect(claims.audience == "https://outlook.office365.com")
            #expect(claims.expires != nil)
            #expect(report.missing(PermissionReport.readingCmdlets) == [])
            #expect(report.missing(PermissionReport.writingCmdlets) == [])
            #expect(report.auditLog == .known(true))
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

    @Test func `a Security Reader may nothing, and each part says so for itself`() async throws {
        try await withTenant(TenantOptions(directoryRole: "Security Reader")) { tenant in
            let report = await tenant.reader.permissions()
            #expect(report.claims.value != nil)
            #expect(report.cmdlets.error?.reason == .permissionMissing)
            #expect(report.missing(PermissionReport.readingCmdlets) == nil)
            #expect(report.auditLog.error?.message == "We may not search the audit log.")
        }
    }
}
