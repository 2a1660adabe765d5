/// A tenant with the source that its definitions come from.
package struct ManagedTenant: Hashable, Sendable {
    package let source: Source
    package let tenant: TenantConfiguration

    package init(source: Source, tenant: TenantConfiguration) {
        self.source = source
        self.tenant = tenant
    }
}
