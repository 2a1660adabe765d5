import FoundationEssentials

/// The two local endpoints of a managed identity. Section 1.1 d; their error bodies are general knowledge.
extension World {
    mutating func instanceMetadataAnswer(_ request: Request) -> Answer {
        guard request.method == "GET" else { return Answer(405) }
        guard request.headers["metadata"]?.isSame(ignoringCase: "true") ?? false else {
            return Self.refused("bad_request", "Required metadata header not specified")
        }
        guard request.query["api-version"] != nil else { return Self.refused("bad_request_102", "api-version missing") }
        return managedIdentity(request)
    }

    mutating func appServiceAnswer(_ request: Request) -> Answer {
        guard request.method == "GET" else { return Answer(405) }
        guard request.headers["x-identity-header"] == settings.identityHeader else { return Answer(401) }
        return managedIdentity(request, isAppService: true)
    }

    private static func refused(_ error: String, _ text: String) -> Answer {
        .json(400, .object(["error": .string(error), "error_description": .string(text)]))
    }

    /// The machine has one identity, or several that `client_id` chooses from; the numbers come as texts.
    ///
    /// App Service's endpoint tells when the token ends, and not how long it lasts.
    private mutating func managedIdentity(_ request: Request, isAppService: Bool = false) -> Answer {
        guard let root = request.query["resource"], let resource = Resource(root: root) else {
            return Self.refused("invalid_resource", "AADSTS500011: The resource principal was not found in the tenant.")
        }
        let wanted = request.query["client_id"]
        for tenant in tenants {
            let found = tenant.applications.first { application in
                application.isManagedIdentity && wanted.map { application.clientId.isSame(ignoringCase: $0) } ?? true
            }
            guard let found else { continue }
            let lifetime = found.tokenLifetime ?? 86_399
            let start = Int(now.timeIntervalSince1970)
            var body = JSONObject([
                "access_token": .string(mint(found, tenant, resource, root, lifetime: lifetime)),
                "client_id": .string(found.clientId),
                "expires_on": .string(String(start + lifetime)),
                "resource": .string(root),
                "token_type": .string("Bearer"),
            ])
            if !isAppService {
                body["expires_in"] = .string(String(lifetime))
                body["ext_expires_in"] = .string(String(lifetime))
                body["not_before"] = .string(String(start))
            }
            return .json(200, .object(body))
        }
        return Self.refused("invalid_request", "Identity not found")
    }
}
