/// Of the organization's settings what decides on the effect of a change to a connector.
package struct OrganizationSettings: Hashable, Sendable, Codable {
    /// Whether anonymous mail that claims to come from the tenant's own domains is refused (550 5.7.68) unless an inbound
    /// connector matches its sender; so without the connector, devices and services can no longer send as the domain.
    ///
    /// Source: learn.microsoft.com/powershell/module/exchangepowershell/set-organizationconfig. Nothing where the row
    /// does not tell, as in clouds that do not have it yet.
    package var rejectsDirectSend: Bool?

    package init(rejectsDirectSend: Bool?) { self.rejectsDirectSend = rejectsDirectSend }
}
