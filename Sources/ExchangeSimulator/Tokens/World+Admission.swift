import FoundationEssentials

/// Who may come in: the token at the door of the admin API and of Graph. Sections 1.3, 1.4, 2.6.
extension World {
    func token(of request: Request) -> AccessToken? {
        let parts = (request.headers["authorization"] ?? "").split(separator: " ", maxSplits: 1)
        guard parts.count == 2, String(parts[0]).isSame(ignoringCase: "Bearer") else { return nil }
        return AccessToken(String(parts[1]), key: key)
    }

    /// What the claims of a challenge ask for.
    ///
    /// Section 1.4.
    static let challenge = #"{"access_token":{"nbf":{"essential":true,"value":"1604106651"}}}"#

    static func unauthorized(claims: String?) -> Answer {
        guard let claims else {
            return Answer(401, headers: [("WWW-Authenticate", #"Bearer realm="", error="invalid_token""#)])
        }
        let encoded = Data(claims.utf8).base64EncodedString()
        // Several headers may be present, with their fields in any order. Section 1.4.
        return Answer(
            401,
            headers: [
                ("WWW-Authenticate", #"Bearer realm="", error="invalid_token""#),
                (
                    "WWW-Authenticate",
                    #"Bearer error="insufficient_claims", realm="", claims="\#(encoded)", "#
                        + #"authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize""#
                ),
            ]
        )
    }

    /// What the caller may do, or the answer that turns it away.
    enum Admission {
        case granted(AccessToken, Set<Right>)
        case refused(Answer)
    }

    mutating func admission(to call: Call) -> Admission {
        guard let token = token(of: call.request), token.expires > now, Resource(root: token.audience) == .exchange,
            let tenant = call.tenant, tenant.isCalled(token.tenantId)
        else { return .refused(Self.unauthorized(claims: nil)) }
        guard token.roles.contains("Exchange.ManageAsApp") else {
            // A token for version 2 of the API only gets a body-less 403 here. Section 1.3.
            let isNearMiss = token.roles.contains { $0.hasPrefix("Exchange.Manage") }
            return .refused(isNearMiss ? Answer(403) : Self.unauthorized(claims: nil))
        }
        let roles = DirectoryRole.allCases.filter { token.wids.contains($0.templateId) }
        var rights = roles.reduce(into: Set<Right>()) { $0.formUnion($1.rights) }
        if let application = tenant.applications.first(where: { $0.clientId.isSame(ignoringCase: token.clientId) }) {
            for role in application.managementRoles { rights.formUnion(Right.granted(by: role)) }
        }
        return .granted(token, rights)
    }

    /// 403 for a cmdlet that is unknown or not allowed: the form says nothing about which.
    ///
    /// Section 2.6.
    mutating func forbidden() -> Answer { random.pick(Refusal.Forbidden.allCases).answer }
}
