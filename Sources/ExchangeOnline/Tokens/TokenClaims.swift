package import FoundationEssentials

/// What an access token says of its bearer.
///
/// It is read for messages only; nobody decides access by it.
package struct TokenClaims: Hashable, Sendable {
    package var audience: String?
    package var tenantId: String?
    package var applicationId: String?
    /// The object id of our service principal.
    package var objectId: String?
    package var roles: [String]
    /// Template ids of directory roles; a custom role group does not show here.
    package var directoryRoles: [String]
    package var expires: Date?

    package init(
        audience: String? = nil,
        tenantId: String? = nil,
        applicationId: String? = nil,
        objectId: String? = nil,
        roles: [String] = [],
        directoryRoles: [String] = [],
        expires: Date? = nil
    ) {
        self.audience = audience
        self.tenantId = tenantId
        self.applicationId = applicationId
        self.objectId = objectId
        self.roles = roles
        self.directoryRoles = directoryRoles
        self.expires = expires
    }

    /// The application role without which the admin API answers 401.
    package static let requiredRole = "Exchange.ManageAsApp"

    /// The names of the directory roles that mail flow needs one of.
    ///
    /// Source: learn.microsoft.com/entra/identity/role-based-access-control/permissions-reference.
    package static let directoryRoleNames = [
        "29232cdf-9323-42fd-ade2-1d097af3e4de": "Exchange Administrator",
        "62e90394-69f5-4237-9190-012177145e10": "Global Administrator",
        "f2ef992c-3afb-46b9-b7cf-a126ee74c451": "Global Reader",
        "5d6b6bb7-de71-4623-b4af-96380a352509": "Security Reader",
    ]
}
