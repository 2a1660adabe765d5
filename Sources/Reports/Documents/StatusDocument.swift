/// Where each tenant stands.
package struct StatusDocument: ReportDocument, Hashable {
    package static let kind = "Status"

    package var tenants: [TenantStatus]

    package init(tenants: [TenantStatus]) { self.tenants = tenants }
}
