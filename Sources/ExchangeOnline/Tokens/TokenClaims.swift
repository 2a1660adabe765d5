package import FoundationEssentials

/// What an access token says of its bearer.
///
/// It is read for messages only; no one decides access by it.
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
}
