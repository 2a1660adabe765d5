/// What `plan` found for every selected tenant; saved to a file, it is what `apply` carries out.
package struct PlanDocument: ReportDocument, Hashable, Codable {
    package static let kind = "Plan"

    package var tenants: [TenantPlan]

    package init(tenants: [TenantPlan]) { self.tenants = tenants }

    package var exitStatus: ExitStatus { .combined(tenants.map(\.exitStatus)) }
}
