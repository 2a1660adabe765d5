import FoundationEssentials

/// The token endpoint. Section 1.1.
extension World {
    mutating func tokenAnswer(_ call: Call) -> Answer {
        do throws(TokenRefusal) {
            guard call.request.method == "POST" else { throw TokenRefusal(900144) }
            guard let tenant = call.tenant else { throw TokenRefusal(90002) }
            let form = call.request.form
            let (application, resource) = try request(form, tenant)
            try application.authenticate(form, audiences: Self.audiences(call, tenant), now: now)
            let root = form["scope"].map { String($0.dropLast("/.default".count)) } ?? ""
            return try issue(to: application, tenant, resource, audience: root, claims: form["claims"])
        } catch {
            return error.answer(now: now, random: &random)
        }
    }

    private func request(
        _ form: [String: String],
        _ tenant: Tenant
    ) throws(TokenRefusal) -> (Application, Resource) {
        guard form["grant_type"] == "client_credentials" else { throw TokenRefusal(70003) }
        guard let clientId = form["client_id"], !clientId.isEmpty else {
            throw TokenRefusal(900144, "The request body must contain the following parameter: 'client_id'.")
        }
        guard let application = tenant.applications.first(where: { $0.clientId.isSame(ignoringCase: clientId) }) else {
            throw TokenRefusal(
                700016,
                "Application with identifier '\(clientId)' was not found in the directory '\(tenant.organization)'."
            )
        }
        guard let scope = form["scope"], !scope.isEmpty else {
            throw TokenRefusal(900144, "The request body must contain the following parameter: 'scope'.")
        }
        guard !scope.contains(" ") else { throw TokenRefusal(70011) }
        guard scope.hasSuffix("/.default") else {
            throw TokenRefusal(
                1_002_012,
                "The provided value for scope \(scope) is not valid. Client credential flows must have a scope value with "
                    + "/.default suffixed to the resource identifier."
            )
        }
        let root = String(scope.dropLast("/.default".count))
        guard let resource = Resource(root: root) else {
            throw TokenRefusal(
                500011,
                "The resource principal named \(root) was not found in the tenant named \(tenant.organization)."
            )
        }
        return (application, resource)
    }

    /// What an assertion's `aud` may be: the endpoint as the client called it, with each name of the tenant, and Entra's own.
    private static func audiences(_ call: Call, _ tenant: Tenant) -> [String] {
        let origins = [call.request.origin, "https://login.microsoftonline.com"]
        let names = [tenant.tenantId, tenant.organization] + tenant.domainNames
        return origins.flatMap { origin in
            names.flatMap { ["\(origin)/\($0)/oauth2/v2.0/token", "\(origin)/\($0)/v2.0"] }
        }
    }

    private mutating func issue(
        to application: Application,
        _ tenant: Tenant,
        _ resource: Resource,
        audience: String,
        claims: String?
    ) throws(TokenRefusal) -> Answer {
        var answersChallenge = false
        if let claims {
            guard let asked = (try? JSONReader.read(claims))?.object else { throw TokenRefusal(9_002_313) }
            answersChallenge = asked["access_token"]?.object?["nbf"] != nil
        }
        let lifetime = application.tokenLifetime ?? settings.tokenLifetime
        let token = mint(application, tenant, resource, audience, lifetime: lifetime, answersChallenge)
        var body = JSONObject(["token_type": .string("Bearer"), "expires_in": .number(lifetime)])
        // May be absent. Section 1.1.
        if !tenant.quirks.oddForms || !random.once(in: 4) { body["ext_expires_in"] = .number(lifetime) }
        body["access_token"] = .string(token)
        return .json(200, .object(body), headers: [("Cache-Control", "no-store")])
    }

    mutating func mint(
        _ application: Application,
        _ tenant: Tenant,
        _ resource: Resource,
        _ audience: String,
        lifetime: Int,
        _ answersChallenge: Bool = false
    ) -> String {
        AccessToken(
            audience: audience,
            tenantId: tenant.tenantId,
            clientId: application.clientId,
            objectId: application.objectId,
            roles: application.roles.filter { resource.has(role: $0) },
            wids: application.directoryRoles.compactMap { DirectoryRole(rawValue: $0)?.templateId },
            expires: now.addingTimeInterval(Double(lifetime)),
            answersChallenge: answersChallenge
        ).encoded(key: key, now: now, random: &random)
    }
}
